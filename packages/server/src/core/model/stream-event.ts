import { DigestBuilder } from './digest.ts'
import type { Fact } from './event.ts'
import type { OwnerKind } from './owner.ts'

/** A fact that has its place in the stream. Only ever inserted. */
export interface PlacedFact extends Fact {
  /** 1…n without gap: the place itself, and where a reader goes on. */
  readonly revision: number
  /** Hex, 64 digits; zeros before the first event. */
  readonly prevHash: string
  readonly hash: string
}

/** An event as the stream is read: a placed fact, with the names that its ids have now. */
export interface StreamEvent extends PlacedFact {
  /** Null where nobody owns what it tells of. An owner that was deleted keeps its name here. */
  readonly owner: EventOwner | null
  readonly collectionName: string | null
}

export interface EventOwner {
  readonly id: number
  readonly kind: OwnerKind
  readonly entityId: number
  readonly entityName: string
  readonly name: string
  readonly restricted: boolean
}

/** The end of the stream; what an empty one has is `STREAM_START`. */
export interface StreamHead {
  readonly revision: number
  readonly hash: string
}

export const STREAM_START: StreamHead = { revision: 0, hash: '0'.repeat(64) }

/**
 * The canonical row, as `docs/decisions/0003-frozen-forms.md` freezes it: one JSON array in the
 * form that `JSON.stringify` writes.
 */
export function canonicalStreamEvent(fact: Fact, revision: number): string {
  return JSON.stringify([
    'greenroom-stream-event-v1',
    revision,
    fact.id,
    fact.kind,
    fact.time,
    fact.actorId,
    fact.actorName,
    fact.ownerId,
    fact.collectionId,
    fact.alias,
    fact.payload,
  ])
}

/** `SHA-256(prev_hash ‖ canonical row)`: 32 bytes, then the UTF-8 of the row. Hex. */
export function hashStreamEvent(fact: Fact, revision: number, prevHash: string): string {
  const digest = new DigestBuilder()
  digest.update(Buffer.from(prevHash, 'hex'))
  digest.update(canonicalStreamEvent(fact, revision))
  return digest.finish().slice('sha256:'.length)
}

/** Gives facts the places behind `head`, in the order in which they come. */
export function placeBehind<Some extends Fact>(
  head: StreamHead,
  facts: readonly Some[],
): readonly (Some & PlacedFact)[] {
  let { revision, hash } = head
  return facts.map((fact) => {
    revision += 1
    const prevHash = hash
    hash = hashStreamEvent(fact, revision, prevHash)
    return { ...fact, revision, prevHash, hash }
  })
}
