import type { Actor } from '../model/actor.ts'
import type { LineageDirection } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'
import type { RunView } from './find-run.ts'
import { viewRuns } from './steps/run-views.ts'
import { checkVisible } from './steps/visible-version.ts'

/**
 * Who made a version (`output`) or used it (`input`), oldest first: those runs that the actor may
 * see. Throws `version_not_found`.
 */
export async function listRunsOfVersion(
  registry: Registry,
  actor: Actor,
  input: {
    readonly versionId: string
    readonly direction: LineageDirection
    readonly limit: number
  },
): Promise<readonly RunView[]> {
  return registry.metadata.read(async (tx) => {
    await checkVisible(tx, actor, input.versionId)
    const ids = await tx.lineage.runsOf(input.versionId, input.direction, input.limit)
    const views = await viewRuns(registry, tx, await tx.runs.findMany(ids))
    const byId = new Map(views.map((view) => [view.run.id, view]))
    return ids.flatMap((id) => {
      const view = byId.get(id)
      return view !== undefined && isAllowed(actor, 'read', view.owner) ? [view] : []
    })
  })
}
