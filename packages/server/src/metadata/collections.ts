import { type RawBuilder, sql } from 'kysely'
import type { Collection, CollectionKind, Measure } from '../core/model/collection.ts'
import type { CollectionWrites } from '../core/ports/metadata-store.ts'
import { checkChanged, insertNew, mapFound, parseNames } from './columns.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { CollectionCounterRow, CollectionRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const find = define('collection.find', ({ db }, p: { owner_id: number; name: string }) =>
  db
    .selectFrom('collection')
    .selectAll()
    .where('owner_id', '=', p.owner_id)
    .where('name', '=', p.name)
    .where('deleted_at', 'is', null),
)

const findById = define('collection.findById', ({ db }, p: { id: string }) =>
  db.selectFrom('collection').selectAll().where('id', '=', p.id),
)

const lock = define('collection.lock', ({ db, forUpdate }, p: { id: string }) =>
  forUpdate(
    db.selectFrom('collection').selectAll().where('id', '=', p.id).where('deleted_at', 'is', null),
  ),
)

const lockByName = define(
  'collection.lockByName',
  ({ db, forUpdate }, p: { owner_id: number; name: string }) =>
    forUpdate(
      db
        .selectFrom('collection')
        .selectAll()
        .where('owner_id', '=', p.owner_id)
        .where('name', '=', p.name)
        .where('deleted_at', 'is', null),
    ),
)

const findMany = define('collection.findMany', ({ db, textIn }, p: { ids: readonly string[] }) =>
  db.selectFrom('collection').selectAll().where(textIn('id', p.ids)),
)

interface CollectionsPage {
  readonly owner_id: number
  readonly after: string
  readonly limit: number
}

const list = define('collection.list', ({ db }, p: CollectionsPage) =>
  db
    .selectFrom('collection')
    .selectAll()
    .where('owner_id', '=', p.owner_id)
    .where('deleted_at', 'is', null)
    .where('name', '>', p.after)
    .orderBy('name')
    .limit(p.limit),
)

const listOfType = define(
  'collection.listOfType',
  ({ db }, p: CollectionsPage & { artifact_type: string }) =>
    db
      .selectFrom('collection')
      .selectAll()
      .where('owner_id', '=', p.owner_id)
      .where('artifact_type', '=', p.artifact_type)
      .where('deleted_at', 'is', null)
      .where('name', '>', p.after)
      .orderBy('name')
      .limit(p.limit),
)

interface ExaminedPage extends CollectionsPage {
  readonly contains: string
  readonly bears: string
  readonly made_by: string
  readonly since: number
  readonly until: number
}

interface ExaminedRow {
  readonly name: string
  readonly wanted_id: string | null
}

const examine = define('collection.examine', (dialect, p: ExaminedPage) =>
  dialect.raw<ExaminedRow>(sql`
    select name, ${idIfWanted(dialect, p)} as wanted_id from collection
    where owner_id = ${p.owner_id} and deleted_at is null and name > ${p.after}
    order by name limit ${p.limit}`),
)

const examineOfType = define(
  'collection.examineOfType',
  (dialect, p: ExaminedPage & { artifact_type: string }) =>
    dialect.raw<ExaminedRow>(sql`
      select name, ${idIfWanted(dialect, p)} as wanted_id from collection
      where owner_id = ${p.owner_id} and artifact_type = ${p.artifact_type}
        and deleted_at is null and name > ${p.after}
      order by name limit ${p.limit}`),
)

/**
 * Judges each row that is walked: how many are is the walk's limit, however few are wanted. The
 * name comes first, since the walk's index has it: SQLite then reads no row that it rules out.
 */
function idIfWanted({ isIn }: Dialect, p: ExaminedPage): RawBuilder<string | null> {
  return sql`case
    when not ${isIn(p.contains, 'name')} then null
    when created_at < ${p.since} or created_at > ${p.until} then null
    when ${p.made_by} <> '' and ${p.made_by} <> cast(created_by as text) then null
    when ${p.bears} = '' then id
    when exists (
      select 1 from alias
      where alias.collection_id = collection.id and alias.name = ${p.bears}
        and alias.slot_count > 0
    ) then id end`
}

// From one type to the next through the index: as many steps as types, not as collections.
const artifactTypes = define('collection.artifactTypes', ({ raw }, p: { owner_id: number }) =>
  raw<{ name: string }>(sql`
    with recursive type(name) as (
      select min(artifact_type) from collection
        where owner_id = ${p.owner_id} and deleted_at is null
      union all
      select (select min(artifact_type) from collection
        where owner_id = ${p.owner_id} and deleted_at is null and artifact_type > type.name)
      from type where type.name is not null
    )
    select name from type where name is not null`),
)

const insert = defineRows<CollectionRow>(
  'collection.insert',
  'collection',
  {
    id: 'text',
    owner_id: 'integer',
    name: 'text',
    kind: 'text',
    artifact_type: 'text',
    description: 'text',
    tags: 'text',
    measures: 'text',
    next_index: 'integer',
    log_seq: 'integer',
    log_hash: 'text',
    log_time: 'integer',
    created_by: 'integer',
    created_at: 'integer',
    updated_at: 'integer',
  },
  'do nothing',
)

const update = define('collection.update', ({ db }, p: CollectionRow) =>
  db
    .updateTable('collection')
    .set({
      name: p.name,
      artifact_type: p.artifact_type,
      description: p.description,
      tags: p.tags,
      measures: p.measures,
      next_index: p.next_index,
      log_seq: p.log_seq,
      log_hash: p.log_hash,
      log_time: p.log_time,
      updated_at: p.updated_at,
    })
    .where('id', '=', p.id),
)

const end = define('collection.end', ({ db }, p: { id: string; time: number }) =>
  db.updateTable('collection').set({ deleted_at: p.time }).where('id', '=', p.id),
)

const findCounter = define(
  'collection.findCounter',
  ({ db }, p: { owner_id: number; name: string }) =>
    db
      .selectFrom('collection_counter')
      .select('next_index')
      .where('owner_id', '=', p.owner_id)
      .where('name', '=', p.name),
)

const putCounter = defineRows<CollectionCounterRow>(
  'collection.putCounter',
  'collection_counter',
  { owner_id: 'integer', name: 'text', next_index: 'integer' },
  `(owner_id, name) do update set next_index = excluded.next_index
    where excluded.next_index > collection_counter.next_index`,
)

export function collections(session: Session): CollectionWrites {
  return {
    find: async (ownerId, name) =>
      mapFound(await session.first(find, { owner_id: ownerId, name }), toCollection),
    findById: async (id) => mapFound(await session.first(findById, { id }), toCollection),
    lock: async (id) => mapFound(await session.first(lock, { id }), toCollection),
    lockByName: async (ownerId, name) =>
      mapFound(await session.first(lockByName, { owner_id: ownerId, name }), toCollection),
    findMany: async (ids) => (await session.all(findMany, { ids })).map(toCollection),
    list: async ({ ownerId, artifactType, after, limit }) => {
      const page = { owner_id: ownerId, after, limit }
      const rows =
        artifactType === null
          ? await session.all(list, page)
          : await session.all(listOfType, { ...page, artifact_type: artifactType })
      return rows.map(toCollection)
    },
    examine: async ({ ownerId, artifactType, after, limit }, wanted) => {
      const page = {
        owner_id: ownerId,
        after,
        limit,
        contains: wanted.contains,
        bears: wanted.bears ?? '',
        made_by: wanted.createdBy === null ? '' : String(wanted.createdBy),
        since: wanted.since ?? Number.MIN_SAFE_INTEGER,
        until: wanted.until ?? Number.MAX_SAFE_INTEGER,
      }
      const rows =
        artifactType === null
          ? await session.all(examine, page)
          : await session.all(examineOfType, { ...page, artifact_type: artifactType })
      return rows.map((row) => ({ name: row.name, wantedId: row.wanted_id }))
    },
    artifactTypes: async (ownerId) =>
      (await session.all(artifactTypes, { owner_id: ownerId })).map(({ name }) => name),
    insert: (collection) =>
      insertNew(session, insert, toCollectionRow(collection), `Collection "${collection.name}"`),
    update: async (collection) =>
      checkChanged(
        await session.run(update, toCollectionRow(collection)),
        `collection ${collection.id}`,
      ),
    end: async (collection, time) =>
      checkChanged(
        await session.run(end, { id: collection.id, time }),
        `collection ${collection.id}`,
      ),
    firstFreeIndex: async (ownerId, name) =>
      (await session.first(findCounter, { owner_id: ownerId, name }))?.next_index ?? 0,
    keepCounter: async ({ ownerId, name, nextIndex }) => {
      await session.insertRows(putCounter, [{ owner_id: ownerId, name, next_index: nextIndex }])
    },
  }
}

export function toCollection(row: CollectionRow): Collection {
  return {
    id: row.id,
    ownerId: row.owner_id,
    name: row.name,
    kind: row.kind as CollectionKind,
    artifactType: row.artifact_type,
    description: row.description,
    tags: parseNames(row.tags),
    measures: row.measures === '[]' ? [] : (JSON.parse(row.measures) as Measure[]),
    nextIndex: row.next_index,
    logSeq: row.log_seq,
    logHash: row.log_hash,
    logTime: row.log_time,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function toCollectionRow(collection: Collection): CollectionRow {
  return {
    id: collection.id,
    owner_id: collection.ownerId,
    name: collection.name,
    kind: collection.kind,
    artifact_type: collection.artifactType,
    description: collection.description,
    tags: JSON.stringify(collection.tags),
    measures: JSON.stringify(collection.measures),
    next_index: collection.nextIndex,
    log_seq: collection.logSeq,
    log_hash: collection.logHash,
    log_time: collection.logTime,
    created_by: collection.createdBy,
    created_at: collection.createdAt,
    updated_at: collection.updatedAt,
  }
}
