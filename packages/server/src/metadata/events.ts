import { sql } from 'kysely'
import type { EventKind, Fact } from '../core/model/event.ts'
import type { OwnerKind } from '../core/model/owner.ts'
import { type EventOwner, STREAM_START, type StreamEvent } from '../core/model/stream-event.ts'
import type { EventWrites } from '../core/ports/metadata-store.ts'
import type { EventRow, StreamRow } from './schema.ts'
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

// The kind stands in the statement itself: the index has the few facts of this kind only.
const stageChanges = define(
  'event.stageChanges',
  ({ db }, p: { owner_id: number; before: number; limit: number }) =>
    db
      .selectFrom('event')
      .selectAll()
      .where(sql<boolean>`kind = 'stages.changed'`)
      .where('owner_id', '=', p.owner_id)
      .where('position', '<', p.before)
      .orderBy('position', 'desc')
      .limit(p.limit),
)

// The position says only who came before whom: on PostgreSQL it has gaps, and a lower one may be
// committed later. The place in the stream is given after the commit, by `place`.
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

const FACT_COLUMNS = [
  'event.position',
  'event.id',
  'event.kind',
  'event.time',
  'event.actor_id',
  'event.actor_name',
  'event.owner_id',
  'event.collection_id',
  'event.alias',
  'event.payload',
] as const

/** The stream with the names that its ids have now. */
export const page = define('event.page', ({ db }, p: { after: number; limit: number }) =>
  db
    .selectFrom('stream')
    .innerJoin('event', 'event.position', 'stream.event')
    .leftJoin('owner', 'owner.id', 'event.owner_id')
    .leftJoin('entity', 'entity.id', 'owner.entity_id')
    .leftJoin('collection', 'collection.id', 'event.collection_id')
    .select(FACT_COLUMNS)
    .select(['stream.revision', 'stream.prev_hash', 'stream.hash'])
    .select(['owner.kind as owner_kind', 'owner.name as owner_name', 'owner.entity_id'])
    .select(['owner.restricted as owner_restricted'])
    .select(['entity.name as entity_name', 'collection.name as collection_name'])
    .where('stream.revision', '>', p.after)
    .orderBy('stream.revision')
    .limit(p.limit),
)

export const head = define('event.head', ({ db }, _: object) =>
  db.selectFrom('stream').select(['revision', 'hash']).orderBy('revision', 'desc').limit(1),
)

/** Positions of facts without a place, in order of arrival. */
export const unplaced = define('event.unplaced', ({ db }, p: { limit: number }) =>
  db.selectFrom('event_unplaced').select('position').orderBy('position').limit(p.limit),
)

export const atPositions = define(
  'event.atPositions',
  ({ db, integerIn }, p: { positions: readonly number[] }) =>
    db
      .selectFrom('event')
      .select(FACT_COLUMNS)
      .where(integerIn('position', p.positions))
      .orderBy('position'),
)

export const place = defineRows<StreamRow>(
  'event.place',
  'stream',
  { revision: 'integer', event: 'integer', prev_hash: 'text', hash: 'text' },
  null,
)

// By name, never "all up to": a lower position may have been committed since they were read.
export const leaveUnplaced = define(
  'event.leaveUnplaced',
  ({ db, integerIn }, p: { positions: readonly number[] }) =>
    db.deleteFrom('event_unplaced').where(integerIn('position', p.positions)),
)

export function events(session: Session): EventWrites {
  return {
    page: async ({ after, limit }) =>
      (await session.all(page, { after, limit })).map(toStreamEvent),
    head: async () => (await session.first(head, {})) ?? STREAM_START,
    list: async ({ after, limit }) =>
      (await session.all(list, { after, limit })).map((row) => ({
        ...toFact(row),
        position: row.position,
      })),
    stageChanges: async ({ ownerId, before, limit }) => {
      const page = { owner_id: ownerId, before: before ?? Number.MAX_SAFE_INTEGER, limit }
      const rows = await session.all(stageChanges, page)
      return rows.map((row) => ({ ...toFact(row), position: row.position }))
    },
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

export function toFact(row: EventRow): Fact {
  return {
    id: row.id,
    kind: row.kind as EventKind,
    time: row.time,
    actorId: row.actor_id,
    actorName: row.actor_name,
    ownerId: row.owner_id,
    collectionId: row.collection_id,
    alias: row.alias,
    payload: row.payload,
  }
}

export type StreamPageRow = EventRow &
  Omit<StreamRow, 'event'> & {
    readonly owner_kind: string | null
    readonly owner_name: string | null
    readonly entity_id: number | null
    readonly owner_restricted: number | null
    readonly entity_name: string | null
    readonly collection_name: string | null
  }

export function toStreamEvent(row: StreamPageRow): StreamEvent {
  return {
    ...toFact(row),
    revision: row.revision,
    prevHash: row.prev_hash,
    hash: row.hash,
    owner: toEventOwner(row),
    collectionName: row.collection_name,
  }
}

function toEventOwner(row: StreamPageRow): EventOwner | null {
  const { owner_kind: kind, owner_name: name, entity_id: entityId, entity_name: entityName } = row
  const id = row.owner_id
  if (id === null || kind === null || name === null || entityId === null || entityName === null)
    return null
  const restricted = row.owner_restricted === 1
  return { id, kind: kind as OwnerKind, entityId, entityName, name, restricted }
}
