import type { TreeRow } from '../../ui/tree-view.tsx'

// A manifest, which is a flat list of paths, as folders that open.

/** Whatever lies under a path: an entry, or how two of them differ. */
export interface Filed {
  readonly path: string
  readonly size: number | null
}

export interface FileRow<Leaf extends Filed> extends TreeRow {
  readonly name: string
  /** Undefined: a folder. */
  readonly entry?: Leaf
  /** Bytes of all that lies in it. */
  readonly size: number
  readonly files: number
}

interface Folder<Leaf extends Filed> {
  readonly path: string
  readonly folders: Map<string, Folder<Leaf>>
  readonly entries: Leaf[]
  size: number
  files: number
}

export function foldersOf<Leaf extends Filed>(
  entries: readonly Leaf[],
  filter: string,
): Folder<Leaf> {
  const root = emptyFolder<Leaf>('')
  const wanted = filter.trim().toLowerCase()
  for (const entry of entries) {
    if (!entry.path.toLowerCase().includes(wanted)) continue
    let folder = root
    add(folder, entry)
    for (const part of entry.path.split('/').slice(0, -1)) {
      const path = folder === root ? part : `${folder.path}/${part}`
      const inner = folder.folders.get(part) ?? emptyFolder<Leaf>(path)
      folder.folders.set(part, inner)
      folder = inner
      add(folder, entry)
    }
    folder.entries.push(entry)
  }
  return root
}

/** What is to be seen of it: folders first, each in the order of the manifest. */
export function fileRows<Leaf extends Filed>(
  root: Folder<Leaf>,
  isOpen: (path: string, level: number) => boolean,
): readonly FileRow<Leaf>[] {
  const rows: FileRow<Leaf>[] = []
  const walk = (folder: Folder<Leaf>, level: number) => {
    for (const [name, inner] of folder.folders) {
      const { path, size, files } = inner
      const open = isOpen(path, level)
      // A file may have the name of a folder elsewhere, never its path: `/` tells them apart.
      rows.push({ id: `${path}/`, level, open, name, size, files })
      if (open) walk(inner, level + 1)
    }
    for (const entry of folder.entries) {
      const name = entry.path.slice(entry.path.lastIndexOf('/') + 1)
      rows.push({ id: entry.path, level, name, entry, size: entry.size ?? 0, files: 1 })
    }
  }
  walk(root, 0)
  return rows
}

function emptyFolder<Leaf extends Filed>(path: string): Folder<Leaf> {
  return { path, folders: new Map(), entries: [], size: 0, files: 0 }
}

function add<Leaf extends Filed>(folder: Folder<Leaf>, { size }: Leaf): void {
  folder.size += size ?? 0
  folder.files++
}
