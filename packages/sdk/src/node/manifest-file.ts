import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import type { CallOptions, Client } from '../client.ts'
import { GreenroomError } from '../greenroom-error.ts'
import { items } from '../pages.ts'
import { listFiles } from '../routes/files.ts'
import type { Entry, Resolution } from '../wire.ts'
import { digestFile } from './files.ts'
import { makeFolder } from './make-folder.ts'

// A manifest as `docs/decisions/0003-frozen-forms.md` freezes it: its SHA-256 is the version's
// digest, so that a kept one proves itself, and one that comes in proves the whole version.

const HEADING = 'greenroom-manifest-v1'
const ENTRIES_PER_PAGE = 5_000

/** What is known of a version before its files are. */
export type VersionPlace = Pick<Resolution, 'owner' | 'collection' | 'version' | 'digest'>

/**
 * Writes a version's manifest to `file`, unless it is there and whole. Throws `GreenroomError`
 * (`digest_mismatch`) when what came is not what the version's digest says.
 */
export async function fetchManifest(
  client: Client,
  { owner, collection: name, version, digest }: VersionPlace,
  file: string,
  options: CallOptions,
): Promise<void> {
  if (await isWhole(file, digest)) return
  await makeFolder(path.dirname(file))
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  const sha256 = createHash('sha256')
  const lines = async function* () {
    const collection = { owner, name }
    const entries = items(
      (page) => listFiles(client, collection, version, page, options),
      ENTRIES_PER_PAGE,
    )
    for await (const line of linesOf(entries)) {
      sha256.update(line)
      yield line
    }
  }
  try {
    await pipeline(lines, createWriteStream(aside, { flags: 'wx', mode: 0o600 }))
    const actual = `sha256:${sha256.digest('hex')}`
    if (actual !== digest)
      throw new GreenroomError(
        'digest_mismatch',
        `The list of files of ${name}:${version} came as ${actual}, not ${digest}.`,
        { details: { expected: digest, actual } },
      )
    await rename(aside, file)
  } finally {
    await rm(aside, { force: true })
  }
}

/** Whether a file is there and holds what the digest says. */
export async function isWhole(file: string, digest: string): Promise<boolean> {
  try {
    return (await digestFile(file)).digest === digest
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

async function* linesOf(entries: AsyncIterable<Entry>): AsyncGenerator<string> {
  yield `${HEADING}\n`
  for await (const { path: entryPath, digest, size, reference, referenceDigest } of entries)
    yield `${JSON.stringify(
      digest === null
        ? [entryPath, null, size, reference, referenceDigest]
        : [entryPath, digest, size],
    )}\n`
}

/** A file of a version. */
export interface FileEntry {
  readonly path: string
  readonly digest: string
  readonly size: number
}

/** The entries of a manifest that is whole, one after the other; references are `null`. */
export async function* readManifest(file: string): AsyncGenerator<FileEntry | null> {
  const input = createReadStream(file, 'utf8')
  try {
    let isHeading = true
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (!isHeading) yield entryOf(line)
      isHeading = false
    }
  } finally {
    input.destroy()
  }
}

function entryOf(line: string): FileEntry | null {
  const [entryPath, digest, size] = JSON.parse(line)
  return digest === null ? null : { path: entryPath, digest, size }
}
