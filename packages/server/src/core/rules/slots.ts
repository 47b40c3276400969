import {
  type Alias,
  DEFAULT_LABEL,
  DEFAULT_WEIGHT,
  type Expectation,
  type Slot,
} from '../model/alias.ts'
import { digestOf } from '../model/digest.ts'

/** The slot that a plain move gives its only bearer. */
export function onlySlot(index: number): Slot {
  return { index, label: DEFAULT_LABEL, weight: DEFAULT_WEIGHT }
}

/** The order in which slots are kept and shown: highest weight first, then the newest. */
export function sortSlots(slots: readonly Slot[]): readonly Slot[] {
  return slots.toSorted((a, b) => b.weight - a.weight || b.index - a.index)
}

export function sameSlots(left: readonly Slot[], right: readonly Slot[]): boolean {
  if (left.length !== right.length) return false
  const others = sortSlots(right)
  return sortSlots(left).every((slot, at) => {
    const other = others[at]
    return (
      other !== undefined &&
      slot.index === other.index &&
      slot.label === other.label &&
      slot.weight === other.weight
    )
  })
}

/** Whether an alias (undefined: never set) is what a caller expected. */
export function meetsExpectation(alias: Alias | undefined, expect: Expectation): boolean {
  switch (expect.kind) {
    case 'generation':
      return (alias?.generation ?? 0) === expect.generation
    case 'vacant':
      return (alias?.slotCount ?? 0) === 0
    case 'bearer':
      return alias?.slotCount === 1 && alias.slots[0]?.index === expect.index
  }
}

/**
 * The slot that serves a key: weighted rendezvous hashing over the labels, so that a key stays
 * where it is while other labels' weights change, and moves only when its own winner does.
 *
 * Per slot: `h` = the first 52 bits of SHA-256(`salt` `\n` `label` `\n` `key`), as a fraction
 * u = (h + 0.5) / 2^52 of (0, 1); score = weight / -ln(u); the highest score wins, then the label
 * that sorts first. Source: Schindelhauer and Schomaker, "Weighted Distributed Hash Tables"
 * (SPAA 2005), the logarithmic method. Test vectors: `slots.test.ts`.
 */
export function pickSlotByKey(slots: readonly Slot[], salt: string, key: string): Slot | undefined {
  let best: Slot | undefined
  let bestScore = Number.NEGATIVE_INFINITY
  for (const slot of slots.toSorted((a, b) => (a.label < b.label ? -1 : 1))) {
    const hex = digestOf(`${salt}\n${slot.label}\n${key}`).slice(7, 20)
    const fraction = (Number.parseInt(hex, 16) + 0.5) / 2 ** 52
    const score = slot.weight / -Math.log(fraction)
    if (score > bestScore) {
      best = slot
      bestScore = score
    }
  }
  return best
}
