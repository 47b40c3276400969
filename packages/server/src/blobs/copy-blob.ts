import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ContentDigest } from '../core/model/digest.ts'
import { DurableFolders } from './durable-folders.ts'
import { appendWhole, errnoOf, makeDurable, orAbsent, readWhole, syncFolder } from './files.ts'
import { pathOf } from './layout.ts'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants
const READ_BYTES = 1024 * 1024

/** Why a file system has no hard link for us: another one, or none of that kind. */
const NO_LINK = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EACCES'])

/** A blob that cannot be copied, as a sentence. */
export class BlobUnusable extends Error {
  override readonly name = 'BlobUnusable'
}

export type CopyOutcome = 'there' | 'linked' | 'copied'

/**
 * Copies blobs from one folder of a disk store to another. A blob that the target has already,
 * whole, is not copied again, so that a copy that broke off goes on where it was.
 */
export class BlobCopier {
  readonly #from: string
  readonly #to: string
  readonly #folders: DurableFolders
  readonly #mayLink: boolean
  readonly #unsynced = new Set<string>()
  #canLink = true

  /** With `mayLink` a copy shares its bytes with the original where the file system can do so. */
  static async open(from: string, to: string, options: { readonly mayLink: boolean }) {
    const root = pathOf(to, { kind: 'blobs' })
    await makeDurable(root)
    await makeDurable(pathOf(to, { kind: 'stages' }))
    return new BlobCopier(from, to, new DurableFolders(root), options.mayLink)
  }

  private constructor(from: string, to: string, folders: DurableFolders, mayLink: boolean) {
    this.#from = from
    this.#to = to
    this.#folders = folders
    this.#mayLink = mayLink
  }

  /** Throws `BlobUnusable` when the original is gone or has other bytes. */
  async copy(digest: ContentDigest, size: number): Promise<CopyOutcome> {
    const from = pathOf(this.#from, { kind: 'blob', digest })
    const to = pathOf(this.#to, { kind: 'blob', digest })
    const original = await orAbsent(stat(from))
    if (original === undefined) throw new BlobUnusable(`the bytes of ${digest} are gone`)
    if (original.size !== size)
      throw new BlobUnusable(`${digest} has ${original.size} bytes instead of ${size}`)
    const there = await orAbsent(stat(to))
    if (there !== undefined) {
      const same = there.ino === original.ino && there.dev === original.dev
      if (same || (there.size === size && (await digestOfFile(to)) === digest)) return 'there'
      await rm(to)
    }
    await this.#folders.make(dirname(to))
    this.#unsynced.add(dirname(to))
    if (this.#mayLink && this.#canLink && (await this.#link(from, to))) return 'linked'
    await copyChecked(from, to, digest)
    return 'copied'
  }

  /** Makes the names of all that was copied durable. */
  async finish(): Promise<void> {
    for (const folder of this.#unsynced) await syncFolder(folder)
    this.#unsynced.clear()
  }

  async #link(from: string, to: string): Promise<boolean> {
    try {
      await link(from, to)
      return true
    } catch (error) {
      if (!NO_LINK.has(errnoOf(error) ?? '')) throw error
      // EMLINK is of one file, the others of the whole file system.
      this.#canLink = errnoOf(error) === 'EMLINK'
      return false
    }
  }
}

/** The name is given last, so that a file under its digest is always whole. */
async function copyChecked(from: string, to: string, digest: ContentDigest): Promise<void> {
  const aside = `${to}.partial`
  await rm(aside, { force: true })
  const target = await open(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  try {
    const actual = await readFile(from, (chunk) => appendWhole(target, [chunk]))
    if (actual !== digest) throw new BlobUnusable(`${digest} has other bytes now: ${actual}`)
    await target.sync()
  } catch (error) {
    await target.close()
    await rm(aside, { force: true })
    throw error
  }
  await target.close()
  await rename(aside, to)
}

function digestOfFile(path: string): Promise<ContentDigest> {
  return readFile(path, async () => {})
}

async function readFile(
  path: string,
  sink: (chunk: Uint8Array) => Promise<void>,
): Promise<ContentDigest> {
  const hash = createHash('sha256')
  const file = await open(path, O_RDONLY | O_NOFOLLOW)
  try {
    const buffer = Buffer.allocUnsafe(READ_BYTES)
    for (let at = 0; ; ) {
      const length = await readWhole(file, buffer, at)
      const chunk = buffer.subarray(0, length)
      hash.update(chunk)
      await sink(chunk)
      at += length
      if (length < buffer.length) return `sha256:${hash.digest('hex')}`
    }
  } finally {
    await file.close()
  }
}
