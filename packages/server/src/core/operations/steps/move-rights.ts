import { RegistryError } from '../../errors.ts'
import { MAX_ITEMS_PER_PAGE, MAX_NAMED_IN_ERROR } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import { LATEST } from '../../model/names.ts'
import { describeOwner } from '../../model/owner.ts'
import type { PointerCause } from '../../model/pointer-event.ts'
import { isAllowed } from '../../rules/access.ts'
import { fitsGlob } from '../../rules/glob.ts'
import type { PointerPlan } from './pointer-plan.ts'
import { actorAsOfNow } from './rights.ts'

/** What follows from another change needs no right of its own. */
const CONSEQUENCES: readonly PointerCause[] = ['commit', 'link', 'delete', 'expiry']

/** Whether a call asked for this move, rather than that it follows from what it asked for. */
export function isWished(alias: string, cause: PointerCause): boolean {
  return cause !== 'supersede' && !(alias === LATEST && CONSEQUENCES.includes(cause))
}

/**
 * Throws `forbidden` for an alias that is not protected: for one that is, its stage's rule decides.
 */
export function checkMayMove(plan: PointerPlan, alias: string): void {
  if (plan.stages.get(alias)?.protected === true || mayMove(plan, plan.actor, alias)) return
  throw new RegistryError(
    'forbidden',
    `You may not move "${alias}" in "${plan.collection.name}" of ${describeOwner(plan.owner)}. ` +
      'Ask one of its admins for a grant, or use another token.',
    { alias },
  )
}

/**
 * Whether the actor may move a protected alias, by their rights as they are now, in this very
 * transaction: those of the request may be some seconds old.
 */
export async function mayMoveProtected(plan: PointerPlan, alias: string): Promise<boolean> {
  return mayMove(plan, await actorAsOfNow(plan.registry, plan.tx, plan.actor), alias)
}

function mayMove(plan: PointerPlan, actor: Actor, alias: string): boolean {
  const isProtected = plan.stages.get(alias)?.protected === true
  const within = { collection: plan.collection.name, alias, isProtected }
  return isAllowed(actor, 'promote', plan.owner, within)
}

interface Named {
  readonly collection: { readonly name: string }
}

/** Names of some who may move a protected alias: admins, and who holds a grant for it. */
export async function whoMayMove(
  { tx, owner, collection }: Pick<PointerPlan, 'tx' | 'owner'> & Named,
  alias: string,
): Promise<readonly string[]> {
  const limit = MAX_ITEMS_PER_PAGE
  const places = [
    { kind: 'entity', id: owner.entityId },
    { kind: 'owner', id: owner.id },
  ] as const
  const names = new Set<string>()
  for (const place of places)
    for (const member of await tx.members.list({ place, after: 0, limit }))
      if (member.role === 'admin') names.add(member.principalName)
  const grants = (await tx.grants.list({ ownerId: owner.id, after: '', limit })).filter(
    (grant) => fitsGlob(grant.alias, alias) && fitsGlob(grant.collection, collection.name),
  )
  const holders = await tx.entities.findMany(grants.map(({ principalId }) => principalId))
  const nameOf = new Map(holders.map(({ id, name }) => [id, name]))
  for (const { effect, verb, principalId } of grants)
    if (effect === 'allow' && verb === 'promote') names.add(nameOf.get(principalId) ?? '')
  for (const { effect, principalId } of grants)
    if (effect === 'deny') names.delete(nameOf.get(principalId) ?? '')
  if (names.size === 0) names.add(owner.entityName)
  return [...names].slice(0, MAX_NAMED_IN_ERROR)
}
