import type { PointerEvent } from '@greenroom/sdk/wire'
import { indexOf } from '../collection-state.ts'

/** A stretch of time in which an alias did not change. */
export interface Holding {
  readonly seq: number
  readonly versions: readonly string[]
  /** Milliseconds since 1970. */
  readonly from: number
  /** Null: until now. */
  readonly until: number | null
  readonly event: PointerEvent
}

/** Who held each alias from when to when, out of a log that comes newest first. */
export function holdingsOf(entries: readonly PointerEvent[]): ReadonlyMap<string, Holding[]> {
  const lanes = new Map<string, Holding[]>()
  for (const event of entries.toReversed()) {
    const lane = lanes.get(event.alias) ?? []
    const before = lane.at(-1)
    const from = Date.parse(event.time)
    if (before !== undefined) lane[lane.length - 1] = { ...before, until: from }
    lane.push({
      seq: event.seq,
      versions: versionsAfter(before?.versions ?? [], event),
      from,
      until: null,
      event,
    })
    lanes.set(event.alias, lane)
  }
  return lanes
}

function versionsAfter(before: readonly string[], event: PointerEvent): readonly string[] {
  if (event.to !== null) return event.to.map(({ version }) => version)
  const kept = before.filter((version) => !event.removed.includes(version))
  return [...kept, ...event.added].sort((a, b) => indexOf(b) - indexOf(a))
}

/** What one call did: the entry that was asked for, and those that came with it. */
export interface Change {
  readonly main: PointerEvent
  readonly others: readonly PointerEvent[]
}

/** Entries of one call together, newest first. */
export function changesOf(entries: readonly PointerEvent[]): readonly Change[] {
  const byChange = Map.groupBy(entries, ({ changeId }) => changeId)
  return [...byChange.values()].flatMap((group) => {
    const inOrder = group.toSorted((a, b) => a.seq - b.seq)
    const main = inOrder.find(({ cause }) => cause !== 'supersede') ?? inOrder[0]
    return main === undefined ? [] : [{ main, others: inOrder.filter((one) => one !== main) }]
  })
}

/** Whether each entry names the one before it, from the first to the last: nothing is missing. */
export function isLinked(entries: readonly PointerEvent[]): boolean {
  return entries.every((entry, at) => {
    const before = entries[at + 1]
    return before === undefined
      ? entry.seq === 1
      : entry.seq === before.seq + 1 && entry.prevHash === before.hash
  })
}
