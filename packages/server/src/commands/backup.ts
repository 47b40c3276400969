import { rename, rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BlobCopier, BlobUnusable, type CopyOutcome } from '../blobs/copy-blob.ts'
import { syncFolder } from '../blobs/files.ts'
import { MAX_ITEMS_PER_PAGE } from '../core/limits.ts'
import type { ContentDigest } from '../core/model/digest.ts'
import { type FolderLock, holdBlobs, makeFolder, StartRefused } from '../data-folder.ts'
import { VERSION } from '../http/version.ts'
import { openMetadataReader } from '../metadata/reader.ts'
import { readHeads, removeSideFiles, takeSnapshot } from '../metadata/sqlite/snapshot.ts'
import { manifestPath, sha256Of, writeManifest } from './backup-manifest.ts'
import { readCommandLine } from './flags.ts'
import { blobsPath, checkThere, databasePath } from './open-registry.ts'
import { formatBytes, plural, type Report, reportTo } from './report.ts'

/** A collection of garbage takes minutes at most; a backup begins when it has ended. */
const HOLD_LIMIT_MILLISECONDS = 600_000
const HOLD_POLL_MILLISECONDS = 100

/**
 * Copies a data folder while its server writes: the rows as they are at one instant, then the blobs
 * that those rows name. (The other order would miss blobs of versions committed in between.) Exit
 * code 1 when a blob was gone or damaged already; the rest is there.
 */
export async function backupCommand(argv: readonly string[]): Promise<number> {
  const { positionals, config, terminal } = readCommandLine(argv, {}, ['the folder of the backup'])
  const { dataFolder, databaseUrl } = config
  if (databaseUrl !== null)
    throw new StartRefused(
      'The rows are in PostgreSQL: back them up with pg_dump, and only then copy the folder ' +
        `${blobsPath(dataFolder)}, with the server stopped. docs/operating.md has the steps.`,
    )
  checkThere(config)
  const target = resolve(positionals[0] ?? '')
  const inside = !relative(dataFolder, target).startsWith('..')
  if (inside) throw new StartRefused('The backup must lie outside of the data folder.')
  makeFolder(target, 'folder of the backup', 'Name another one.')
  const report = reportTo(terminal)
  const hold = await waitForHold(dataFolder, report)
  try {
    return await backUp(dataFolder, target, report)
  } finally {
    hold.release()
  }
}

/**
 * Into an existing folder, while `holdBlobs` keeps garbage collection away. Gives the exit code.
 */
export async function backUp(dataFolder: string, target: string, report: Report): Promise<number> {
  const begunAt = new Date().toISOString()
  const aside = join(target, 'greenroom.db.partial')
  await rm(aside, { force: true })
  await removeSideFiles(aside)
  report.progress('rows')
  await takeSnapshot(databasePath(dataFolder), aside)
  const { counts, unusable, blobs, blobBytes } = await copyBlobs(dataFolder, target, aside, report)
  await removeSideFiles(aside)
  // From here on an earlier backup in this folder is one no more.
  await rm(manifestPath(target), { force: true })
  await syncFolder(target)
  await rename(aside, databasePath(target))
  await syncFolder(target)
  await writeManifest(target, {
    ...{ version: VERSION, begunAt, endedAt: new Date().toISOString() },
    databaseSha256: await sha256Of(databasePath(target)),
    heads: readHeads(databasePath(target)),
    ...{ blobs, blobBytes, unusable },
  })
  await removeSideFiles(databasePath(target))
  for (const sentence of unusable) report.line(`DAMAGE: ${sentence}`)
  report.line(
    `Backed up ${plural(blobs, 'blob')} (${formatBytes(blobBytes)}): ${counts.linked} linked, ` +
      `${counts.copied} copied, ${counts.there} there already.`,
  )
  return unusable.length > 0 ? 1 : 0
}

/** Copies the blobs that a snapshot names, in pages. */
async function copyBlobs(dataFolder: string, target: string, snapshot: string, report: Report) {
  const metadata = await openMetadataReader({ url: snapshot })
  const copier = await BlobCopier.open(blobsPath(dataFolder), blobsPath(target), { mayLink: true })
  const counts: Record<CopyOutcome, number> = { there: 0, linked: 0, copied: 0 }
  const unusable: string[] = []
  let blobs = 0
  let blobBytes = 0
  try {
    for (let after: ContentDigest | '' | undefined = ''; after !== undefined; ) {
      const from: string = after
      const page = await metadata.read((tx) =>
        tx.audit.blobs({ after: from, limit: MAX_ITEMS_PER_PAGE }),
      )
      for (const { digest, size, removingAt, corruptAt } of page) {
        if (removingAt !== null) continue
        if (corruptAt !== null) {
          unusable.push(`${digest} is in quarantine: its bytes have changed`)
          continue
        }
        try {
          counts[await copier.copy(digest, size)] += 1
          blobs += 1
          blobBytes += size
        } catch (error) {
          if (!(error instanceof BlobUnusable)) throw error
          unusable.push(error.message)
        }
      }
      report.progress(`blobs: ${blobs} (${formatBytes(blobBytes)})`)
      after = page.length < MAX_ITEMS_PER_PAGE ? undefined : page.at(-1)?.digest
    }
    await copier.finish()
  } finally {
    await metadata.close()
  }
  report.progress('')
  return { counts, unusable, blobs, blobBytes }
}

/** No blob goes between the snapshot of the rows and its copy. */
async function waitForHold(dataFolder: string, report: Report): Promise<FolderLock> {
  const deadline = performance.now() + HOLD_LIMIT_MILLISECONDS
  for (;;) {
    const hold = holdBlobs(dataFolder)
    if (hold !== null) return hold
    if (performance.now() > deadline)
      throw new StartRefused(
        'Garbage collection, or another backup, does not end. Try again later.',
      )
    report.progress('waits for the garbage collection that runs')
    await sleep(HOLD_POLL_MILLISECONDS)
  }
}
