import type { EventKind, Fact } from '../core/model/event.ts'
import type { EventWrites } from '../core/ports/metadata-store.ts'
import type { EventRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const list = define('event.list', ({ db }, p: { after: number; limit: number }) =>
  db
    .selectFrom('event')
    .selectAll()
    .where('position', '>', p.after)
    .orderBy('position')
    .limit(p.limit),
)

// The position says only who came before whom: on PostgreSQL it has gaps, and a lower one may be
// committed later. The stream's own order is the sequencer's.
const record = defineRows<Omit<EventRow, 'position'>>(
  'event.record',
  'event',
  {
    id: 'text',
    kind: 'text',
    time: 'integer',
    actor_id: 'integer',
    actor_name: 'text',
    owner_id: 'integer',
    collection_id: 'text',
    alias: 'text',
    payload: 'text',
  },
  null,
)

export function events(session: Session): EventWrites {
  return {
    list: async ({ after, limit }) =>
      (await session.all(list, { after, limit })).map((row) => ({
        id: row.id,
        kind: row.kind as EventKind,
        time: row.time,
        actorId: row.actor_id,
        actorName: row.actor_name,
        ownerId: row.owner_id,
        collectionId: row.collection_id,
        alias: row.alias,
        payload: row.payload,
        position: row.position,
      })),
    record: async (fact: Fact) => {
      await session.insertRows(record, [
        {
          id: fact.id,
          kind: fact.kind,
          time: fact.time,
          actor_id: fact.actorId,
          actor_name: fact.actorName,
          owner_id: fact.ownerId,
          collection_id: fact.collectionId,
          alias: fact.alias,
          payload: fact.payload,
        },
      ])
    },
  }
}
