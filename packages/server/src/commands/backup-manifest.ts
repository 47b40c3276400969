import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolder } from '../blobs/files.ts'
import { StartRefused } from '../data-folder.ts'
import type { SnapshotHeads } from '../metadata/sqlite/snapshot.ts'

/** The form of a backup's folder; another form is a new number. */
const FORMAT = 1
const NAME = 'backup.json'

/** What a backup says of itself. It is written last: a folder without it is no backup. */
export interface BackupManifest {
  readonly format: typeof FORMAT
  /** Of the program that wrote it. */
  readonly version: string
  /** RFC 3339. Everything acknowledged before it is in the backup. */
  readonly begunAt: string
  readonly endedAt: string
  /** SHA-256 of `greenroom.db`, hex. */
  readonly databaseSha256: string
  readonly heads: SnapshotHeads
  readonly blobs: number
  readonly blobBytes: number
  /** Blobs that were gone or damaged already, as sentences. */
  readonly unusable: readonly string[]
}

export function manifestPath(folder: string): string {
  return join(folder, NAME)
}

export async function writeManifest(
  folder: string,
  manifest: Omit<BackupManifest, 'format'>,
): Promise<void> {
  const path = manifestPath(folder)
  const text = `${JSON.stringify({ format: FORMAT, ...manifest }, null, 2)}\n`
  const aside = `${path}.partial`
  const file = await open(aside, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(aside, path)
  await syncFolder(dirname(path))
}

/** Throws `StartRefused` unless the folder holds a whole backup of a form that is known. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  let text: string
  try {
    text = await readFile(manifestPath(folder), 'utf8')
  } catch {
    throw new StartRefused(
      `${folder} holds no whole backup: ${NAME} is not there. Name the folder that was given to ` +
        '"greenroom backup", or make the backup again if it broke off.',
    )
  }
  const manifest = JSON.parse(text) as BackupManifest
  if (manifest.format !== FORMAT)
    throw new StartRefused(
      `The backup in ${folder} has the form ${manifest.format}; this Greenroom knows ${FORMAT}. ` +
        `Restore it with Greenroom ${manifest.version} or newer.`,
    )
  return manifest
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
