import { randomBytes } from 'node:crypto'
import {
  chmod,
  constants,
  copyFile,
  link,
  open,
  readdir,
  rename,
  rm,
  stat,
  utimes,
} from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { GreenroomError } from '../greenroom-error.ts'
import { makeFolder } from './make-folder.ts'
import { isWhole } from './manifest-file.ts'

/** How much of what was pulled is kept for the next pull. */
export const DEFAULT_CACHE_BYTES = 20 * 1024 ** 3

/** Who fetches a blob gives a sign of life each second; after so long without one it has died. */
const HEARTBEAT_MILLISECONDS = 1_000
const DEAD_MILLISECONDS = 5_000
const WAIT_MILLISECONDS = 100
const OLD_PART_MILLISECONDS = 7 * 86_400_000
/** A blob that is not what its digest says is fetched anew this often. */
const MAX_ROUNDS = 3

/** A blob that is wanted somewhere. */
export interface WantedBlob {
  readonly digest: string
  readonly size: number
}

/** Brings a blob into `part`, a file that may hold the beginning of it, and proves its digest. */
export type FetchPart = (part: string) => Promise<void>

/** Contents by digest in a folder that any number of processes share. */
export interface ContentCache {
  /**
   * Puts a blob to `place`, a name in a folder that is there, in one step: from the cache when it
   * is there and whole, else `fetch` brings it, once for all processes that want it. `copy`: a file
   * of its own (a clone where the file system can); `link`: one more name of the cache's file, to
   * be read only.
   */
  put(blob: WantedBlob, place: string, how: 'copy' | 'link', fetch: FetchPart): Promise<void>
  /** Takes the longest unused away until the rest fits. */
  trim(): Promise<void>
}

/** Opens the cache in a folder, which is made when it is needed. */
export function openContentCache(
  folder: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): ContentCache {
  const blobs = path.join(folder, 'blobs')
  const incoming = path.join(folder, 'incoming')
  return {
    async put(blob, place, how, fetch) {
      for (let round = 1; ; round++) {
        const { file, isFresh } = await provide({ blobs, incoming }, blob, fetch, signal)
        const isKept = blob.size <= maxBytes
        const outcome = await hand(file, place, isKept ? how : 'move', isFresh, blob.digest)
        if (outcome === 'done') return
        if (round === MAX_ROUNDS)
          throw new GreenroomError(
            'digest_mismatch',
            `${file} does not keep what is written to it: is the disk sound?`,
            { details: { digest: blob.digest } },
          )
      }
    },
    async trim() {
      await trimBlobs(blobs, maxBytes)
      await trimParts(incoming)
    },
  }
}

interface CacheFolders {
  readonly blobs: string
  readonly incoming: string
}

/** The cache's own file of a blob; `isFresh`: its digest was proved just now. */
async function provide(
  { blobs, incoming }: CacheFolders,
  { digest, size }: WantedBlob,
  fetch: FetchPart,
  signal: AbortSignal | undefined,
): Promise<{ readonly file: string; readonly isFresh: boolean }> {
  const hex = digest.slice('sha256:'.length)
  const file = path.join(blobs, hex.slice(0, 2), hex)
  const part = path.join(incoming, hex)
  for (;;) {
    if ((await sizeOf(file)) === size) return { file, isFresh: false }
    await makeFolder(incoming, 0o700)
    if (await claim(part)) break
    await sleep(WAIT_MILLISECONDS, undefined, { ...(signal === undefined ? {} : { signal }) })
  }
  const heartbeat = setInterval(() => void touch(part), HEARTBEAT_MILLISECONDS)
  try {
    // Somebody may have brought it between our look and our claim.
    if ((await sizeOf(file)) === size) {
      await rm(part, { force: true })
      return { file, isFresh: false }
    }
    await fetch(part)
    await chmod(part, 0o444)
    await makeFolder(path.dirname(file), 0o700)
    await rename(part, file)
    return { file, isFresh: true }
  } catch (error) {
    // Whoever comes next need not wait for us.
    await utimes(part, 0, 0).catch(() => {})
    throw error
  } finally {
    clearInterval(heartbeat)
  }
}

/**
 * Takes a blob's part for this process, with what an earlier one left in it. Should two ever hold
 * one, they write the same bytes to the same places, and each proves the digest of what it read.
 */
async function claim(part: string): Promise<boolean> {
  try {
    await (await open(part, 'wx', 0o600)).close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const found = await stat(part).catch(() => undefined)
  if (found === undefined || Date.now() - found.mtimeMs < DEAD_MILLISECONDS) return false
  // Only one gets it under a name of its own; it goes back under the name that others watch.
  const own = `${part}.${randomBytes(6).toString('hex')}`
  try {
    await rename(part, own)
    await touch(own)
    await link(own, part)
    return true
  } catch {
    return false
  } finally {
    await rm(own, { force: true })
  }
}

async function touch(file: string): Promise<void> {
  const now = new Date()
  await utimes(file, now, now).catch(() => {})
}

/** `gone`: it was not what its digest says, or was taken away meanwhile. */
async function hand(
  file: string,
  place: string,
  how: 'copy' | 'link' | 'move',
  isFresh: boolean,
  digest: string,
): Promise<'done' | 'gone'> {
  const aside = path.join(path.dirname(place), `.greenroom-${randomBytes(6).toString('hex')}`)
  try {
    await bring(file, aside, how)
    if (!isFresh && !(await isWhole(aside, digest))) {
      await rm(file, { force: true })
      return 'gone'
    }
    if (how !== 'move') await touch(file)
    await rename(aside, place)
    return 'done'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    if ((await sizeOf(file)) !== undefined) throw error
    return 'gone'
  } finally {
    await rm(aside, { force: true })
  }
}

async function bring(file: string, aside: string, how: 'copy' | 'link' | 'move'): Promise<void> {
  if (how !== 'copy') {
    try {
      await (how === 'link' ? link(file, aside) : rename(file, aside))
      if (how === 'move') await chmod(aside, 0o644)
      return
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      // Another disk, or a file system without links.
      if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK'].includes(code)) throw error
    }
  }
  await copyFile(file, aside, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  await chmod(aside, how === 'link' ? 0o444 : 0o644)
  if (how === 'move') await rm(file, { force: true })
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function trimBlobs(blobs: string, maxBytes: number): Promise<void> {
  const kept: { readonly file: string; readonly size: number; readonly usedAt: number }[] = []
  let bytes = 0
  for await (const file of filesIn(blobs)) {
    const found = await stat(file).catch(() => undefined)
    if (found === undefined) continue
    kept.push({ file, size: found.size, usedAt: found.mtimeMs })
    bytes += found.size
  }
  if (bytes <= maxBytes) return
  for (const { file, size } of kept.sort((a, b) => a.usedAt - b.usedAt)) {
    await rm(file, { force: true })
    bytes -= size
    if (bytes <= maxBytes) return
  }
}

/** What broke off long ago, and nobody went on with. */
async function trimParts(incoming: string): Promise<void> {
  for await (const part of filesIn(incoming)) {
    const found = await stat(part).catch(() => undefined)
    // What was left behind has no time at all: its place in the file counts by its change.
    if (found !== undefined && Date.now() - found.ctimeMs > OLD_PART_MILLISECONDS)
      await rm(part, { force: true })
  }
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const inside = path.join(folder, entry.name)
    if (entry.isDirectory()) yield* filesIn(inside)
    else yield inside
  }
}
