import { randomBytes } from 'node:crypto'
import { lstat, rm } from 'node:fs/promises'
import path from 'node:path'
import type { CallOptions, Client } from '../client.ts'
import { eachOf } from '../each-of.ts'
import { drained, reportsOf } from '../reports.ts'
import { type ContentCache, DEFAULT_CACHE_BYTES, openContentCache } from './content-cache.ts'
import { createPathCheck, placeIn } from './entry-path.ts'
import { fetchBlob } from './fetch-blob.ts'
import { makeFolder } from './make-folder.ts'
import {
  type FileEntry,
  fetchManifest,
  isWhole,
  readManifest,
  type VersionPlace,
} from './manifest-file.ts'
import { defaultCacheFolder } from './state-folder.ts'

const FILES_AT_ONCE = 8

/** How far a pull is: bytes of the version that stand in the folder, or are on their way. */
export interface PullProgress {
  readonly doneBytes: number
  readonly totalBytes: number
}

export interface PullOptions extends Pick<CallOptions, 'signal' | 'attempts'> {
  /** What all processes of this user share; else `greenroom` in `$XDG_CACHE_HOME` or `~/.cache`. */
  readonly cacheFolder?: string
  /** How much is kept there; 20 GiB unless told. A bigger file is not kept; 0 keeps none. */
  readonly cacheBytes?: number
}

export interface PulledFiles {
  readonly folder: string
  readonly files: number
  /** Of all files. */
  readonly bytes: number
  /** What had to come from the registry. */
  readonly fetchedBytes: number
  /** Entries that point elsewhere, and were not followed. */
  readonly references: number
}

/** Puts the files of a version into a folder. As `pullSteps`, in one await. */
export function pullVersion(
  client: Client,
  version: VersionPlace,
  folder: string,
  options: PullOptions = {},
): Promise<PulledFiles> {
  return drained(pullSteps(client, version, folder, options))
}

/**
 * Puts the files of a version into a folder, telling how far it is. Several at once, each proved by
 * its SHA-256 before it takes its name; what is there already stays, what another pull brought
 * comes from the cache, what broke off goes on. Other files of the folder are left alone.
 *
 * Throws `GreenroomError`: `path_refused` before anything is written when a path of the manifest
 * leads out of the folder, `digest_mismatch` for bytes that are not the version's.
 */
export function pullSteps(
  client: Client,
  version: VersionPlace,
  folder: string,
  options: PullOptions = {},
): AsyncGenerator<PullProgress, PulledFiles, undefined> {
  const { cacheFolder = defaultCacheFolder(), cacheBytes = DEFAULT_CACHE_BYTES } = options
  return reportsOf(async (report, signal) => {
    const calls = { ...options, signal }
    const manifest = path.join(cacheFolder, 'incoming', `list-${randomBytes(6).toString('hex')}`)
    try {
      await fetchManifest(client, version, manifest, calls)
      const cache = openContentCache(cacheFolder, cacheBytes, signal)
      const files = bringFrom(client, version, calls)
      return await fillFolder(manifest, {
        folder,
        how: 'copy',
        cache,
        bring: files,
        report,
        signal,
      })
    } finally {
      await rm(manifest, { force: true })
    }
  }, options.signal)
}

/** Brings a file into a part of it, telling how far that is. */
export type Bring = (
  entry: FileEntry,
  part: string,
  signal: AbortSignal,
  hasFetched: (position: number, came: number) => void,
) => Promise<void>

export function bringFrom(client: Client, version: VersionPlace, options: CallOptions): Bring {
  return (entry, part, signal, hasFetched) =>
    fetchBlob(client, version, entry, part, { ...options, signal, hasFetched })
}

export interface FillOptions {
  readonly folder: string
  readonly how: 'copy' | 'link'
  readonly cache: ContentCache
  readonly bring: Bring
  readonly report: (now: PullProgress) => void
  readonly signal: AbortSignal
}

/** Makes a folder hold what a whole manifest says. */
export async function fillFolder(manifest: string, options: FillOptions): Promise<PulledFiles> {
  const { folder, cache, report, signal } = options
  const { files, bytes, references } = await checkManifest(manifest)
  await makeFolder(folder)
  let doneBytes = 0
  let fetchedBytes = 0
  const count = (more: number) => {
    doneBytes += more
    report({ doneBytes, totalBytes: bytes })
  }
  await eachOf(readManifest(manifest), FILES_AT_ONCE, signal, async (entry, either) => {
    if (entry === null) return
    const fetched = await putFile(entry, { ...options, signal: either }, count)
    fetchedBytes += fetched
  })
  if (fetchedBytes > 0) await cache.trim()
  return { folder, files, bytes, fetchedBytes, references }
}

/** All of it, before a single file is written. */
async function checkManifest(
  manifest: string,
): Promise<Pick<PulledFiles, 'files' | 'bytes' | 'references'>> {
  const checkPath = createPathCheck()
  let files = 0
  let bytes = 0
  let references = 0
  for await (const entry of readManifest(manifest)) {
    if (entry === null) {
      references++
      continue
    }
    checkPath(entry.path)
    files++
    bytes += entry.size
  }
  return { files, bytes, references }
}

/** Gives how many bytes had to be brought. */
async function putFile(
  entry: FileEntry,
  { folder, how, cache, bring, signal }: FillOptions,
  count: (more: number) => void,
): Promise<number> {
  const place = await placeIn(folder, entry.path)
  let position = 0
  let fetched = 0
  const hasFetched = (now: number, came: number) => {
    fetched += came
    count(now - position)
    position = now
  }
  if (!(await isThere(place, entry)))
    await cache.put(entry, place, how, (part) => bring(entry, part, signal, hasFetched))
  count(entry.size - position)
  return fetched
}

async function isThere(place: string, { digest, size }: FileEntry): Promise<boolean> {
  const found = await lstat(place).catch(() => undefined)
  if (found === undefined || !found.isFile() || found.size !== size) return false
  return isWhole(place, digest)
}
