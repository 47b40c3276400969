import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * Makes a folder and whatever is missing above it. Node's own `recursive` takes "no such file" for
 * a missing parent and tries for ever where the parent is there and still says so, as /proc does.
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  if (await isFolder(folder)) return
  const parent = path.dirname(folder)
  if (parent !== folder) await makeFolder(parent, mode)
  try {
    await mkdir(folder, { mode })
  } catch (error) {
    // Another may have made it meanwhile.
    if (!(await isFolder(folder))) throw error
  }
}

async function isFolder(name: string): Promise<boolean> {
  const found = await stat(name).catch(() => undefined)
  return found?.isDirectory() === true
}
