import type { Actor } from '../model/actor.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Run } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { getOwner } from './steps/owners.ts'

/** A project's runs, newest first. Throws `owner_not_found`, `request_invalid`. */
export async function listRuns(
  registry: Registry,
  actor: Actor,
  input: {
    readonly owner: OwnerRef
    /** Ids below this one; null: from the newest. */
    readonly before: number | null
    readonly limit: number
  },
): Promise<{ readonly owner: Owner; readonly page: Page<Run, number> }> {
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const owner = await getOwner(tx, actor, input.owner, 'read')
    const { before, limit } = input
    const rows = await tx.runs.list({ ownerId: owner.id, before, limit: limit + 1 })
    return { owner, page: pageOf(rows, limit, (run) => run.id) }
  })
}
