import { RegistryError } from '../errors.ts'
import { MAX_SLOT_WEIGHT, MAX_SLOTS_PER_ALIAS } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import { DEFAULT_LABEL, DEFAULT_WEIGHT, type Expectation, type Slot } from '../model/alias.ts'
import type { CollectionRef } from '../model/collection.ts'
import { checkLabel } from '../model/names.ts'
import type { Selector } from '../model/ref.ts'
import type { Registry } from '../registry.ts'
import { resolveIn } from './resolve.ts'
import { changeAliasAlone, type PointerResult } from './steps/change-alias.ts'
import { type PointerPlan, planSet } from './steps/pointer-plan.ts'

export interface WantedSlot {
  readonly selector: Selector
  /** Needed when there are several. */
  readonly label?: string
  /** A positive integer; 1 when left out. */
  readonly weight?: number
}

/**
 * Replaces all slots of an alias, with labels and weights: the one place where weighted slots are
 * made.
 *
 * Throws what `promote` throws, and `capacity_exceeded`, `request_invalid`.
 */
export async function setAlias(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    readonly alias: string
    readonly slots: readonly WantedSlot[]
    readonly expect?: Expectation | null
    readonly reason?: string | null
  },
): Promise<PointerResult> {
  checkWanted(input.slots)
  return changeAliasAlone(registry, actor, input, async (plan) => {
    const slots: Slot[] = []
    for (const wanted of input.slots) slots.push(await slotOf(plan, wanted))
    if (new Set(slots.map((slot) => slot.index)).size < slots.length)
      throw new RegistryError('request_invalid', 'Two slots name the same version.')
    await planSet(plan, input.alias, slots, 'set')
  })
}

async function slotOf(plan: PointerPlan, wanted: WantedSlot): Promise<Slot> {
  const { tx, owner, collection } = plan
  const { membership } = await resolveIn(tx, owner, collection, { selector: wanted.selector })
  return {
    index: membership.index,
    label: wanted.label ?? DEFAULT_LABEL,
    weight: wanted.weight ?? DEFAULT_WEIGHT,
  }
}

function checkWanted(slots: readonly WantedSlot[]): void {
  if (slots.length === 0)
    throw new RegistryError('request_invalid', 'Name at least one slot, or clear the alias.')
  if (slots.length > MAX_SLOTS_PER_ALIAS)
    throw new RegistryError(
      'capacity_exceeded',
      `An alias has at most ${MAX_SLOTS_PER_ALIAS} slots.`,
    )
  const labels = slots.map((slot) => slot.label)
  for (const label of labels) if (label !== undefined) checkLabel(label)
  if (slots.length > 1 && new Set(labels).size < slots.length)
    throw new RegistryError('request_invalid', 'Give each of several slots a label of its own.')
  if (slots.length > 1 && labels.includes(undefined))
    throw new RegistryError('request_invalid', 'Give each of several slots a label of its own.')
  for (const { weight = DEFAULT_WEIGHT } of slots)
    if (!Number.isInteger(weight) || weight < 1 || weight > MAX_SLOT_WEIGHT)
      throw new RegistryError(
        'request_invalid',
        `A weight is a whole number from 1 to ${MAX_SLOT_WEIGHT}.`,
      )
}
