import { RegistryError } from '../errors.ts'
import { MAX_ALIASES_PER_CALL } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Registry } from '../registry.ts'
import { checkReason } from './steps/change-alias.ts'
import { changePointers } from './steps/change-pointers.ts'
import { lockCollectionOf } from './steps/collections.ts'
import { checkMayMove } from './steps/move-rights.ts'
import {
  type AliasOutcome,
  checkMayName,
  planMove,
  planPointers,
  planRemove,
  writePlan,
} from './steps/pointer-plan.ts'
import { getPlaced, type PlacedVersion } from './steps/tombstones.ts'

export interface ChangeAliasesInput {
  readonly collection: CollectionRef
  /** The version, by its id. */
  readonly versionId: string
  readonly add: readonly string[]
  readonly remove: readonly string[]
  /** The wandb door lets its client set and remove `latest`; no other does. */
  readonly mayNameLatest: boolean
  readonly reason?: string | null
}

export interface ChangedAliases extends PlacedVersion {
  readonly outcomes: readonly AliasOutcome[]
}

/**
 * What saving an edited list of aliases means: a move for each one added, a removal of this
 * version's own slot for each one taken away, in one transaction, without expectation.
 *
 * Throws what `promote` and `removeAlias` throw.
 */
export async function changeAliases(
  registry: Registry,
  actor: Actor,
  input: ChangeAliasesInput,
): Promise<ChangedAliases> {
  const named = [...input.add, ...input.remove]
  for (const name of named) checkMayName(name, input.mayNameLatest)
  if (named.length > MAX_ALIASES_PER_CALL)
    throw new RegistryError('too_large', `One call names at most ${MAX_ALIASES_PER_CALL} aliases.`)
  const reason = checkReason(input.reason)
  return changePointers(registry, actor, async (tx) => {
    const owned = await lockCollectionOf(tx, actor, input.collection, 'read')
    const member = await tx.memberships.findByVersion(owned.collection.id, input.versionId)
    if (member === undefined)
      throw new RegistryError(
        'version_not_found',
        `This version is not in collection "${owned.collection.name}".`,
        { collection: owned.collection.name },
      )
    const placed = await getPlaced(tx, owned.collection, member.index)
    const plan = await planPointers(registry, tx, actor, owned, reason)
    for (const name of named) checkMayMove(plan, name)
    for (const name of input.add) await planMove(plan, name, member.index, 'promote')
    for (const name of input.remove)
      if ((await tx.aliases.find(owned.collection.id, name)) !== undefined)
        await planRemove(plan, name, member.index, 'remove')
    const outcomes = await writePlan(plan)
    return { ...placed, collection: plan.collection, outcomes: [...outcomes.values()] }
  })
}
