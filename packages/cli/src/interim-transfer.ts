import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, opendir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type * as wire from '@greenroom/sdk/wire'
import { type Client, ClientError, type CollectionName, fetchWell } from './interim-client.ts'
import { takeItems } from './take-items.ts'
import { UsageError } from './usage-error.ts'

// Stands in for the transfers of @greenroom/sdk: one file after the other, nothing resumed. What it
// does check is every byte's digest.

/** Bytes done of bytes in all. */
export type Progress = (done: number, total: number) => void

export interface Pushed extends wire.CommittedVersion {
  /** What had to be uploaded. */
  readonly sentBytes: number
}

interface LocalFile {
  readonly place: string
  readonly entry: { readonly path: string; readonly digest: string; readonly size: number }
}

const MAX_ENTRIES_PER_CALL = 2000

/** Logs a file, or a folder with all in it. Throws `ClientError`, `UsageError`. */
export async function push(
  client: Client,
  collection: CollectionName,
  place: string,
  wishes: wire.NewVersion,
  progress: Progress,
): Promise<Pushed> {
  const files = await readFiles(place)
  const entries = files.map(({ entry }) => entry)
  const rest = entries.slice(MAX_ENTRIES_PER_CALL)
  const begun = await client.createVersion(collection, {
    ...wishes,
    entries: entries.slice(0, MAX_ENTRIES_PER_CALL),
    ...(rest.length > 0 ? { moreEntries: true } : {}),
  })
  if ('created' in begun) return { ...begun, sentBytes: 0 }
  while (rest.length > 0)
    await client.putDraftEntries(collection, begun.id, {
      entries: rest.splice(0, MAX_ENTRIES_PER_CALL),
    })
  const sentBytes = await sendMissing(client, collection, begun.id, files, progress)
  return { ...(await client.commitVersion(collection, begun.id)), sentBytes }
}

async function sendMissing(
  client: Client,
  collection: CollectionName,
  draft: string,
  files: readonly LocalFile[],
  progress: Progress,
): Promise<number> {
  const places = new Map(files.map(({ entry, place }) => [entry.digest, place]))
  const uploads: wire.Upload[] = []
  await takeItems(Number.POSITIVE_INFINITY, async (query) => {
    const page = await client.getDraft(collection, draft, query)
    uploads.push(...page.uploads)
    return { items: page.uploads, next: page.next }
  })
  const total = uploads.reduce((sum, { size }) => sum + size, 0)
  let sent = 0
  for (const { url, size, digest } of uploads) {
    const stream = createReadStream(places.get(digest) ?? '')
    stream.on('data', (chunk) => {
      sent += chunk.length
      progress(sent, total)
    })
    const body = Readable.toWeb(stream) as ReadableStream
    // `duplex` is asked for by the fetch standard, and not in its types yet.
    const init = { method: 'PUT', body, headers: { 'content-length': String(size) } }
    await fetchWell(url, { ...init, duplex: 'half' } as RequestInit)
  }
  return total
}

async function readFiles(place: string): Promise<LocalFile[]> {
  const found = await stat(place).catch((error: Error) => {
    throw new UsageError(`Nothing to push: ${error.message}`, { cause: error })
  })
  if (!found.isDirectory()) return [await readFile(place, path.basename(place))]
  const files: LocalFile[] = []
  for await (const each of await opendir(place, { recursive: true })) {
    const file = path.join(each.parentPath, each.name)
    if (!each.isFile()) continue
    const inside = path.relative(place, file).split(path.sep).join('/')
    files.push(await readFile(file, inside))
  }
  if (files.length === 0) throw new UsageError(`Nothing to push: ${place} holds no file.`)
  return files.sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1))
}

async function readFile(place: string, inside: string): Promise<LocalFile> {
  const digest = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(place)) {
    digest.update(chunk)
    size += chunk.length
  }
  return { place, entry: { path: inside, digest: `sha256:${digest.digest('hex')}`, size } }
}

export interface Pulled {
  readonly ref: string
  readonly version: string
  readonly digest: string
  readonly folder: string
  readonly files: number
  readonly bytes: number
}

/** Fetches a version's files, each checked before it takes its name. Throws `ClientError`. */
export async function pull(
  client: Client,
  found: wire.Resolution,
  folder: string,
  progress: Progress,
): Promise<Pulled> {
  const { ref, version, digest, size: total } = found
  const collection = { owner: found.owner, name: found.collection }
  const entries = await takeItems(Number.POSITIVE_INFINITY, (query) =>
    client.listFiles(collection, version, query),
  )
  let bytes = 0
  let files = 0
  for (const entry of entries) {
    if (entry.digest === null) continue
    const { body } = await client.getFile(collection, version, entry.path)
    await receive(body, entry.digest, placeIn(folder, entry.path), (length) => {
      bytes += length
      progress(bytes, total)
    })
    files++
  }
  return { ref, version, digest, folder, files, bytes }
}

/** A path out of the folder is refused, whatever the server says. */
function placeIn(folder: string, inside: string): string {
  const place = path.resolve(folder, inside)
  const escapes = path.relative(path.resolve(folder), place).split(path.sep)[0] === '..'
  if (!escapes && !path.isAbsolute(inside)) return place
  throw new ClientError('manifest_invalid', `The path ${inside} leads out of the folder.`)
}

async function receive(
  body: Response['body'],
  expected: string,
  place: string,
  count: (length: number) => void,
): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true })
  const part = `${place}.part-${process.pid}`
  const digest = createHash('sha256')
  try {
    await pipeline(
      body ?? [],
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          digest.update(chunk)
          count(chunk.length)
          yield chunk
        }
      },
      createWriteStream(part),
    )
    const actual = `sha256:${digest.digest('hex')}`
    if (actual !== expected)
      throw new ClientError('digest_mismatch', `${place} came as ${actual}, not ${expected}.`)
    await rename(part, place)
  } finally {
    await rm(part, { force: true })
  }
}
