import { lstat, realpath } from 'node:fs/promises'
import path from 'node:path'
import { GreenroomError } from '../greenroom-error.ts'
import { makeFolder } from './make-folder.ts'

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
const WINDOWS_DRIVE = /^[A-Za-z]:/
/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i
const WINDOWS_RESERVED = /[<>:"|?*]|[. ]$/

/**
 * Checks the paths of one manifest, as they come, sorted by their bytes: each must name a file
 * under whatever folder they are put, and no other path's file or folder. Throws `GreenroomError`
 * (`path_refused`).
 */
export function createPathCheck(
  platform: NodeJS.Platform = process.platform,
): (entryPath: string) => void {
  // Where letter case does not count two paths may be one file; a file cannot be a folder, too.
  const foldsCase = platform === 'win32' || platform === 'darwin'
  const seen = new Set<string>()
  const folders = new Set<string>()
  return (entryPath) => {
    const why = faultOf(entryPath, platform)
    if (why !== undefined) throw pathRefused(entryPath, why)
    const name = foldsCase ? entryPath.normalize('NFC').toLowerCase() : entryPath
    if (seen.has(name)) throw pathRefused(entryPath, 'another path names the same file')
    if (folders.has(name)) throw pathRefused(entryPath, 'another path needs it as a folder')
    seen.add(name)
    for (let at = name.lastIndexOf('/'); at !== -1; at = name.lastIndexOf('/', at - 1)) {
      const folder = name.slice(0, at)
      if (folders.has(folder)) break
      if (seen.has(folder)) throw pathRefused(entryPath, 'another path is a file on its way')
      folders.add(folder)
    }
  }
}

function faultOf(entryPath: string, platform: NodeJS.Platform): string | undefined {
  if (entryPath === '') return 'it is empty'
  if (!entryPath.isWellFormed()) return 'it is not well-formed Unicode'
  if (CONTROL.test(entryPath)) return 'it contains a control character'
  if (entryPath.includes('\\')) return 'it contains a backslash'
  if (WINDOWS_DRIVE.test(entryPath)) return 'it begins with a drive letter'
  const parts = entryPath.split('/')
  if (parts.includes('')) return 'it begins or ends with "/" or contains "//"'
  if (parts.some((part) => part === '.' || part === '..')) return 'a part is "." or ".."'
  if (platform !== 'win32') return undefined
  if (parts.some((part) => WINDOWS_DEVICE.test(part))) return 'a part names a device of Windows'
  if (parts.some((part) => WINDOWS_RESERVED.test(part))) return 'Windows cannot name it so'
  return undefined
}

/**
 * Makes the folder of a checked path under `root`, and gives the file's place there. A folder that
 * is there already and leads out of `root`, as a link does, is refused.
 */
export async function placeIn(root: string, entryPath: string): Promise<string> {
  const place = path.join(root, ...entryPath.split('/'))
  const folder = path.dirname(place)
  await makeFolder(folder)
  const [realRoot, realFolder] = await Promise.all([realpath(root), realpath(folder)])
  const inside = path.relative(realRoot, realFolder)
  if (inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside))
    throw pathRefused(entryPath, `${folder} leads out of ${root}`)
  const there = await lstat(place).catch(() => undefined)
  if (there?.isDirectory() === true)
    throw pathRefused(entryPath, `${place} is a folder: remove it, or pull elsewhere`)
  return place
}

function pathRefused(entryPath: string, why: string): GreenroomError {
  return new GreenroomError(
    'path_refused',
    `The path ${JSON.stringify(entryPath.slice(0, 200))} cannot be written: ${why}.`,
    { details: { path: entryPath } },
  )
}
