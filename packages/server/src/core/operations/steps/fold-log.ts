import type { Slot } from '../../model/alias.ts'
import type { PointerEvent } from '../../model/pointer-event.ts'
import { onlySlot, sameSlots } from '../../rules/slots.ts'

/** One alias as its log says it is, folded entry by entry. */
export class AliasFold {
  generation = 0
  /** Time of the last entry. */
  time = 0
  /** By index. */
  readonly slots = new Map<number, Slot>()
  /** Every index that ever bore it. */
  readonly ever = new Set<number>()
  /** Generations, the top last. */
  readonly #stack: number[] = []

  get top(): number {
    return this.#stack.at(-1) ?? 0
  }

  /** What is wrong with the entry, as it follows on those before it. */
  apply(event: PointerEvent): { readonly order: string | null; readonly stack: string | null } {
    const order = this.#follows(event)
    this.generation = event.generation
    this.time = event.time
    const { change } = event
    if (change.kind === 'slots') {
      this.slots.clear()
      for (const slot of change.to) this.#bear(slot)
    } else {
      for (const index of change.removed) this.slots.delete(index)
      for (const index of change.added) this.#bear(onlySlot(index))
    }
    return { order, stack: this.#moveStack(event) }
  }

  #follows({ generation, change }: PointerEvent): string | null {
    if (generation !== this.generation + 1)
      return `generation ${generation} follows ${this.generation}`
    if (change.kind === 'slots')
      return sameSlots(change.from, [...this.slots.values()])
        ? null
        : 'it names other slots than those that came before'
    const twice = change.added.find((index) => this.slots.has(index))
    if (twice !== undefined) return `v${twice} comes, which was there`
    const never = change.removed.find((index) => !this.slots.has(index))
    return never === undefined ? null : `v${never} goes, which was not there`
  }

  #bear(slot: Slot): void {
    this.slots.set(slot.index, slot)
    this.ever.add(slot.index)
  }

  /** A move pushes, a rollback pops to its target, a delete or expiry leaves the stack. */
  #moveStack({ cause, generation, stackGeneration }: PointerEvent): string | null {
    const stack = this.#stack
    if (cause === 'rollback') {
      const target = stack.lastIndexOf(stackGeneration)
      if (target < 0)
        return `the rollback names generation ${stackGeneration}, which is not on the stack`
      stack.length = target + 1
      return null
    }
    const below = this.top
    if (cause !== 'delete' && cause !== 'expiry') stack.push(generation)
    return stackGeneration === below
      ? null
      : `it names generation ${stackGeneration} below it, where ${below} lies`
  }
}
