import type { PointerCause, PointerChange, PointerEvent } from '../core/model/pointer-event.ts'
import type { PointerLogWrites } from '../core/ports/metadata-store.ts'
import { mapFound } from './columns.ts'
import type { AliasBearerRow, PointerEventRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

/** Above every seq and time: where a list of the newest begins. */
const NEWEST = Number.MAX_SAFE_INTEGER

const findByGeneration = define(
  'pointerLog.findByGeneration',
  ({ db }, p: { collection_id: string; alias: string; generation: number }) =>
    db
      .selectFrom('pointer_event')
      .selectAll()
      .where('collection_id', '=', p.collection_id)
      .where('alias', '=', p.alias)
      .where('generation', '=', p.generation),
)

const findAt = define(
  'pointerLog.findAt',
  ({ db }, p: { collection_id: string; alias: string; time: number }) =>
    db
      .selectFrom('pointer_event')
      .selectAll()
      .where('collection_id', '=', p.collection_id)
      .where('alias', '=', p.alias)
      .where('time', '<=', p.time)
      .orderBy('time', 'desc')
      .limit(1),
)

const list = define(
  'pointerLog.list',
  ({ db }, p: { collection_id: string; before: number; limit: number }) =>
    db
      .selectFrom('pointer_event')
      .selectAll()
      .where('collection_id', '=', p.collection_id)
      .where('seq', '<', p.before)
      .orderBy('seq', 'desc')
      .limit(p.limit),
)

// By time, which grows with `seq` in a collection: that order has an index for `findAt` already.
const listOfAlias = define(
  'pointerLog.listOfAlias',
  ({ db }, p: { collection_id: string; alias: string; before: number; limit: number }) =>
    db
      .selectFrom('pointer_event')
      .selectAll()
      .where('collection_id', '=', p.collection_id)
      .where('alias', '=', p.alias)
      .where('seq', '<', p.before)
      .where('time', '<', ({ fn, lit, selectFrom }) =>
        fn.coalesce(
          selectFrom('pointer_event as bound')
            .select('bound.time')
            .where('bound.collection_id', '=', p.collection_id)
            .where('bound.seq', '=', p.before),
          lit(NEWEST),
        ),
      )
      .orderBy('time', 'desc')
      .limit(p.limit),
)

const findBearer = define(
  'pointerLog.findBearer',
  ({ db }, p: { collection_id: string; alias: string; member_index: number }) =>
    db
      .selectFrom('alias_bearer')
      .select('member_index')
      .where('collection_id', '=', p.collection_id)
      .where('alias', '=', p.alias)
      .where('member_index', '=', p.member_index),
)

// A conflict is an error here: it would mean that a change was made without the collection's lock.
const append = defineRows<PointerEventRow>(
  'pointerLog.append',
  'pointer_event',
  {
    collection_id: 'text',
    seq: 'integer',
    alias: 'text',
    generation: 'integer',
    change: 'text',
    stack_generation: 'integer',
    actor_id: 'integer',
    actor_name: 'text',
    reason: 'text',
    cause: 'text',
    change_id: 'text',
    seen: 'text',
    time: 'integer',
    prev_hash: 'text',
    hash: 'text',
  },
  null,
)

const addBearers = defineRows<AliasBearerRow>(
  'pointerLog.addBearers',
  'alias_bearer',
  { collection_id: 'text', alias: 'text', member_index: 'integer' },
  'do nothing',
)

export function pointerLog(session: Session): PointerLogWrites {
  return {
    findByGeneration: async (collectionId, alias, generation) => {
      const key = { collection_id: collectionId, alias, generation }
      return mapFound(await session.first(findByGeneration, key), toPointerEvent)
    },
    findAt: async (collectionId, alias, time) =>
      mapFound(
        await session.first(findAt, { collection_id: collectionId, alias, time }),
        toPointerEvent,
      ),
    list: async ({ collectionId, alias, before, limit }) => {
      const page = { collection_id: collectionId, before: before ?? NEWEST, limit }
      const rows =
        alias === null
          ? await session.all(list, page)
          : await session.all(listOfAlias, { ...page, alias })
      return rows.map(toPointerEvent)
    },
    hasBorne: async (collectionId, alias, index) => {
      const key = { collection_id: collectionId, alias, member_index: index }
      return (await session.first(findBearer, key)) !== undefined
    },
    append: async (event) => {
      await session.insertRows(append, [toPointerEventRow(event)])
      const { collectionId, alias } = event
      await session.insertRows(
        addBearers,
        bearersOf(event.change).map((index) => ({
          collection_id: collectionId,
          alias,
          member_index: index,
        })),
      )
    },
  }
}

function bearersOf(change: PointerChange): readonly number[] {
  return change.kind === 'slots' ? change.to.map(({ index }) => index) : change.added
}

export function toPointerEvent(row: PointerEventRow): PointerEvent {
  return {
    collectionId: row.collection_id,
    seq: row.seq,
    alias: row.alias,
    generation: row.generation,
    change: JSON.parse(row.change) as PointerChange,
    stackGeneration: row.stack_generation,
    actorId: row.actor_id,
    actorName: row.actor_name,
    reason: row.reason,
    cause: row.cause as PointerCause,
    changeId: row.change_id,
    seen: row.seen,
    time: row.time,
    prevHash: row.prev_hash,
    hash: row.hash,
  }
}

function toPointerEventRow(event: PointerEvent): PointerEventRow {
  return {
    collection_id: event.collectionId,
    seq: event.seq,
    alias: event.alias,
    generation: event.generation,
    change: JSON.stringify(event.change),
    stack_generation: event.stackGeneration,
    actor_id: event.actorId,
    actor_name: event.actorName,
    reason: event.reason,
    cause: event.cause,
    change_id: event.changeId,
    seen: event.seen,
    time: event.time,
    prev_hash: event.prevHash,
    hash: event.hash,
  }
}
