import type { Actor } from '../model/actor.ts'
import type { Expectation } from '../model/alias.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Selector } from '../model/ref.ts'
import type { Registry } from '../registry.ts'
import { changeAlias, type PointerResult } from './steps/change-alias.ts'
import { planMove } from './steps/pointer-plan.ts'

export type { PointerResult } from './steps/change-alias.ts'

export interface PromoteInput {
  readonly collection: CollectionRef
  readonly alias: string
  /** Which version of the collection. */
  readonly selector: Selector
  readonly expect?: Expectation | null
  readonly reason?: string | null
}

/**
 * Moves an alias to a version: the version becomes its only bearer (or joins, where any number may
 * bear it), the others are displaced. One transaction; no byte is copied or read.
 *
 * Throws `owner_not_found`, `forbidden`, `collection_not_found`, `version_not_found`,
 * `version_deleted`, `version_quarantined`, `name_invalid`, `alias_confusable`, `alias_protected`,
 * `generation_mismatch`, `promotion_refused`.
 */
export async function promote(
  registry: Registry,
  actor: Actor,
  input: PromoteInput,
): Promise<PointerResult> {
  return changeAlias(registry, actor, input, (plan, placed) =>
    planMove(plan, input.alias, placed.membership.index, 'promote'),
  )
}
