import { sql } from 'kysely'
import { describeOwner, type Owner, type OwnerKind } from '../core/model/owner.ts'
import type { Stage } from '../core/model/stage.ts'
import type { OwnerWrites } from '../core/ports/metadata-store.ts'
import { checkChanged, insertNew, mapFound, parseNames } from './columns.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { OwnerRow, StageRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const find = define(
  'owner.find',
  // CROSS JOIN: SQLite then finds the entity first, and never walks the owners of a kind.
  ({ db }, p: { kind: string; entity_name: string; name: string }) =>
    db
      .selectFrom('entity')
      .crossJoin('owner')
      .selectAll('owner')
      .select('entity.name as entity_name')
      .whereRef('owner.entity_id', '=', 'entity.id')
      .where('entity.name', '=', p.entity_name)
      .where('owner.kind', '=', p.kind)
      .where('owner.name', '=', p.name)
      .where('owner.deleted_at', 'is', null),
)

const findById = define('owner.findById', (dialect, p: { id: number }) =>
  selectOwners(dialect).where('owner.id', '=', p.id),
)

const findMany = define('owner.findMany', (dialect, p: { ids: readonly number[] }) =>
  selectOwners(dialect).where(dialect.integerIn('owner.id', p.ids)),
)

interface OwnersPage {
  readonly kind: string
  readonly after: number
  readonly limit: number
}

const list = define('owner.list', (dialect, p: OwnersPage) =>
  selectOwners(dialect)
    .where('owner.kind', '=', p.kind)
    .where('owner.deleted_at', 'is', null)
    .where('owner.id', '>', p.after)
    .orderBy('owner.id')
    .limit(p.limit),
)

const listOfEntity = define(
  'owner.listOfEntity',
  (dialect, p: OwnersPage & { entity_id: number }) =>
    selectOwners(dialect)
      .where('owner.entity_id', '=', p.entity_id)
      .where('owner.kind', '=', p.kind)
      .where('owner.deleted_at', 'is', null)
      .where('owner.id', '>', p.after)
      .orderBy('owner.id')
      .limit(p.limit),
)

const insert = defineRows<OwnerRow>(
  'owner.insert',
  'owner',
  {
    id: 'integer',
    kind: 'text',
    entity_id: 'integer',
    name: 'text',
    description: 'text',
    restricted: 'integer',
    allows_all_types: 'integer',
    artifact_types: 'text',
    created_at: 'integer',
    updated_at: 'integer',
  },
  'do nothing',
)

const update = define('owner.update', ({ db }, p: OwnerRow) =>
  db
    .updateTable('owner')
    .set({
      name: p.name,
      description: p.description,
      restricted: p.restricted,
      allows_all_types: p.allows_all_types,
      artifact_types: p.artifact_types,
      updated_at: p.updated_at,
    })
    .where('id', '=', p.id),
)

const end = define('owner.end', ({ db }, p: { id: number; time: number }) =>
  db.updateTable('owner').set({ deleted_at: p.time }).where('id', '=', p.id),
)

const keep = define('owner.keep', ({ db, forShare }, p: { id: number }) =>
  forShare(
    db.selectFrom('owner').select('id').where('id', '=', p.id).where('deleted_at', 'is', null),
  ),
)

// Its entity is read after it: a join would be locked whole.
const lock = define('owner.lock', ({ db, forUpdate }, p: { id: number }) =>
  forUpdate(
    db.selectFrom('owner').select('id').where('id', '=', p.id).where('deleted_at', 'is', null),
  ),
)

const stages = define('stage.list', (dialect, p: { owner_id: number }) =>
  selectStages(dialect, p.owner_id),
)

const stagesForShare = define('stage.listForShare', (dialect, p: { owner_id: number }) =>
  dialect.forShare(selectStages(dialect, p.owner_id)),
)

const stagesForUpdate = define('stage.listForUpdate', (dialect, p: { owner_id: number }) =>
  dialect.forUpdate(selectStages(dialect, p.owner_id)),
)

// Whoever waits for the rows gets them as they are then. Deleted and inserted anew they would be
// gone for them: PostgreSQL looks at what is locked again, and for nothing else.
const setAside = define('stage.setAside', ({ db }, p: { owner_id: number }) =>
  db
    .updateTable('stage')
    .set({ position: sql<number>`-1 - position` })
    .where('owner_id', '=', p.owner_id),
)

const removeAside = define('stage.removeAside', ({ db }, p: { owner_id: number }) =>
  db.deleteFrom('stage').where('owner_id', '=', p.owner_id).where('position', '<', sql.lit(0)),
)

const STAGE_COLUMNS = {
  owner_id: 'integer',
  name: 'text',
  position: 'integer',
  capacity: 'integer',
  protected: 'integer',
  requires: 'text',
  on_supersede: 'text',
  clears: 'text',
  fallback: 'text',
} as const

const insertStages = defineRows<StageRow>('stage.insert', 'stage', STAGE_COLUMNS, 'do nothing')

const putStages = defineRows<StageRow>(
  'stage.put',
  'stage',
  STAGE_COLUMNS,
  `(owner_id, name) do update set position = excluded.position, capacity = excluded.capacity,
    protected = excluded.protected, requires = excluded.requires,
    on_supersede = excluded.on_supersede, clears = excluded.clears, fallback = excluded.fallback`,
)

function selectOwners({ db }: Dialect) {
  return db
    .selectFrom('owner')
    .innerJoin('entity', 'entity.id', 'owner.entity_id')
    .selectAll('owner')
    .select('entity.name as entity_name')
}

function selectStages({ db }: Dialect, ownerId: number) {
  return db.selectFrom('stage').selectAll().where('owner_id', '=', ownerId).orderBy('position')
}

export function owners(session: Session): OwnerWrites {
  return {
    find: async (kind, entityName, name) => {
      const row = await session.first(find, { kind, entity_name: entityName, name })
      return mapFound(row, toOwner)
    },
    findById: async (id) => mapFound(await session.first(findById, { id }), toOwner),
    findMany: async (ids) => (await session.all(findMany, { ids })).map(toOwner),
    list: async ({ kind, entityId, after, limit }) => {
      const page = { kind, after, limit }
      const rows =
        entityId === null
          ? await session.all(list, page)
          : await session.all(listOfEntity, { ...page, entity_id: entityId })
      return rows.map(toOwner)
    },
    stages: async (ownerId) => {
      const statement = session.writable ? stagesForShare : stages
      return toStages(await session.all(statement, { owner_id: ownerId }))
    },
    insert: (owner) => insertNew(session, insert, toOwnerRow(owner), describeOwner(owner)),
    update: async (owner) =>
      checkChanged(await session.run(update, toOwnerRow(owner)), describeOwner(owner)),
    end: async (owner, time) =>
      checkChanged(await session.run(end, { id: owner.id, time }), describeOwner(owner)),
    lock: async (id) => {
      if ((await session.first(lock, { id })) === undefined) return undefined
      return mapFound(await session.first(findById, { id }), toOwner)
    },
    keep: async (id) => (await session.first(keep, { id })) !== undefined,
    lockStages: async (ownerId) =>
      toStages(await session.all(stagesForUpdate, { owner_id: ownerId })),
    replaceStages: async (ownerId, stages) => {
      await session.run(setAside, { owner_id: ownerId })
      await session.insertRows(
        putStages,
        stages.map((stage) => toStageRow(ownerId, stage)),
      )
      await session.run(removeAside, { owner_id: ownerId })
    },
    insertStages: async (ownerId, stages) => {
      await session.insertRows(
        insertStages,
        stages.map((stage) => toStageRow(ownerId, stage)),
      )
    },
  }
}

function toOwner(row: OwnerRow & { entity_name: string }): Owner {
  return {
    id: row.id,
    kind: row.kind as OwnerKind,
    entityId: row.entity_id,
    entityName: row.entity_name,
    name: row.name,
    description: row.description,
    restricted: row.restricted === 1,
    allowsAllTypes: row.allows_all_types === 1,
    artifactTypes: parseNames(row.artifact_types),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function toOwnerRow(owner: Owner): OwnerRow {
  return {
    id: owner.id,
    kind: owner.kind,
    entity_id: owner.entityId,
    name: owner.name,
    description: owner.description,
    restricted: owner.restricted ? 1 : 0,
    allows_all_types: owner.allowsAllTypes ? 1 : 0,
    artifact_types: JSON.stringify(owner.artifactTypes),
    created_at: owner.createdAt,
    updated_at: owner.updatedAt,
  }
}

/** In order: PostgreSQL sorts before it locks, and may then see other positions. */
function toStages(rows: readonly StageRow[]): readonly Stage[] {
  return rows.map(toStage).sort((a, b) => a.position - b.position)
}

function toStage(row: StageRow): Stage {
  return {
    name: row.name,
    position: row.position,
    capacity: row.capacity,
    protected: row.protected === 1,
    requires: parseNames(row.requires),
    onSupersede: row.on_supersede,
    clears: parseNames(row.clears),
    fallback: parseNames(row.fallback),
  }
}

function toStageRow(ownerId: number, stage: Stage): StageRow {
  return {
    owner_id: ownerId,
    name: stage.name,
    position: stage.position,
    capacity: stage.capacity,
    protected: stage.protected ? 1 : 0,
    requires: JSON.stringify(stage.requires),
    on_supersede: stage.onSupersede,
    clears: JSON.stringify(stage.clears),
    fallback: JSON.stringify(stage.fallback),
  }
}
