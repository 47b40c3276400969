import type { Actor } from '../model/actor.ts'
import type { Expectation } from '../model/alias.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Registry } from '../registry.ts'
import { changeAliasAlone, type PointerResult } from './steps/change-alias.ts'
import { planClear } from './steps/pointer-plan.ts'
import { aliasEmpty } from './steps/tombstones.ts'

/**
 * Empties an alias; clearing an empty one changes nothing. It keeps its generation and history.
 *
 * Throws `owner_not_found`, `forbidden`, `collection_not_found`, `alias_unknown`, `name_invalid`,
 * `alias_protected`, `generation_mismatch`, `capacity_exceeded` (more bearers than one call takes).
 */
export async function clearAlias(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    readonly alias: string
    readonly expect?: Expectation | null
    readonly reason?: string | null
  },
): Promise<PointerResult> {
  return changeAliasAlone(registry, actor, input, async (plan) => {
    const { tx, collection } = plan
    const alias = await tx.aliases.find(collection.id, input.alias)
    if (alias === undefined) throw await aliasEmpty(tx, collection, input.alias, alias)
    await planClear(plan, input.alias)
  })
}
