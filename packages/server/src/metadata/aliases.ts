import { type RawBuilder, sql } from 'kysely'
import { MAX_SLOTS_PER_ALIAS } from '../core/limits.ts'
import type { Alias, Slot } from '../core/model/alias.ts'
import type { PointerCause } from '../core/model/pointer-event.ts'
import type { AliasWrites } from '../core/ports/metadata-store.ts'
import { mapFound } from './columns.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { AliasRow, AliasSlotRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const find = define('alias.find', (dialect, p: { collection_id: string; name: string }) =>
  selectAliases(dialect)
    .where('alias.collection_id', '=', p.collection_id)
    .where('alias.name', '=', p.name),
)

const list = define('alias.list', (dialect, p: { collection_id: string }) =>
  selectAliases(dialect).where('alias.collection_id', '=', p.collection_id).orderBy('alias.name'),
)

// The limit is of what is looked at: any number of aliases may be vacant.
const listSet = define('alias.listSet', ({ raw }, p: { collection_id: string; limit: number }) =>
  raw<Pick<AliasRow, 'name'>>(sql`
    select name from (select name, slot_count from alias
      where collection_id = ${p.collection_id} order by name limit ${p.limit}) as first
    where slot_count > 0 order by name`),
)

// CROSS JOIN: SQLite then walks the few members and looks each one up, never the other way round.
const listBorne = define('alias.listBorne', ({ raw, pairs }, p: { members: string }) =>
  raw<Pick<AliasSlotRow, 'collection_id' | 'member_index' | 'alias'>>(sql`
    select slot.collection_id, slot.member_index, slot.alias
    from ${pairs(p.members)} as member
    cross join alias_slot as slot
    where slot.collection_id = member.a and slot.member_index = member.b
    order by slot.collection_id, slot.member_index, slot.alias`),
)

const findSlot = define(
  'alias.findSlot',
  ({ db }, p: { collection_id: string; alias: string; member_index: number }) =>
    db
      .selectFrom('alias_slot')
      .select(['member_index', 'label', 'weight'])
      .where('collection_id', '=', p.collection_id)
      .where('alias', '=', p.alias)
      .where('member_index', '=', p.member_index),
)

// 1 stands in the text, since SQLite must see that the index of the crowded serves.
const findCrowded = define(
  'alias.findCrowded',
  ({ db }, p: { owner_id: number; name: string; capacity: number }) =>
    db
      .selectFrom('alias')
      .innerJoin('collection', 'collection.id', 'alias.collection_id')
      .select(['alias.collection_id', 'alias.slot_count'])
      .where('alias.name', '=', p.name)
      .where('alias.slot_count', '>', sql.lit(1))
      .where('alias.slot_count', '>', p.capacity)
      .where('collection.owner_id', '=', p.owner_id)
      .where('collection.deleted_at', 'is', null)
      .limit(1),
)

const listStandings = define(
  'alias.listStandings',
  (dialect, p: { collection_ids: readonly string[]; names: readonly string[] }) =>
    selectAliases(dialect)
      .innerJoin('pointer_event as event', (join) =>
        join
          .onRef('event.collection_id', '=', 'alias.collection_id')
          .onRef('event.alias', '=', 'alias.name')
          .onRef('event.generation', '=', 'alias.generation'),
      )
      .select(['event.change_id', 'event.cause', 'event.actor_name', 'event.reason', 'event.time'])
      .where(dialect.textIn('alias.collection_id', p.collection_ids))
      .where(dialect.textIn('alias.name', p.names)),
)

const put = defineRows<AliasRow>(
  'alias.put',
  'alias',
  {
    collection_id: 'text',
    name: 'text',
    generation: 'integer',
    top_generation: 'integer',
    salt: 'text',
    updated_at: 'integer',
    slot_count: 'integer',
  },
  `(collection_id, name) do update set generation = excluded.generation,
    top_generation = excluded.top_generation, salt = excluded.salt,
    updated_at = excluded.updated_at, slot_count = alias.slot_count`,
)

const addToCount = define(
  'alias.addToCount',
  ({ db }, p: { collection_id: string; name: string; difference: number }) =>
    db
      .updateTable('alias')
      .set(({ eb, ref, val }) => ({ slot_count: eb(ref('slot_count'), '+', val(p.difference)) }))
      .where('collection_id', '=', p.collection_id)
      .where('name', '=', p.name),
)

const removeSlots = define(
  'alias.removeSlots',
  ({ db, integerIn }, p: { collection_id: string; alias: string; indices: readonly number[] }) =>
    db
      .deleteFrom('alias_slot')
      .where('collection_id', '=', p.collection_id)
      .where('alias', '=', p.alias)
      .where(integerIn('member_index', p.indices)),
)

const addSlots = defineRows<AliasSlotRow>(
  'alias.addSlots',
  'alias_slot',
  {
    collection_id: 'text',
    alias: 'text',
    member_index: 'integer',
    label: 'text',
    weight: 'integer',
  },
  '(collection_id, alias, member_index) do nothing',
)

/** Each alias with its first slots in the same row: a resolve asks once. */
function selectAliases({ db, slotArray }: Dialect) {
  const firstSlots: RawBuilder<unknown> = sql`
    select member_index, label, weight from alias_slot
    where alias_slot.collection_id = alias.collection_id and alias_slot.alias = alias.name
    order by weight desc, member_index desc limit ${sql.lit(MAX_SLOTS_PER_ALIAS)}`
  return db.selectFrom('alias').selectAll('alias').select(slotArray(firstSlots).as('slots'))
}

export function aliases(session: Session): AliasWrites {
  return {
    find: async (collectionId, name) =>
      mapFound(await session.first(find, { collection_id: collectionId, name }), toAlias),
    list: async (collectionId) =>
      (await session.all(list, { collection_id: collectionId })).map(toAlias),
    listSet: async (collectionId, limit) =>
      (await session.all(listSet, { collection_id: collectionId, limit })).map(({ name }) => name),
    listBorne: async (members) => {
      const pairs = members.map(({ collectionId, index }) => [collectionId, index])
      const rows = await session.all(listBorne, { members: JSON.stringify(pairs) })
      return rows.map((row) => ({
        collectionId: row.collection_id,
        index: row.member_index,
        alias: row.alias,
      }))
    },
    findSlot: async (collectionId, name, index) => {
      const key = { collection_id: collectionId, alias: name, member_index: index }
      return mapFound(await session.first(findSlot, key), toSlot)
    },
    findCrowded: async (ownerId, name, capacity) =>
      mapFound(await session.first(findCrowded, { owner_id: ownerId, name, capacity }), (row) => ({
        collectionId: row.collection_id,
        slotCount: row.slot_count,
      })),
    listStandings: async (collectionIds, names) => {
      const rows = await session.all(listStandings, { collection_ids: collectionIds, names })
      return rows.map((row) => ({
        ...toAlias(row),
        lastMove: {
          changeId: row.change_id,
          cause: row.cause as PointerCause,
          actorName: row.actor_name,
          reason: row.reason,
          time: row.time,
        },
      }))
    },
    move: (alias, removed, added) => moveAlias(session, alias, removed, added),
  }
}

async function moveAlias(
  session: Session,
  alias: Omit<Alias, 'slots' | 'slotCount'>,
  removed: readonly number[],
  added: readonly Slot[],
): Promise<void> {
  const { collectionId, name } = alias
  const row = {
    collection_id: collectionId,
    name,
    generation: alias.generation,
    top_generation: alias.topGeneration,
    salt: alias.salt,
    updated_at: alias.updatedAt,
    slot_count: 0,
  }
  await session.insertRows(put, [row])
  const indices = [...removed, ...added.map(({ index }) => index)]
  if (indices.length === 0) return
  const gone = await session.run(removeSlots, { collection_id: collectionId, alias: name, indices })
  const come = await session.insertRows(
    addSlots,
    added.map(({ index, label, weight }) => ({
      collection_id: collectionId,
      alias: name,
      member_index: index,
      label,
      weight,
    })),
  )
  if (come !== gone)
    await session.run(addToCount, { collection_id: collectionId, name, difference: come - gone })
}

function toAlias(row: AliasRow & { slots: string }): Alias {
  return {
    collectionId: row.collection_id,
    name: row.name,
    generation: row.generation,
    topGeneration: row.top_generation,
    salt: row.salt,
    updatedAt: row.updated_at,
    slots: parseSlots(row.slots),
    slotCount: row.slot_count,
  }
}

/** In SQL the order of a subquery need not reach the array made of it. */
function parseSlots(json: string): readonly Slot[] {
  const slots = JSON.parse(json) as [number, string, number][]
  return slots
    .map(([index, label, weight]) => ({ index, label, weight }))
    .sort((a, b) => b.weight - a.weight || b.index - a.index)
}

function toSlot(row: Pick<AliasSlotRow, 'member_index' | 'label' | 'weight'>): Slot {
  return { index: row.member_index, label: row.label, weight: row.weight }
}
