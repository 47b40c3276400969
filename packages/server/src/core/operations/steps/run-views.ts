import { asSeenAt, type Run } from '../../model/run.ts'
import type { ReadTx, Registry } from '../../registry.ts'
import type { RunView } from '../find-run.ts'

/** Completes runs with their project, their user and how many lines they have. */
export async function viewRuns(
  registry: Pick<Registry, 'now'>,
  tx: ReadTx,
  runs: readonly Run[],
): Promise<readonly RunView[]> {
  const owners = await tx.owners.findMany([...new Set(runs.map((run) => run.ownerId))])
  const users = await tx.users.findMany([...new Set(runs.map((run) => run.createdBy))])
  const ownerOf = new Map(owners.map((owner) => [owner.id, owner]))
  const userOf = new Map(users.map((user) => [user.id, user]))
  const views: RunView[] = []
  for (const run of runs) {
    const owner = ownerOf.get(run.ownerId)
    if (owner === undefined) continue
    views.push({
      owner,
      run: asSeenAt(run, registry.now()),
      user: userOf.get(run.createdBy),
      historyLines: await tx.runLines.count(run.id, 'history'),
      eventsLines: await tx.runLines.count(run.id, 'events'),
      outputLines: await tx.runLines.count(run.id, 'output'),
    })
  }
  return views
}
