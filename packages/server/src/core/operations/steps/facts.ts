import type { Actor } from '../../model/actor.ts'
import type { EventKind } from '../../model/event.ts'
import type { Registry, Tx } from '../../registry.ts'

export interface FactFields {
  readonly kind: EventKind
  readonly ownerId?: number | null
  readonly collectionId?: string | null
  readonly alias?: string | null
  readonly payload: Readonly<Record<string, unknown>>
}

/** Writes the event row of a change into its own transaction. */
export async function recordFact(
  registry: Registry,
  tx: Tx,
  actor: Pick<Actor, 'userId' | 'username'>,
  fact: FactFields,
): Promise<void> {
  await tx.events.record({
    id: registry.newId(),
    kind: fact.kind,
    time: registry.now(),
    actorId: actor.userId,
    actorName: actor.username,
    ownerId: fact.ownerId ?? null,
    collectionId: fact.collectionId ?? null,
    alias: fact.alias ?? null,
    payload: JSON.stringify(fact.payload),
  })
}
