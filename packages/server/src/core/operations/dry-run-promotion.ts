import type { Actor } from '../model/actor.ts'
import type { Membership } from '../model/collection.ts'
import type { Registry } from '../registry.ts'
import type { PromoteInput } from './promote.ts'
import { resolveIn } from './resolve.ts'
import { lockCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { checkMayMove } from './steps/move-rights.ts'
import {
  checkMayName,
  foreseePlan,
  type Prospect,
  planMove,
  planPointers,
} from './steps/pointer-plan.ts'

export type { Prospect } from './steps/pointer-plan.ts'

export interface PromotionForecast extends OwnedCollection {
  /** The version that the selector means. */
  readonly membership: Membership
  /** Every rule passes. */
  readonly allowed: boolean
  /** The alias itself. */
  readonly prospect: Prospect
  /** Other aliases that would change in the same transaction. */
  readonly others: readonly Prospect[]
}

/**
 * What `promote` would do now: every rule with its verdict, what is displaced and cleared. Takes
 * the same walk under the same lock, and writes nothing.
 *
 * Throws what `promote` throws, but no `alias_protected`, `promotion_refused` or
 * `generation_mismatch`.
 */
export async function dryRunPromotion(
  registry: Registry,
  actor: Actor,
  input: Pick<PromoteInput, 'collection' | 'alias' | 'selector'>,
): Promise<PromotionForecast> {
  checkMayName(input.alias, false)
  return registry.metadata.transaction(async (tx) => {
    const owned = await lockCollectionOf(tx, actor, input.collection, 'read')
    const plan = await planPointers(registry, tx, actor, owned, null)
    checkMayMove(plan, input.alias)
    const { selector } = input
    const { membership } = await resolveIn(tx, owned.owner, owned.collection, { selector })
    await planMove(plan, input.alias, membership.index, 'promote')
    const prospects = await foreseePlan(plan)
    const prospect = prospects.find(({ alias }) => alias === input.alias)
    if (prospect === undefined) throw new Error(`no prospect for the alias ${input.alias}`)
    return {
      ...owned,
      membership,
      allowed: prospects.every(({ verdicts }) => verdicts.every(({ passed }) => passed)),
      prospect,
      others: prospects.filter((other) => other.alias !== input.alias && other.changed),
    }
  })
}
