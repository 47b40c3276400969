import { MAX_ITEMS_PER_PAGE } from '../../limits.ts'
import type { Slot } from '../../model/alias.ts'
import type { PointerEvent } from '../../model/pointer-event.ts'
import type { ReadTx } from '../../registry.ts'
import { onlySlot, sortSlots } from '../../rules/slots.ts'

/**
 * The slots of an alias after one of its log entries. An entry of finite capacity names them all;
 * for one of unlimited capacity the log is folded backwards, page by page, to such an entry or its
 * beginning.
 */
export async function slotsAt(tx: ReadTx, event: PointerEvent): Promise<readonly Slot[]> {
  if (event.change.kind === 'slots') return event.change.to
  const gone = new Set<number>()
  const there = new Map<number, Slot>()
  let before: number | null = event.seq + 1
  while (before !== null) {
    const page: readonly PointerEvent[] = await tx.pointerLog.list({
      collectionId: event.collectionId,
      alias: event.alias,
      before,
      limit: MAX_ITEMS_PER_PAGE,
    })
    for (const { change } of page) {
      // Newest first: what a later entry said of a version holds.
      if (change.kind === 'slots') {
        for (const slot of change.to) if (!gone.has(slot.index)) keep(there, slot)
        return sortSlots([...there.values()])
      }
      for (const index of change.added) if (!gone.has(index)) keep(there, onlySlot(index))
      for (const index of change.removed) if (!there.has(index)) gone.add(index)
    }
    before = page.length < MAX_ITEMS_PER_PAGE ? null : (page.at(-1)?.seq ?? null)
  }
  return sortSlots([...there.values()])
}

function keep(there: Map<number, Slot>, slot: Slot): void {
  if (!there.has(slot.index)) there.set(slot.index, slot)
}
