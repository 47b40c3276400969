import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { pauseBefore, sleep } from '../backoff.ts'
import type { CallOptions, Client } from '../client.ts'
import { GreenroomError, isGreenroomError, unreachable } from '../greenroom-error.ts'
import { getFile } from '../routes/files.ts'
import { watchSilence } from '../silence.ts'
import { readParts } from './files.ts'
import type { FileEntry, VersionPlace } from './manifest-file.ts'

const SILENCE_MILLISECONDS = 60_000

export interface FetchOptions extends Pick<CallOptions, 'signal' | 'attempts'> {
  /** Hears how far it is, back too when it begins anew, and how many bytes just came for that. */
  readonly hasFetched: (position: number, came: number) => void
}

/**
 * Brings a file of a version into `part`, on from what is there of it already and through as many
 * connections as it takes, while each brings it further. When all is there and its SHA-256 is not
 * the entry's, it is fetched once more from the beginning. Throws `GreenroomError`:
 * `digest_mismatch` when that does not help.
 */
export async function fetchBlob(
  client: Client,
  version: VersionPlace,
  entry: FileEntry,
  part: string,
  options: FetchOptions,
): Promise<void> {
  const handle = await open(part, 'r+')
  try {
    if ((await fetchRest(client, version, entry, handle, options)) === entry.digest) return
    await handle.truncate(0)
    const actual = await fetchRest(client, version, entry, handle, options)
    if (actual === entry.digest) return
    await handle.truncate(0)
    throw new GreenroomError(
      'digest_mismatch',
      `${entry.path} came twice as ${actual}, not ${entry.digest}.`,
      { details: { path: entry.path, expected: entry.digest, actual } },
    )
  } finally {
    await handle.close()
  }
}

/** The digest of all once all is there. */
async function fetchRest(
  client: Client,
  version: VersionPlace,
  entry: FileEntry,
  handle: FileHandle,
  options: FetchOptions,
): Promise<string> {
  const { signal, attempts = client.attempts, hasFetched } = options
  const { size: there } = await handle.stat()
  if (there > entry.size) await handle.truncate(0)
  const sha256 = createHash('sha256')
  let offset = 0
  const digestPart = (bytes: Uint8Array) => {
    sha256.update(bytes)
    offset += bytes.length
  }
  for await (const bytes of readParts(handle, 0, signal)) digestPart(bytes)
  hasFetched(offset, 0)
  const take = (bytes: Uint8Array) => {
    digestPart(bytes)
    hasFetched(offset, bytes.length)
  }
  for (let failed = 0; offset < entry.size; ) {
    const before = offset
    const broke = await fetchFrom(client, version, entry, handle, offset, {
      signal,
      attempts,
      take,
    })
    if (broke === undefined) break
    failed = offset > before ? 1 : failed + 1
    const pause = pauseBefore(failed, null)
    if (failed >= attempts || pause === undefined) throw broke
    await sleep(pause, signal)
  }
  return `sha256:${sha256.digest('hex')}`
}

/** Takes what one connection brings; gives what broke it, when it broke. */
async function fetchFrom(
  client: Client,
  { owner, collection, version }: VersionPlace,
  { path, digest, size }: FileEntry,
  handle: FileHandle,
  offset: number,
  options: CallOptions & { readonly take: (bytes: Uint8Array) => void },
): Promise<GreenroomError | undefined> {
  const { signal, attempts, take } = options
  const silence = watchSilence(SILENCE_MILLISECONDS, signal)
  const place = { owner, name: collection }
  try {
    const response = await getFile(client, place, version, path, {
      attempts,
      offset,
      ifRange: `"${digest.slice('sha256:'.length)}"`,
      signal: silence.signal,
    })
    silence.heard()
    let skip = response.status === 206 ? 0 : offset
    let at = offset
    for await (const chunk of response.body ?? []) {
      silence.heard()
      const bytes = chunk.subarray(Math.min(skip, chunk.length))
      skip -= chunk.length - bytes.length
      if (at + bytes.length > size) throw tooLong(path, size)
      await writeWhole(handle, bytes, at)
      at += bytes.length
      take(bytes)
    }
    if (at < size) throw new Error(`it ended after ${at} of ${size} bytes`)
    return undefined
  } catch (thrown) {
    signal?.throwIfAborted()
    if (isGreenroomError(thrown) || isOfDisk(thrown)) throw thrown
    return unreachable(client.url, thrown)
  } finally {
    silence.end()
  }
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

/** A failed write names its system call; a broken connection is told as an error of `fetch`. */
function isOfDisk(thrown: unknown): boolean {
  return (thrown as NodeJS.ErrnoException).syscall === 'write'
}

function tooLong(path: string, size: number): GreenroomError {
  return new GreenroomError('digest_mismatch', `${path} came with more than its ${size} bytes.`)
}
