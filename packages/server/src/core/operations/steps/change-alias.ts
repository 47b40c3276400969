import { RegistryError } from '../../errors.ts'
import { MAX_REASON_CHARACTERS } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import type { Expectation } from '../../model/alias.ts'
import type { Collection, CollectionRef } from '../../model/collection.ts'
import { checkStorableText } from '../../model/names.ts'
import type { Owner } from '../../model/owner.ts'
import type { Selector } from '../../model/ref.ts'
import type { Registry } from '../../registry.ts'
import { resolveIn } from '../resolve.ts'
import { changePointers } from './change-pointers.ts'
import { lockCollectionOf } from './collections.ts'
import { checkMayMove } from './move-rights.ts'
import {
  type AliasOutcome,
  checkMayName,
  expectAlias,
  type PointerPlan,
  planPointers,
  writePlan,
} from './pointer-plan.ts'
import type { PlacedVersion } from './tombstones.ts'

/** What a call on one alias did: to it, and to the aliases that its stage's rules touched. */
export interface PointerResult {
  readonly owner: Owner
  readonly collection: Collection
  readonly outcome: AliasOutcome
  /** Other aliases that changed in the same transaction. */
  readonly others: readonly AliasOutcome[]
  readonly changeId: string
}

interface AliasCall {
  readonly collection: CollectionRef
  readonly alias: string
  readonly expect?: Expectation | null
  readonly reason?: string | null
}

/**
 * The walk that every change of one alias takes, in one transaction: lock → right → expectation
 * → the version asked for → plan → rules → log and event.
 */
export async function changeAlias(
  registry: Registry,
  actor: Actor,
  call: AliasCall & { readonly selector: Selector },
  steps: (plan: PointerPlan, placed: PlacedVersion) => Promise<void>,
): Promise<PointerResult> {
  return changeAliasAlone(registry, actor, call, async (plan) => {
    const placed = await resolveIn(plan.tx, plan.owner, plan.collection, {
      selector: call.selector,
    })
    await steps(plan, placed)
  })
}

/** The same for a change that names no version. */
export async function changeAliasAlone(
  registry: Registry,
  actor: Actor,
  call: AliasCall,
  steps: (plan: PointerPlan) => Promise<void>,
): Promise<PointerResult> {
  checkMayName(call.alias, false)
  const reason = checkReason(call.reason)
  return changePointers(registry, actor, async (tx) => {
    const owned = await lockCollectionOf(tx, actor, call.collection, 'read')
    const plan = await planPointers(registry, tx, actor, owned, reason)
    checkMayMove(plan, call.alias)
    await expectAlias(plan, call.alias, call.expect ?? null)
    await steps(plan)
    const outcomes = await writePlan(plan)
    const outcome = outcomes.get(call.alias)
    if (outcome === undefined) throw new Error(`no outcome for the alias ${call.alias}`)
    return {
      owner: owned.owner,
      collection: plan.collection,
      outcome,
      others: [...outcomes.values()].filter((other) => other.alias !== call.alias && other.changed),
      changeId: plan.changeId,
    }
  })
}

export function checkReason(reason: string | null | undefined): string | null {
  if (reason != null) checkStorableText('A reason', reason)
  if (reason != null && reason.length > MAX_REASON_CHARACTERS)
    throw new RegistryError(
      'too_large',
      `A reason takes at most ${MAX_REASON_CHARACTERS} characters.`,
    )
  return reason ?? null
}
