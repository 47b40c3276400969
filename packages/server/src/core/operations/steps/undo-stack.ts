import { RegistryError } from '../../errors.ts'
import { MAX_ROLLBACK_SKIPS } from '../../limits.ts'
import type { Alias, Slot } from '../../model/alias.ts'
import type { PointerEvent } from '../../model/pointer-event.ts'
import type { ReadTx } from '../../registry.ts'
import { sameSlots } from '../../rules/slots.ts'
import { slotsAt } from './past-slots.ts'
import { type PointerPlan, planRestore } from './pointer-plan.ts'
import { aliasEmpty } from './tombstones.ts'

/** One entry of an alias's undo stack, below its top. */
export interface StackEntry {
  /** The entry of the log that pushed it. */
  readonly event: PointerEvent
  /** All that it set. */
  readonly slots: readonly Slot[]
  /** Of those the ones whose version can still be served: what a rollback puts back. */
  readonly restorable: readonly Slot[]
  /** Why nothing of it is put back; null: it can be a target. */
  readonly why: 'empty' | 'deleted' | 'quarantined' | 'as now' | null
}

interface Restored {
  readonly target: StackEntry
  /** What was read of the stack, newest first. */
  readonly stack: readonly StackEntry[]
}

/**
 * Plans to put back the first entry of the alias's undo stack that can be; with `to`, the first of
 * those that bears this version. Reads on until `atLeast` entries are known.
 *
 * Throws `alias_unknown`, and `rollback_target_missing` with the stack.
 */
export async function planRollback(
  plan: PointerPlan,
  name: string,
  to: number | null,
  atLeast = 0,
): Promise<Restored> {
  const { tx, collection } = plan
  const alias = await tx.aliases.find(collection.id, name)
  if (alias === undefined) throw await aliasEmpty(tx, collection, name, alias)
  const current = await slotsNow(tx, alias)
  const top = await tx.pointerLog.findByGeneration(collection.id, name, alias.topGeneration)
  const stack: StackEntry[] = []
  let target: StackEntry | undefined
  let generation = top?.stackGeneration ?? 0
  while (generation > 0 && stack.length <= MAX_ROLLBACK_SKIPS) {
    if (target !== undefined && stack.length >= atLeast) break
    const event = await tx.pointerLog.findByGeneration(collection.id, name, generation)
    if (event === undefined) break
    const entry = await stackEntry(plan, event, current)
    stack.push(entry)
    if (entry.why === null && bears(entry, to)) target ??= entry
    generation = event.stackGeneration
  }
  if (target === undefined) throw targetMissing(alias, to, stack)
  await planRestore(plan, name, target.event.generation, current, target.restorable)
  return { target, stack }
}

function bears({ restorable }: StackEntry, to: number | null): boolean {
  return to === null || restorable.some((slot) => slot.index === to)
}

function targetMissing(
  alias: Alias,
  to: number | null,
  stack: readonly StackEntry[],
): RegistryError {
  const asked = to === null ? '' : ` to v${to}`
  const skipped = stack.slice(0, 20).map(({ event, slots, why }) => ({
    generation: event.generation,
    versions: slots.map((slot) => `v${slot.index}`),
    why: why ?? 'not asked for',
  }))
  return new RegistryError(
    'rollback_target_missing',
    `"${alias.name}" cannot be rolled back${asked}: ` +
      (stack.length === 0
        ? 'nothing came before what it points to now.'
        : 'nothing on its stack can be restored. Promote a version instead.'),
    { alias: alias.name, generation: alias.generation, stack: skipped },
  )
}

/** All slots, also of an alias that more versions bear than are read with it. */
async function slotsNow(tx: ReadTx, alias: Alias): Promise<readonly Slot[]> {
  if (alias.slotCount === alias.slots.length) return alias.slots
  const { collectionId, name, generation } = alias
  const last = await tx.pointerLog.findByGeneration(collectionId, name, generation)
  return last === undefined ? alias.slots : slotsAt(tx, last)
}

async function stackEntry(
  { tx, collection }: PointerPlan,
  event: PointerEvent,
  current: readonly Slot[],
): Promise<StackEntry> {
  const slots = await slotsAt(tx, event)
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
  const restorable = slots.filter((slot) => stateOf.get(slot.index) === 'committed')
  const isQuarantined = slots.some((slot) => stateOf.get(slot.index) === 'quarantined')
  const lost = slots.length === 0 ? 'empty' : isQuarantined ? 'quarantined' : 'deleted'
  const why = restorable.length === 0 ? lost : sameSlots(restorable, current) ? 'as now' : null
  return { event, slots, restorable, why }
}
