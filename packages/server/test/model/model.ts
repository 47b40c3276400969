import type { Expectation, Slot } from '../../src/core/model/alias.ts'
import type { PointerCause } from '../../src/core/model/pointer-event.ts'
import type { Stage } from '../../src/core/model/stage.ts'

/**
 * The registry as a person would tell it, in memory and without a thought for speed. Written from
 * `domain.md`, not from the code that it judges.
 */
export interface ModelCollection {
  readonly stages: ReadonlyMap<string, Stage>
  readonly members: Map<number, ModelMember>
  next: number
  readonly aliases: Map<string, ModelAlias>
  seq: number
}

export interface ModelVersion {
  readonly id: string
  readonly content: string
  state: 'committed' | 'quarantined' | 'deleted'
}

export interface ModelMember {
  readonly version: ModelVersion
  gone: boolean
}

export interface ModelAlias {
  generation: number
  slots: readonly Slot[]
  /** Slot sets, oldest first; what is empty stands there too. */
  stack: { readonly generation: number; readonly slots: readonly Slot[] }[]
  /** Slots after each generation, from generation 1 on. */
  readonly past: (readonly Slot[])[]
}

/** What one call wants, in the order in which it happens. */
export type Wish =
  | { readonly kind: 'move'; readonly alias: string; readonly index: number }
  | { readonly kind: 'set'; readonly alias: string; readonly slots: readonly Slot[] }
  | { readonly kind: 'remove'; readonly alias: string; readonly index: number }
  | { readonly kind: 'clear'; readonly alias: string }
  | {
      readonly kind: 'restore'
      readonly alias: string
      readonly slots: readonly Slot[]
      readonly generation: number
    }

export interface ModelChange {
  readonly alias: string
  readonly generation: number
  readonly slots: readonly Slot[]
}

/** `next`: where its numbers begin, since a name goes on counting. */
export function newModelCollection(stages: readonly Stage[], next = 0): ModelCollection {
  return {
    stages: new Map(stages.map((stage) => [stage.name, stage])),
    members: new Map(),
    next,
    aliases: new Map(),
    seq: 0,
  }
}

/** The code of the refusal, or undefined when the alias is as expected. */
export function modelExpect(
  collection: ModelCollection,
  alias: string,
  expect: Expectation | null,
): string | undefined {
  const now = collection.aliases.get(alias)
  const slots = now?.slots ?? []
  const met =
    expect === null ||
    (expect.kind === 'generation' && expect.generation === (now?.generation ?? 0)) ||
    (expect.kind === 'vacant' && slots.length === 0) ||
    (expect.kind === 'bearer' && slots.length === 1 && slots[0]?.index === expect.index)
  return met ? undefined : 'generation_mismatch'
}

/**
 * Does what one call wants, or answers the code of its refusal and does nothing. `judge` is false
 * for wishes that no rule looks at.
 */
export function modelApply(
  collection: ModelCollection,
  wishes: readonly Wish[],
  cause: PointerCause,
): { readonly refused: string } | { readonly changes: readonly ModelChange[] } {
  const work = new Map<string, readonly Slot[]>()
  const wished = new Set<string>()
  const slotsOf = (alias: string) => work.get(alias) ?? collection.aliases.get(alias)?.slots ?? []

  const lose = (alias: string, index: number) => {
    work.set(
      alias,
      slotsOf(alias).filter((slot) => slot.index !== index),
    )
  }
  const replace = (alias: string, slots: readonly Slot[], path: readonly string[]) => {
    const before = slotsOf(alias)
    work.set(alias, slots)
    const stage = collection.stages.get(alias)
    const displaced = before.filter((old) => !slots.some((slot) => slot.index === old.index))
    const heir = stage?.onSupersede ?? null
    if (heir !== null && ![...path, alias].includes(heir))
      for (const old of ordered(displaced)) gain(heir, old.index, [...path, alias])
    for (const slot of slots)
      if (!before.some((old) => old.index === slot.index))
        for (const cleared of stage?.clears ?? []) lose(cleared, slot.index)
  }
  const gain = (alias: string, index: number, path: readonly string[]) => {
    const slots = slotsOf(alias)
    const only = { index, label: 'default', weight: 1 }
    if (capacityOf(collection, alias) !== null) {
      if (slots.length !== 1 || slots[0]?.index !== index) replace(alias, [only], path)
    } else if (!slots.some((slot) => slot.index === index)) {
      work.set(alias, [...slots, only])
      for (const cleared of collection.stages.get(alias)?.clears ?? []) lose(cleared, index)
    }
  }

  for (const wish of wishes) {
    wished.add(wish.alias)
    if (wish.kind === 'move') gain(wish.alias, wish.index, [])
    else if (wish.kind === 'remove') lose(wish.alias, wish.index)
    else if (wish.kind === 'clear') work.set(wish.alias, [])
    else if (capacityOf(collection, wish.alias) === null) {
      for (const slot of slotsOf(wish.alias))
        if (!wish.slots.some((wanted) => wanted.index === slot.index)) lose(wish.alias, slot.index)
      for (const slot of wish.slots) gain(wish.alias, slot.index, [])
    } else replace(wish.alias, wish.slots, [])
  }
  const refused = judge(collection, work, wished)
  if (refused !== undefined) return { refused }
  return { changes: settle(collection, work, wishes, cause) }
}

function judge(
  collection: ModelCollection,
  work: ReadonlyMap<string, readonly Slot[]>,
  wished: ReadonlySet<string>,
): string | undefined {
  for (const [alias, slots] of work) {
    const stage = collection.stages.get(alias)
    const before = collection.aliases.get(alias)?.slots ?? []
    if (stage === undefined || !wished.has(alias) || same(before, slots)) continue
    if (stage.capacity !== null && slots.length > stage.capacity) return 'promotion_refused'
    const gained = slots.filter((slot) => !before.some((old) => old.index === slot.index))
    for (const required of stage.requires)
      if (!gained.every((slot) => everBore(collection, required, slot.index)))
        return 'promotion_refused'
  }
  return undefined
}

function settle(
  collection: ModelCollection,
  work: ReadonlyMap<string, readonly Slot[]>,
  wishes: readonly Wish[],
  cause: PointerCause,
): readonly ModelChange[] {
  const changes: ModelChange[] = []
  for (const [name, unordered] of work) {
    const slots = ordered(unordered)
    const alias = collection.aliases.get(name) ?? { generation: 0, slots: [], stack: [], past: [] }
    if (same(alias.slots, slots)) continue
    alias.generation += 1
    alias.slots = slots
    alias.past.push(slots)
    const restored = wishes.find((wish) => wish.kind === 'restore' && wish.alias === name)
    if (restored?.kind === 'restore') {
      while ((alias.stack.at(-1)?.generation ?? 0) !== restored.generation) alias.stack.pop()
    } else if (cause !== 'delete') alias.stack.push({ generation: alias.generation, slots })
    collection.aliases.set(name, alias)
    collection.seq += 1
    changes.push({ alias: name, generation: alias.generation, slots })
  }
  return changes
}

/** The slot set that a rollback restores, or undefined when there is none. */
export function modelRollbackTarget(
  collection: ModelCollection,
  name: string,
  to: number | null,
): { readonly generation: number; readonly slots: readonly Slot[] } | undefined {
  const alias = collection.aliases.get(name)
  if (alias === undefined) return undefined
  for (const entry of alias.stack.slice(0, -1).reverse()) {
    const slots = entry.slots.filter((slot) => modelRefusal(collection, slot.index) === undefined)
    if (slots.length === 0 || same(slots, alias.slots)) continue
    if (to !== null && !slots.some((slot) => slot.index === to)) continue
    return { generation: entry.generation, slots }
  }
  return undefined
}

/** The code with which a read of this index is refused, or undefined. */
export function modelRefusal(collection: ModelCollection, index: number): string | undefined {
  const member = collection.members.get(index)
  if (member === undefined) return 'version_not_found'
  if (member.gone || member.version.state === 'deleted') return 'version_deleted'
  return member.version.state === 'quarantined' ? 'version_quarantined' : undefined
}

/** Which aliases an index bears. */
export function modelBorne(collection: ModelCollection, index: number): readonly string[] {
  return [...collection.aliases]
    .filter(([, alias]) => alias.slots.some((slot) => slot.index === index))
    .map(([name]) => name)
}

/** The newest index that is not gone, or undefined. */
export function modelNewest(collection: ModelCollection): number | undefined {
  const live = [...collection.members].filter(([, member]) => !member.gone)
  return live.map(([index]) => index).sort((a, b) => b - a)[0]
}

export function capacityOf(collection: ModelCollection, alias: string): number | null {
  const stage = collection.stages.get(alias)
  return stage === undefined ? 1 : stage.capacity
}

/** Highest weight first, then the newest. */
export function ordered(slots: readonly Slot[]): readonly Slot[] {
  return slots.toSorted((a, b) => b.weight - a.weight || b.index - a.index)
}

function everBore(collection: ModelCollection, alias: string, index: number): boolean {
  const past = collection.aliases.get(alias)?.past ?? []
  return past.some((slots) => slots.some((slot) => slot.index === index))
}

function same(left: readonly Slot[], right: readonly Slot[]): boolean {
  return JSON.stringify(ordered(left)) === JSON.stringify(ordered(right))
}
