import type { Actor } from '../model/actor.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { LineageDirection, VersionOfRun } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { getRunOf, type RunRef } from './steps/runs.ts'

/**
 * A page of the versions that a run made (`output`) or used (`input`), oldest first, and how many
 * there are; whether the actor may see one is decided when it is read.
 *
 * Throws `owner_not_found`, `not_found`, `request_invalid`.
 */
export async function listVersionsOfRun(
  registry: Registry,
  actor: Actor,
  input: {
    readonly run: RunRef
    readonly direction: LineageDirection
    readonly after: VersionOfRun | null
    readonly limit: number
  },
): Promise<{ readonly page: Page<VersionOfRun, VersionOfRun>; readonly count: number }> {
  const { direction, after, limit } = input
  checkPageSize(limit)
  return registry.metadata.read(async (tx) => {
    const { run } = await getRunOf(tx, actor, input.run, 'read')
    const query = { runId: run.id, direction, after, limit: limit + 1 }
    const rows = await tx.lineage.versionsOf(query)
    const count = await tx.lineage.countVersions(run.id, direction)
    return { page: pageOf(rows, limit, (row) => row), count }
  })
}
