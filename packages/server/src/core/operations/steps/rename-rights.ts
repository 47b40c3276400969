import type { Actor } from '../../model/actor.ts'
import type { Collection } from '../../model/collection.ts'
import { describeOwner, type Owner } from '../../model/owner.ts'
import type { Stage } from '../../model/stage.ts'
import type { Registry, Tx } from '../../registry.ts'
import { isAllowed, type Within } from '../../rules/access.ts'
import { judgePromotion } from '../../rules/promotion.ts'
import { whoMayMove } from './move-rights.ts'
import { forbidden } from './owners.ts'
import { ProtectedRefusal } from './protected-refusal.ts'
import { actorAsOfNow } from './rights.ts'

interface Renaming {
  readonly registry: Registry
  readonly tx: Tx
  readonly actor: Actor
  readonly owner: Owner
  /** Null where the owner itself is renamed. */
  readonly collection: Collection | null
  /** The new one. */
  readonly name: string
}

/**
 * Whoever follows a pointer follows names: two renames give `production` another version. So who
 * renames a collection must be allowed to move the protected aliases that are set in it, and who
 * renames an owner those of all its collections, under the old name and the new one.
 *
 * Throws `forbidden` for a new name that is not theirs to write, and `alias_protected`.
 */
export async function checkMayRename(renaming: Renaming): Promise<void> {
  const { registry, tx, actor, owner, collection, name } = renaming
  const before = { owner, within: collection === null ? {} : { collection: collection.name } }
  const after =
    collection === null
      ? { owner: { ...owner, name }, within: {} }
      : { owner, within: { collection: name } }
  if (!isAllowed(actor, 'write', after.owner, after.within))
    throw forbidden('write', collection === null ? describeOwner(after.owner) : `"${name}"`)
  const now = await actorAsOfNow(registry, tx, actor)
  for (const stage of await tx.owners.stages(owner.id)) {
    if (!stage.protected || !(await mayBeSet(tx, collection, stage))) continue
    const move: Within = { alias: stage.name, isProtected: true }
    const mayMove = [before, after].every(({ owner, within }) =>
      isAllowed(now, 'promote', owner, { ...within, ...move }),
    )
    if (!mayMove) throw await refusalOf(renaming, stage)
  }
}

async function mayBeSet(tx: Tx, collection: Collection | null, stage: Stage): Promise<boolean> {
  if (collection === null) return true
  return ((await tx.aliases.find(collection.id, stage.name))?.slotCount ?? 0) > 0
}

async function refusalOf(renaming: Renaming, stage: Stage): Promise<ProtectedRefusal> {
  const { registry, tx, owner, collection, name } = renaming
  // Where it is the owner's name, a grant must be for whatever its collections are called.
  const at = { tx, owner, collection: collection ?? { name: '' } }
  const whoMay = await whoMayMove(at, stage.name)
  const rules = judgePromotion({ stage, bearers: 0, borne: new Set(), mayMoveProtected: false })
  const payload = {
    ...{ collection: collection?.name ?? null, cause: 'rename', changeId: registry.newId() },
    ...{ reason: null, name },
  }
  return new ProtectedRefusal(
    `To rename it moves "${stage.name}", which is protected, away from whoever follows it. ` +
      `Those who may: ${whoMay.join(', ')}.`,
    { alias: stage.name, rules: rules.filter(({ rule }) => rule === 'protected'), whoMay },
    { ownerId: owner.id, collectionId: collection?.id ?? null, alias: stage.name, payload },
  )
}
