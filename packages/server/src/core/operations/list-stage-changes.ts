import type { Actor } from '../model/actor.ts'
import type { OwnerRef } from '../model/owner.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Stage } from '../model/stage.ts'
import type { Micros } from '../model/time.ts'
import type { Registry } from '../registry.ts'
import { getOwner } from './steps/owners.ts'

/** One new declaration of an owner's stages: what `setStages` recorded. */
export interface StageChange {
  readonly position: number
  readonly time: Micros
  readonly actorId: number
  readonly actorName: string
  readonly reason: string | null
  readonly from: readonly Stage[]
  readonly to: readonly Stage[]
}

/** How an owner's stages came to be as they are, newest first. Throws `owner_not_found`. */
export async function listStageChanges(
  registry: Registry,
  actor: Actor,
  input: { readonly owner: OwnerRef; readonly before: number | null; readonly limit: number },
): Promise<Page<StageChange, number>> {
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const owner = await getOwner(tx, actor, input.owner, 'read')
    const { before, limit } = input
    const facts = await tx.events.stageChanges({ ownerId: owner.id, before, limit: limit + 1 })
    const changes = facts.map(({ position, time, actorId, actorName, payload }) => {
      const what = JSON.parse(payload) as Pick<StageChange, 'reason' | 'from' | 'to'>
      return { position, time, actorId, actorName, ...what }
    })
    return pageOf(changes, limit, ({ position }) => position)
  })
}
