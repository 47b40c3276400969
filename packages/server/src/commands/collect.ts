import { setImmediate as immediate } from 'node:timers/promises'
import { collectGarbage, previewGarbage } from '../core/operations/collect-garbage.ts'
import { holdBlobs, StartRefused } from '../data-folder.ts'
import { parseSeconds, readCommandLine } from './flags.ts'
import { openToChange, openToRead } from './open-registry.ts'
import { formatBytes, plural, reportTo } from './report.ts'

/** One collection of garbage, without a server: that one does it by itself. */
export async function collectCommand(argv: readonly string[]): Promise<number> {
  const { flags, config, terminal } = readCommandLine(argv, {
    ...{ grace: 'value', 'dry-run': 'switch' },
  })
  const graceSeconds =
    flags.grace === undefined ? config.garbageGraceSeconds : parseSeconds('grace', flags.grace)
  const report = reportTo(terminal)
  if (flags['dry-run'] !== undefined) {
    const registry = await openToRead(config)
    const preview = await previewGarbage(registry, { graceSeconds, pause: immediate })
    await registry.metadata.close()
    await registry.blobs.close()
    const { unneededBlobs, unneededBytes, removableBlobs, removableBytes } = preview
    report.line(
      `Expired: ${plural(preview.expiredVersions, 'version')}, ` +
        `${plural(preview.expiredDrafts, 'draft')}. ` +
        `To be emptied: ${plural(preview.discarded, 'version or draft', 'versions and drafts')}.`,
    )
    report.line(
      `Needed by nothing: ${plural(unneededBlobs, 'blob')} (${formatBytes(unneededBytes)}), ` +
        `of which ${removableBlobs} (${formatBytes(removableBytes)}) may go now.`,
    )
    return 0
  }
  const { registry, close } = await openToChange(config)
  const hold = holdBlobs(config.dataFolder)
  try {
    if (hold === null) throw new StartRefused('A backup is running. Collect when it has ended.')
    const input = { graceSeconds, searchStore: true, pause: () => immediate() }
    const collected = await collectGarbage(registry, input)
    if (collected === null)
      throw new StartRefused('Another process collects garbage at this moment.')
    report.line(
      `Ended ${plural(collected.expiredVersions, 'version')} and ` +
        `${plural(collected.expiredDrafts, 'draft')}; emptied ${collected.discarded}.`,
    )
    report.line(
      `Condemned ${plural(collected.condemned + collected.orphans, 'blob')}, took ` +
        `${collected.takenBack} back, removed ${collected.removedBlobs} ` +
        `(${formatBytes(collected.removedBytes)}).`,
    )
    return 0
  } finally {
    hold?.release()
    await close()
  }
}
