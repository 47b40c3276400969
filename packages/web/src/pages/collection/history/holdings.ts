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
  /** Null: it began before the first entry that is known. */
  readonly mover: string | null
}

/**
 * Who held each alias from when to when, out of a log that comes newest first and may not reach
 * back to its beginning.
 */
export function holdingsOf(entries: readonly PointerEvent[]): ReadonlyMap<string, Holding[]> {
  const lanes = new Map<string, Holding[]>()
  const start = Date.parse(entries.at(-1)?.time ?? '')
  for (const event of entries.toReversed()) {
    const lane = lanes.get(event.alias) ?? before(event, start)
    const last = lane.at(-1)
    const from = Date.parse(event.time)
    if (last !== undefined) lane[lane.length - 1] = { ...last, until: from }
    lane.push({
      seq: event.seq,
      versions: versionsAfter(last?.versions ?? [], event),
      from,
      until: null,
      mover: event.actor,
    })
    lanes.set(event.alias, lane)
  }
  return lanes
}

/** What the first known entry of an alias found. */
function before({ seq, from }: PointerEvent, start: number): Holding[] {
  const versions = (from ?? []).map(({ version }) => version)
  if (versions.length === 0) return []
  return [{ seq: seq - 0.5, versions, from: start, until: null, mover: null }]
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

/** Whether each entry names the one before it: from the first to the last nothing is missing. */
export function isLinked(entries: readonly PointerEvent[]): boolean {
  return entries.every((entry, at) => {
    const before = entries[at + 1]
    return before === undefined || (entry.seq === before.seq + 1 && entry.prevHash === before.hash)
  })
}
