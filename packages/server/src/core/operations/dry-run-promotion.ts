import type { Actor } from '../model/actor.ts'
import type { Membership } from '../model/collection.ts'
import type { Registry } from '../registry.ts'
import type { PromoteInput } from './promote.ts'
import { resolveIn } from './resolve.ts'
import { lockCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { type Forecast, forecast } from './steps/forecast.ts'
import { checkMayMove } from './steps/move-rights.ts'
import { checkMayName, planMove, planPointers } from './steps/pointer-plan.ts'

export type { Forecast, Prospect } from './steps/forecast.ts'

export interface PromotionForecast extends OwnedCollection, Forecast {
  /** The version that the selector means. */
  readonly membership: Membership
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
    return { ...owned, membership, ...(await forecast(plan, input.alias)) }
  })
}
