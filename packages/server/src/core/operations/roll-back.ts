import { RegistryError } from '../errors.ts'
import { MAX_ROLLBACK_SKIPS } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Alias, Expectation, Slot } from '../model/alias.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { ReadTx, Registry } from '../registry.ts'
import { sameSlots } from '../rules/slots.ts'
import { changeAliasAlone, type PointerResult } from './steps/change-alias.ts'
import { slotsAt } from './steps/past-slots.ts'
import { type PointerPlan, planRestore } from './steps/pointer-plan.ts'
import { aliasEmpty } from './steps/tombstones.ts'

export interface RollBackInput {
  readonly collection: CollectionRef
  readonly alias: string
  /** Go on down the stack until this version is the target; else the first one that can be. */
  readonly to?: number | null
  readonly expect?: Expectation | null
  readonly reason?: string | null
}

/** An entry of the undo stack that was passed over. */
interface Skipped {
  readonly generation: number
  readonly versions: readonly string[]
  readonly why: 'empty' | 'deleted' | 'quarantined' | 'as now' | 'not asked for'
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
    const { tx, collection } = plan
    const alias = await tx.aliases.find(collection.id, input.alias)
    if (alias === undefined) throw await aliasEmpty(tx, collection, input.alias, alias)
    const current = await slotsNow(tx, alias)
    const target = await findTarget(plan, alias, current, input.to ?? null)
    await planRestore(plan, input.alias, target.generation, current, target.slots)
  })
}

/** All slots, also of an alias that more versions bear than are read with it. */
async function slotsNow(tx: ReadTx, alias: Alias): Promise<readonly Slot[]> {
  if (alias.slotCount === alias.slots.length) return alias.slots
  const { collectionId, name, generation } = alias
  const last = await tx.pointerLog.findByGeneration(collectionId, name, generation)
  return last === undefined ? alias.slots : slotsAt(tx, last)
}

async function findTarget(
  plan: PointerPlan,
  alias: Alias,
  current: readonly Slot[],
  to: number | null,
): Promise<{ readonly generation: number; readonly slots: readonly Slot[] }> {
  const { tx, collection } = plan
  const skipped: Skipped[] = []
  const top = await tx.pointerLog.findByGeneration(collection.id, alias.name, alias.topGeneration)
  let generation = top?.stackGeneration ?? 0
  while (generation > 0 && skipped.length < MAX_ROLLBACK_SKIPS) {
    const entry = await tx.pointerLog.findByGeneration(collection.id, alias.name, generation)
    if (entry === undefined) break
    const slots = await slotsAt(tx, entry)
    const left = await restorable(plan, slots)
    const why = whyNot(current, left, to)
    if (why === null) return { generation, slots: left.slots }
    skipped.push({ generation, versions: slots.map((slot) => `v${slot.index}`), why })
    generation = entry.stackGeneration
  }
  const asked = to === null ? '' : ` to v${to}`
  throw new RegistryError(
    'rollback_target_missing',
    `"${alias.name}" cannot be rolled back${asked}: ` +
      (skipped.length === 0
        ? 'nothing came before what it points to now.'
        : 'nothing on its stack can be restored. Promote a version instead.'),
    { alias: alias.name, generation: alias.generation, stack: skipped.slice(0, 20) },
  )
}

interface Restorable {
  readonly slots: readonly Slot[]
  /** Why the rest is not. */
  readonly lost: 'deleted' | 'quarantined' | null
}

function whyNot(
  current: readonly Slot[],
  left: Restorable,
  to: number | null,
): Skipped['why'] | null {
  if (left.slots.length === 0) return left.lost ?? 'empty'
  if (sameSlots(left.slots, current)) return 'as now'
  if (to !== null && !left.slots.some((slot) => slot.index === to)) return 'not asked for'
  return null
}

/** Which of these slots still have a version that can be served. */
async function restorable(plan: PointerPlan, slots: readonly Slot[]): Promise<Restorable> {
  const { tx, collection } = plan
  const indices = slots.map((slot) => slot.index)
  const memberships = await tx.memberships.findMany(collection.id, indices)
  const versions = await tx.versions.findMany(memberships.map((member) => member.versionId))
  const states = new Map(versions.map((version) => [version.id, version.state]))
  const stateOf = new Map(
    memberships.map((member) => [
      member.index,
      member.deletedAt === null ? states.get(member.versionId) : 'deleted',
    ]),
  )
  const lost = slots.filter((slot) => stateOf.get(slot.index) !== 'committed')
  const quarantined = lost.some((slot) => stateOf.get(slot.index) === 'quarantined')
  return {
    slots: slots.filter((slot) => stateOf.get(slot.index) === 'committed'),
    lost: lost.length === 0 ? null : quarantined ? 'quarantined' : 'deleted',
  }
}
