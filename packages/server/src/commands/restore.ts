import { copyFile, open, readdir, rename } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { BlobCopier, BlobUnusable } from '../blobs/copy-blob.ts'
import { syncFolder } from '../blobs/files.ts'
import { MAX_ITEMS_PER_PAGE } from '../core/limits.ts'
import { lockDataFolder, makeDataFolder, StartRefused } from '../data-folder.ts'
import { openMetadataReader } from '../metadata/reader.ts'
import { readHeads, removeSideFiles } from '../metadata/sqlite/snapshot.ts'
import { type BackupManifest, readManifest, sha256Of } from './backup-manifest.ts'
import { readCommandLine } from './flags.ts'
import { blobsPath, databasePath } from './open-registry.ts'
import { formatBytes, plural, type Report, reportTo } from './report.ts'
import { verifyData } from './verify.ts'

/**
 * Makes a data folder of a backup, and verifies it whole. The blobs come first and the database
 * last, so that a restore which broke off is never taken for a registry. Exit code 1 when something
 * is damaged.
 */
export async function restoreCommand(argv: readonly string[]): Promise<number> {
  const { positionals, config, terminal } = readCommandLine(argv, {}, ['the folder of the backup'])
  if (config.databaseUrl !== null)
    throw new StartRefused('A backup is restored into SQLite: leave --database out.')
  const source = resolve(positionals[0] ?? '')
  const manifest = await readManifest(source)
  const target = config.dataFolder
  makeDataFolder(target)
  if ((await readdir(target)).length > 0)
    throw new StartRefused(
      `${target} is not empty. A backup is restored into a new folder: name it with --data.`,
    )
  const lock = lockDataFolder(target)
  const report = reportTo(terminal)
  try {
    const lost = await copyAll(source, target, manifest, report)
    for (const sentence of lost) report.line(`DAMAGE: ${sentence}`)
    if (!isDeepStrictEqual(readHeads(databasePath(target)), manifest.heads)) {
      report.line('DAMAGE: the database does not end where the backup says it ended')
      return 1
    }
    // All of it: no server waits for this disk.
    const result = await verifyData(
      config,
      { percent: 100, rate: 0 },
      ({ kind, about, message }) => report.line(`${kind}: ${about}: ${message}`),
      report,
    )
    const { damage, checked } = result
    report.line(
      `Restored ${plural(checked.versions, 'version')} and ${plural(checked.blobs, 'blob')} ` +
        `(${formatBytes(checked.bytes)}) as of ${manifest.begunAt}. ` +
        (damage === 0 ? 'Nothing is damaged.' : `DAMAGE: ${plural(damage, 'finding')}.`),
    )
    return damage > 0 || lost.length > 0 ? 1 : 0
  } finally {
    lock.release()
  }
}

async function copyAll(
  source: string,
  target: string,
  manifest: BackupManifest,
  report: Report,
): Promise<readonly string[]> {
  const database = databasePath(source)
  if ((await sha256Of(database)) !== manifest.databaseSha256)
    throw new StartRefused(`${database} has changed since the backup was made.`)
  const aside = `${databasePath(target)}.partial`
  await copyFile(database, aside)
  await syncFile(aside)
  const lost = await copyBlobs(source, target, aside, report)
  await removeSideFiles(aside)
  await rename(aside, databasePath(target))
  await syncFolder(target)
  return lost
}

async function copyBlobs(source: string, target: string, database: string, report: Report) {
  const metadata = await openMetadataReader({ url: database })
  // Never linked: the backup must outlive whatever happens to the registry.
  const copier = await BlobCopier.open(blobsPath(source), blobsPath(target), { mayLink: false })
  const lost: string[] = []
  let done = 0
  try {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const from: string = after
      const page = await metadata.read((tx) =>
        tx.audit.blobs({ after: from, limit: MAX_ITEMS_PER_PAGE }),
      )
      for (const { digest, size, removingAt, corruptAt } of page) {
        if (removingAt !== null) continue
        if (corruptAt !== null) {
          lost.push(`${digest} is in quarantine: its bytes have changed`)
          continue
        }
        try {
          await copier.copy(digest, size)
          done += 1
        } catch (error) {
          if (!(error instanceof BlobUnusable)) throw error
          lost.push(error.message)
        }
      }
      report.progress(`blobs: ${done}`)
      after = page.length < MAX_ITEMS_PER_PAGE ? undefined : page.at(-1)?.digest
    }
    await copier.finish()
  } finally {
    await metadata.close()
  }
  report.progress('')
  return lost
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
