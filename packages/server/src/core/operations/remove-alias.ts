import type { Actor } from '../model/actor.ts'
import type { Expectation } from '../model/alias.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Registry } from '../registry.ts'
import { changeAliasAlone, type PointerResult } from './steps/change-alias.ts'
import { planRemove } from './steps/pointer-plan.ts'
import { aliasEmpty, versionNotFound } from './steps/tombstones.ts'

/**
 * Takes away one version's slot, and succeeds when it has none: a stale caller never clears a newer
 * holder.
 *
 * Throws `owner_not_found`, `forbidden`, `collection_not_found`, `version_not_found`,
 * `alias_unknown`, `name_invalid`, `alias_protected`, `generation_mismatch`.
 */
export async function removeAlias(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    readonly alias: string
    readonly index: number
    readonly expect?: Expectation | null
    readonly reason?: string | null
  },
): Promise<PointerResult> {
  return changeAliasAlone(registry, actor, input, async (plan) => {
    const { tx, collection } = plan
    if ((await tx.memberships.find(collection.id, input.index)) === undefined)
      throw versionNotFound(collection, `v${input.index}`)
    const alias = await tx.aliases.find(collection.id, input.alias)
    if (alias === undefined) throw await aliasEmpty(tx, collection, input.alias, alias)
    await planRemove(plan, input.alias, input.index, 'remove')
  })
}
