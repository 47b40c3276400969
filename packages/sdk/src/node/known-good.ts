import { createHash, randomBytes } from 'node:crypto'
import { copyFile, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isPassing } from '../backoff.ts'
import type { Client } from '../client.ts'
import { GreenroomError } from '../greenroom-error.ts'
import { maxAgeOf, type Policy } from '../policy.ts'
import { drained, reportsOf } from '../reports.ts'
import { type ResolveQuery, resolveRef, resolveRefIfChanged } from '../routes/resolve.ts'
import type { Resolution } from '../wire.ts'
import { DEFAULT_CACHE_BYTES, openContentCache } from './content-cache.ts'
import { makeFolder } from './make-folder.ts'
import { fetchManifest, isWhole } from './manifest-file.ts'
import {
  bringFrom,
  fillFolder,
  type PulledFiles,
  type PullOptions,
  type PullProgress,
} from './pull.ts'
import { defaultCacheFolder } from './state-folder.ts'

/** Versions of one reference of which lists, and folders that nobody named, stay. */
const VERSIONS_KEPT = 2
/** A reference that nobody pulled for so long is forgotten, with its folders. */
const UNUSED_MILLISECONDS = 30 * 86_400_000

export interface PullRefOptions extends PullOptions, ResolveQuery {
  /** Where to; else a folder of the version's own beside the cache, to be read only. */
  readonly folder?: string | undefined
  readonly policy?: Policy | undefined
  /** Short for the policy `stale-ok:…`: `24h`. */
  readonly staleOk?: string | undefined
}

export interface Pulled extends PulledFiles {
  /** With the version's number. */
  readonly ref: string
  readonly version: string
  readonly digest: string
  /** What the registry said of it, when it was asked last. */
  readonly resolution: Resolution
  /** True: the registry was not heard this time, and this is the last known good. */
  readonly stale: boolean
  /** When the registry last said so: RFC 3339. */
  readonly confirmedAt: string
}

/** Puts what a reference means into a folder. As `pullRefSteps`, in one await. */
export function pull(client: Client, ref: string, options: PullRefOptions = {}): Promise<Pulled> {
  return drained(pullRefSteps(client, ref, options))
}

/**
 * Puts the files of what a reference means now into a folder, and remembers it as the last known
 * good. When the registry is away, the policy says whether that is served instead: from the folder
 * and the cache, each file proved by its digest, and `stale` says so. What the registry refuses is
 * refused under every policy but `pinned`, which does not ask.
 *
 * Throws `GreenroomError` as `pullSteps` does, and what the registry refuses.
 */
export function pullRefSteps(
  client: Client,
  ref: string,
  { folder, policy, staleOk, at, key, fallback, ...options }: PullRefOptions = {},
): AsyncGenerator<PullProgress, Pulled, undefined> {
  return reportsOf(async (report, signal) => {
    const inForce = policy ?? (staleOk === undefined ? 'fail' : (`stale-ok:${staleOk}` as const))
    const maxAge = maxAgeOf(inForce)
    const query = { at, key, fallback }
    const memory = openMemory(options.cacheFolder ?? defaultCacheFolder(), [client.url, ref, query])
    const pulling = { client, folder, memory, report, options: { ...options, signal } }
    const known = await readKnown(memory)
    if (inForce === 'pinned' && known !== undefined) return serveKnown(pulling, known)
    try {
      return await pullFresh(pulling, await askMeaning(pulling, ref, query, known))
    } catch (error) {
      const age = known === undefined ? Infinity : Date.now() - Date.parse(known.confirmedAt)
      if (known === undefined || !isPassing(error) || age > maxAge) throw error
      return serveKnown(pulling, known)
    }
  }, options.signal)
}

/** What is known of one reference, in a folder. Lists and folders are named by version digest. */
interface Memory {
  /** Of all references. */
  readonly all: string
  readonly record: string
  readonly manifests: string
  readonly versions: string
}

function openMemory(cacheFolder: string, what: unknown): Memory {
  const name = createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32)
  const all = path.join(cacheFolder, 'known')
  const folder = path.join(all, name)
  return {
    all,
    record: path.join(folder, 'record.json'),
    manifests: path.join(folder, 'manifests'),
    versions: path.join(folder, 'versions'),
  }
}

function placeOf(folder: string, { resolution }: Known): string {
  return path.join(folder, resolution.digest.slice('sha256:'.length))
}

/** A resolution that the registry confirmed, and whose files were all here. */
interface Known {
  readonly resolution: Resolution
  readonly etag: string
  readonly confirmedAt: string
}

interface Pulling {
  readonly client: Client
  readonly folder: string | undefined
  readonly memory: Memory
  readonly report: (now: PullProgress) => void
  readonly options: PullOptions & { readonly signal: AbortSignal }
}

async function askMeaning(
  { client, options }: Pulling,
  ref: string,
  query: ResolveQuery,
  known: Known | undefined,
): Promise<Known> {
  const found =
    known === undefined
      ? await resolveRef(client, ref, query, options)
      : await resolveRefIfChanged(client, ref, known.etag, query, options)
  const confirmedAt = new Date().toISOString()
  if (found === null && known !== undefined) return { ...known, confirmedAt }
  if (found === null) throw new GreenroomError('unknown', 'An answer 304 to a plain question.')
  const { etag, ...resolution } = found
  return { resolution, etag, confirmedAt }
}

async function pullFresh(pulling: Pulling, known: Known): Promise<Pulled> {
  const { client, memory, options } = pulling
  const kept = placeOf(memory.manifests, known)
  return withManifest(kept, async (manifest) => {
    await fetchManifest(client, known.resolution, manifest, options)
    const files = await fill(pulling, known, manifest)
    // Only now, with all files here, is it the last known good.
    await makeFolder(memory.manifests, 0o700)
    await rename(manifest, kept)
    await writeKnown(memory, known)
    await keepNewest(memory.manifests, kept)
    await keepNewest(memory.versions, placeOf(memory.versions, known))
    await forgetUnused(memory)
    return { ...files, ...told(known), stale: false }
  })
}

async function serveKnown(pulling: Pulling, known: Known): Promise<Pulled> {
  const { client, memory } = pulling
  const { ref, digest } = known.resolution
  return withManifest(placeOf(memory.manifests, known), async (manifest) => {
    if (!(await isWhole(manifest, digest)))
      throw new GreenroomError(
        'unreachable',
        `${client.url} is needed: the list of files of ${ref} was lost or damaged here.`,
      )
    const files = await fill(pulling, known, manifest)
    await touch(memory.record)
    return { ...files, ...told(known), stale: true }
  })
}

/** Works with a copy that no other process touches, of a list that may not be there. */
async function withManifest<Result>(
  kept: string,
  work: (manifest: string) => Promise<Result>,
): Promise<Result> {
  const own = `${kept}.${randomBytes(6).toString('hex')}`
  try {
    await copyFile(kept, own).catch(() => {})
    return await work(own)
  } finally {
    await rm(own, { force: true })
  }
}

function fill(
  { client, folder, memory, report, options }: Pulling,
  known: Known,
  manifest: string,
): Promise<PulledFiles> {
  const { signal, cacheBytes = DEFAULT_CACHE_BYTES, cacheFolder = defaultCacheFolder() } = options
  return fillFolder(manifest, {
    folder: folder ?? placeOf(memory.versions, known),
    how: folder === undefined ? 'link' : 'copy',
    cache: openContentCache(cacheFolder, cacheBytes, signal),
    bring: bringFrom(client, known.resolution, options),
    report,
    signal,
  })
}

function told({ resolution, confirmedAt }: Known) {
  const { ref, version, digest } = resolution
  return { ref, version, digest, resolution, confirmedAt }
}

async function readKnown({ record }: Memory): Promise<Known | undefined> {
  try {
    const known: Partial<Known> = JSON.parse(await readFile(record, 'utf8'))
    const { resolution, etag, confirmedAt } = known
    if (resolution !== undefined && etag !== undefined && confirmedAt !== undefined)
      return { resolution, etag, confirmedAt }
  } catch {
    // None, or one that cannot be read: nothing is known then.
  }
  return undefined
}

async function writeKnown({ record }: Memory, known: Known): Promise<void> {
  await makeFolder(path.dirname(record), 0o700)
  const aside = `${record}.${process.pid}`
  await writeFile(aside, JSON.stringify(known), { mode: 0o600 })
  await rename(aside, record)
}

/** Takes away all but `current` and the newest: whoever still serves an older one has it open. */
async function keepNewest(folder: string, current: string): Promise<void> {
  await touch(current)
  const names = await readdir(folder).catch(() => [])
  const places = await Promise.all(
    names.filter(isDigest).map(async (name) => {
      const place = path.join(folder, name)
      return { place, usedAt: (await stat(place).catch(() => undefined))?.mtimeMs ?? 0 }
    }),
  )
  const old = places
    .filter(({ place }) => place !== current)
    .sort((a, b) => b.usedAt - a.usedAt)
    .slice(VERSIONS_KEPT - 1)
  for (const { place } of old) await rm(place, { recursive: true, force: true })
}

async function forgetUnused({ all }: Memory): Promise<void> {
  for (const name of await readdir(all).catch(() => [])) {
    const found = await stat(path.join(all, name, 'record.json')).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > UNUSED_MILLISECONDS)
      await rm(path.join(all, name), { recursive: true, force: true })
  }
}

/** It was used now. */
async function touch(place: string): Promise<void> {
  const now = new Date()
  await utimes(place, now, now).catch(() => {})
}

/** And no work of another process that is not done yet. */
function isDigest(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name)
}
