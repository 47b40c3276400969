import { MAX_ITEMS_PER_PAGE } from '../../limits.ts'
import type { Slot } from '../../model/alias.ts'
import type { PointerEvent } from '../../model/pointer-event.ts'
import type { ReadTx } from '../../registry.ts'
import { onlySlot, sortSlots } from '../../rules/slots.ts'

/**
 * The slots of an alias after one of its log entries. An entry of finite capacity names them; for
 * one of unlimited capacity the log is folded from its beginning, page by page.
 */
export async function slotsAt(tx: ReadTx, event: PointerEvent): Promise<readonly Slot[]> {
  if (event.change.kind === 'slots') return event.change.to
  const gone = new Set<number>()
  const there = new Set<number>()
  let before: number | null = event.seq + 1
  while (before !== null) {
    const page: readonly PointerEvent[] = await tx.pointerLog.list({
      collectionId: event.collectionId,
      alias: event.alias,
      before,
      limit: MAX_ITEMS_PER_PAGE,
    })
    for (const { change } of page) unfold(change, there, gone)
    before = page.length < MAX_ITEMS_PER_PAGE ? null : (page.at(-1)?.seq ?? null)
  }
  return sortSlots([...there].map((index) => onlySlot(index)))
}

/** Newest entry first: what it says of a version holds unless a newer one spoke of it. */
function unfold(change: PointerEvent['change'], there: Set<number>, gone: Set<number>): void {
  const added = change.kind === 'members' ? change.added : change.to.map((slot) => slot.index)
  const removed = change.kind === 'members' ? change.removed : change.from.map((slot) => slot.index)
  for (const index of added) if (!gone.has(index)) there.add(index)
  for (const index of removed) if (!there.has(index)) gone.add(index)
}
