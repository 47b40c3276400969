import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import type { RollBackInput } from './roll-back.ts'
import { lockCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { type Forecast, forecast } from './steps/forecast.ts'
import { checkMayMove } from './steps/move-rights.ts'
import { checkMayName, planPointers } from './steps/pointer-plan.ts'
import { planRollback, type StackEntry } from './steps/undo-stack.ts'

export type { StackEntry } from './steps/undo-stack.ts'

export interface RollbackForecast extends OwnedCollection, Forecast {
  /** What would be put back. */
  readonly target: StackEntry
  /** The undo stack below its top, newest first: as far as the target, and some more. */
  readonly stack: readonly StackEntry[]
}

/** So many places to go back to are shown at least, when there are. */
const SHOWN_OF_STACK = 20

/**
 * What `rollBack` would do now: the stack that it walks, the entry that it puts back, what that
 * displaces and clears, and every rule with its verdict. Takes the same walk under the same lock,
 * and writes nothing.
 *
 * Throws what `rollBack` throws, but no `alias_protected` or `generation_mismatch`.
 */
export async function dryRunRollback(
  registry: Registry,
  actor: Actor,
  input: Pick<RollBackInput, 'collection' | 'alias' | 'to'>,
): Promise<RollbackForecast> {
  const { alias } = input
  checkMayName(alias, false)
  return registry.metadata.transaction(async (tx) => {
    const owned = await lockCollectionOf(tx, actor, input.collection, 'read')
    const plan = await planPointers(registry, tx, actor, owned, null)
    checkMayMove(plan, alias)
    const restored = await planRollback(plan, alias, input.to ?? null, SHOWN_OF_STACK)
    return { ...owned, ...restored, ...(await forecast(plan, alias)) }
  })
}
