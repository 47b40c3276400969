import type { Actor } from '../model/actor.ts'
import type { Expectation } from '../model/alias.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Registry } from '../registry.ts'
import { changeAliasAlone, type PointerResult } from './steps/change-alias.ts'
import { planRollback } from './steps/undo-stack.ts'

export interface RollBackInput {
  readonly collection: CollectionRef
  readonly alias: string
  /** Go on down the stack until this version is the target; else the first one that can be. */
  readonly to?: number | null
  readonly expect?: Expectation | null
  readonly reason?: string | null
}

/**
 * Takes the last move of an alias back. The alias's log folds as an undo stack: every move pushes
 * its slots, a rollback pops to its target. So v1, v2, v3 and two rollbacks give v1, never v3
 * again. The target is the entry below the top; what is empty, deleted or quarantined is passed
 * over.
 *
 * Throws `owner_not_found`, `forbidden`, `collection_not_found`, `alias_unknown`, `name_invalid`,
 * `alias_protected`, `generation_mismatch`, and `rollback_target_missing` with the stack.
 */
export async function rollBack(
  registry: Registry,
  actor: Actor,
  input: RollBackInput,
): Promise<PointerResult> {
  return changeAliasAlone(registry, actor, input, async (plan) => {
    await planRollback(plan, input.alias, input.to ?? null)
  })
}
