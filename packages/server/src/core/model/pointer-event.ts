import type { Slot } from './alias.ts'
import { DigestBuilder } from './digest.ts'
import type { Micros } from './time.ts'

export type PointerCause =
  | 'promote'
  | 'set'
  | 'remove'
  | 'clear'
  | 'rollback'
  | 'commit'
  | 'link'
  | 'supersede'
  | 'delete'
  | 'import'
  | 'expiry'

/**
 * What one entry changed. An alias of finite capacity names all slots before and after; one of
 * unlimited capacity only who came and who went (membership indices, ascending): the fold of its
 * log gives the set.
 */
export type PointerChange =
  | { readonly kind: 'slots'; readonly from: readonly Slot[]; readonly to: readonly Slot[] }
  | {
      readonly kind: 'members'
      readonly added: readonly number[]
      readonly removed: readonly number[]
    }

/** One entry of the pointer log. Only ever inserted. */
export interface PointerEvent {
  readonly collectionId: string
  /** 1…n without gap within the collection. */
  readonly seq: number
  readonly alias: string
  /** The alias's generation after this entry. */
  readonly generation: number
  readonly change: PointerChange
  /**
   * The entry below this one on the alias's undo stack (a generation; 0 is the empty bottom). For a
   * rollback: the generation that it restored. Derivable from the log, so not hashed.
   */
  readonly stackGeneration: number
  readonly actorId: number
  readonly actorName: string
  readonly reason: string | null
  readonly cause: PointerCause
  /** Shared by all entries of one call. */
  readonly changeId: string
  /** What the rules saw, as JSON text; null when no rule looked. */
  readonly seen: string | null
  /** max(now, previous + 1) within the collection. */
  readonly time: Micros
  /** Hex, 64 digits; zeros before the first entry. */
  readonly prevHash: string
  readonly hash: string
}

export const FIRST_PREV_HASH = '0'.repeat(64)

export type UnhashedPointerEvent = Omit<PointerEvent, 'hash'>

/**
 * The canonical row, as `docs/decisions/0003-frozen-forms.md` freezes it: one JSON array in the
 * form that `JSON.stringify` writes.
 */
export function canonicalPointerEvent(event: UnhashedPointerEvent): string {
  const { change } = event
  return JSON.stringify([
    'greenroom-pointer-event-v1',
    event.collectionId,
    event.seq,
    event.alias,
    event.generation,
    change.kind === 'slots'
      ? ['slots', canonicalSlots(change.from), canonicalSlots(change.to)]
      : ['members', change.added, change.removed],
    event.actorId,
    event.actorName,
    event.reason,
    event.cause,
    event.changeId,
    event.seen,
    event.time,
  ])
}

/** `SHA-256(prev_hash ‖ canonical row)`: 32 bytes, then the UTF-8 of the row. Hex. */
export function hashPointerEvent(event: UnhashedPointerEvent): string {
  const digest = new DigestBuilder()
  digest.update(Buffer.from(event.prevHash, 'hex'))
  digest.update(canonicalPointerEvent(event))
  return digest.finish().slice('sha256:'.length)
}

function canonicalSlots(slots: readonly Slot[]): unknown {
  return slots.map((slot) => [slot.index, slot.label, slot.weight])
}
