import { placeBehind, type StreamHead } from '../core/model/stream-event.ts'
import { toFact } from './events.ts'
import type { EventRow, StreamRow } from './schema.ts'

/** Facts read and placed with one statement each: bounds what a sequencer holds in memory. */
export const MAX_FACTS_PER_PLACING = 1_000

/** The stream's next rows: facts behind the head, in order of arrival. */
export function nextRows(head: StreamHead, facts: readonly EventRow[]): readonly StreamRow[] {
  const placed = placeBehind(
    head,
    facts.map((row) => ({ ...toFact(row), position: row.position })),
  )
  return placed.map(({ revision, position, prevHash, hash }) => ({
    revision,
    event: position,
    prev_hash: prevHash,
    hash,
  }))
}
