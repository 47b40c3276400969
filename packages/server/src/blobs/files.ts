import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { constants } from 'node:os'
import { dirname } from 'node:path'
import { RegistryError } from '../core/errors.ts'

/** By number: libuv has no name for EDQUOT, so its `code` is "Unknown system error -122". */
const FULL_DISK = new Set([-constants.errno.ENOSPC, -constants.errno.EDQUOT])

/** What a failed call of the file system means to a caller. */
export function storageRefusal(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error
  if (error instanceof Error && 'errno' in error && FULL_DISK.has(Number(error.errno)))
    return noRoom('', { cause: error })
  return new RegistryError(
    'registry_unavailable',
    'The disk for blobs refused a read or a write; try again later.',
    {},
    { cause: error },
  )
}

/** The refusal of a disk that is full; `detail` says how. */
export function noRoom(detail: string, options: ErrorOptions = {}): RegistryError {
  return new RegistryError(
    'storage_full',
    `The disk for blobs is full${detail}, so nothing of this was kept; ` +
      'make room on it and send it again.',
    {},
    options,
  )
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined
}

/** Waits for `found`; undefined when there is no such file. */
export async function orAbsent<Result>(found: Promise<Result>): Promise<Result | undefined> {
  try {
    return await found
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Writes all of `chunks` where the file ends; a short write goes on until it is whole or fails. */
export async function appendWhole(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  let rest = chunks
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest)
    rest = withoutFirst(rest, bytesWritten)
  }
}

function withoutFirst(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes
  for (const [index, chunk] of chunks.entries()) {
    if (left < chunk.length) return [chunk.subarray(left), ...chunks.slice(index + 1)]
    left -= chunk.length
  }
  return []
}

/** Fills `into` from `position` on; less only where the file ends. How many bytes. */
export async function readWhole(
  file: FileHandle,
  into: Uint8Array,
  position: number,
): Promise<number> {
  let filled = 0
  while (filled < into.length) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}

/** Makes the names in a folder durable: a file's own fsync does not (seen in a power cut). */
export async function syncFolder(path: string): Promise<void> {
  // Windows lends no handle of a folder that can be synced; NTFS journals names by itself.
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Makes a folder and whatever is missing above it, every new name durable. */
export async function makeDurable(path: string): Promise<void> {
  const topmost = await mkdir(path, { recursive: true, mode: 0o700 })
  if (topmost === undefined) return
  for (let made = path; made !== dirname(topmost); made = dirname(made))
    await syncFolder(dirname(made))
}
