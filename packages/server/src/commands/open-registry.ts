import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openDiskBlobStore } from '../blobs/disk.ts'
import type { Config } from '../config.ts'
import type { BlobStore, Registry } from '../core/registry.ts'
import { databaseRefused, lockDataFolder, StartRefused } from '../data-folder.ts'
import { RESERVED_NAMES } from '../http/reserved-names.ts'
import { openMetadataStore } from '../metadata/open.ts'
import { type MetadataReader, openMetadataReader } from '../metadata/reader.ts'
import { createNewId } from '../new-id.ts'
import { argon2Passwords } from '../passwords/argon2.ts'
import { createRandomHex } from '../random-hex.ts'

/** Integer microseconds since the epoch. */
export const now = () => Date.now() * 1000

export function databasePath(dataFolder: string): string {
  return join(dataFolder, 'greenroom.db')
}

export function blobsPath(dataFolder: string): string {
  return join(dataFolder, 'blobs')
}

/** Both stores, only to be read: a server may run beside it. Throws `StartRefused`. */
export async function openToRead(config: Config): Promise<{
  readonly metadata: MetadataReader
  readonly blobs: BlobStore
  readonly now: Registry['now']
}> {
  checkThere(config)
  const metadata = await opened(() =>
    openMetadataReader({ url: config.databaseUrl ?? databasePath(config.dataFolder) }),
  )
  const blobs = await openDiskBlobStore({ folder: blobsPath(config.dataFolder), now })
  return { metadata, blobs, now }
}

/** A registry for a command that changes it, without a server. Throws `StartRefused`. */
export async function openToChange(
  config: Config,
): Promise<{ readonly registry: Registry; readonly close: () => Promise<void> }> {
  checkThere(config)
  const lock = lockDataFolder(config.dataFolder)
  try {
    const metadata = await opened(() =>
      openMetadataStore({ url: config.databaseUrl ?? databasePath(config.dataFolder) }),
    )
    const blobs = await openDiskBlobStore({ folder: blobsPath(config.dataFolder), now })
    const randomHex = createRandomHex()
    const newId = createNewId(now, randomHex)
    const close = async () => {
      await blobs.close()
      await metadata.close()
      lock.release()
    }
    const stores = { metadata, blobs, passwords: argon2Passwords(), now, newId, randomHex }
    return { registry: { ...stores, reservedNames: RESERVED_NAMES }, close }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** A mistyped folder must not look like an empty registry. */
export function checkThere({ databaseUrl, dataFolder }: Config): void {
  const path = databaseUrl === null ? databasePath(dataFolder) : blobsPath(dataFolder)
  if (!existsSync(path))
    throw new StartRefused(`There is no registry in ${dataFolder}. Name its folder with --data.`)
}

async function opened<Store>(open: () => Promise<Store>): Promise<Store> {
  try {
    return await open()
  } catch (error) {
    throw databaseRefused(error)
  }
}
