import type { Entity, EntityKind, Organization } from '../core/model/owner.ts'
import type { EntityWrites } from '../core/ports/metadata-store-access.ts'
import { checkChanged, insertNew, mapFound } from './columns.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { EntityRow, OrganizationRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const find = define('entity.find', ({ db }, p: { name: string }) =>
  db.selectFrom('entity').selectAll().where('name', '=', p.name).where('removed_at', 'is', null),
)

const findById = define('entity.findById', ({ db }, p: { id: number }) =>
  db.selectFrom('entity').selectAll().where('id', '=', p.id),
)

const insert = defineRows<EntityRow>(
  'entity.insert',
  'entity',
  { id: 'integer', name: 'text', kind: 'text', organization_id: 'integer', created_at: 'integer' },
  'do nothing',
)

interface EntitiesPage {
  readonly kind: string
  readonly after: number
  readonly limit: number
}

const list = define('entity.list', ({ db }, p: EntitiesPage) =>
  db
    .selectFrom('entity')
    .selectAll()
    .where('kind', '=', p.kind)
    .where('removed_at', 'is', null)
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(p.limit),
)

const listOfOrganization = define(
  'entity.listOfOrganization',
  ({ db }, p: EntitiesPage & { organization_id: number }) =>
    db
      .selectFrom('entity')
      .selectAll()
      .where('organization_id', '=', p.organization_id)
      .where('kind', '=', p.kind)
      .where('removed_at', 'is', null)
      .where('id', '>', p.after)
      .orderBy('id')
      .limit(p.limit),
)

const findMany = define('entity.findMany', ({ db, integerIn }, p: { ids: readonly number[] }) =>
  db.selectFrom('entity').selectAll().where(integerIn('id', p.ids)),
)

const lock = define('entity.lock', (dialect, p: { id: number }) =>
  dialect.forUpdate(selectLive(dialect, p.id)),
)

const keep = define('entity.keep', (dialect, p: { id: number }) =>
  dialect.forShare(selectLive(dialect, p.id)),
)

const end = define('entity.end', ({ db }, p: { id: number; time: number }) =>
  db.updateTable('entity').set({ removed_at: p.time }).where('id', '=', p.id),
)

const updateOrganization = define(
  'organization.update',
  ({ db }, p: { id: number; display_name: string }) =>
    db.updateTable('organization').set({ display_name: p.display_name }).where('id', '=', p.id),
)

const findOrganization = define('organization.find', (dialect, p: { id: number }) =>
  selectOrganizations(dialect).where('organization.id', '=', p.id),
)

const listOrganizations = define('organization.list', (dialect, _: object) =>
  selectOrganizations(dialect).orderBy('organization.id'),
)

const insertOrganization = defineRows<OrganizationRow>(
  'organization.insert',
  'organization',
  { id: 'integer', display_name: 'text', entity_id: 'integer', created_at: 'integer' },
  'do nothing',
)

function selectLive({ db }: Dialect, id: number) {
  return db.selectFrom('entity').select('id').where('id', '=', id).where('removed_at', 'is', null)
}

function selectOrganizations({ db }: Dialect) {
  return db
    .selectFrom('organization')
    .innerJoin('entity', 'entity.id', 'organization.entity_id')
    .selectAll('organization')
    .select('entity.name as entity_name')
}

export function entities(session: Session): EntityWrites {
  return {
    find: async (name) => mapFound(await session.first(find, { name }), toEntity),
    findById: async (id) => mapFound(await session.first(findById, { id }), toEntity),
    findOrganization: async (id) =>
      mapFound(await session.first(findOrganization, { id }), toOrganization),
    listOrganizations: async () => (await session.all(listOrganizations, {})).map(toOrganization),
    findMany: async (ids) => (await session.all(findMany, { ids })).map(toEntity),
    list: async ({ kind, organizationId, after, limit }) => {
      const page = { kind, after, limit }
      const rows =
        organizationId === null
          ? await session.all(list, page)
          : await session.all(listOfOrganization, { ...page, organization_id: organizationId })
      return rows.map(toEntity)
    },
    lock: async (id) => (await session.first(lock, { id })) !== undefined,
    keep: async (id) => (await session.first(keep, { id })) !== undefined,
    end: async (id, time) => checkChanged(await session.run(end, { id, time }), `entity ${id}`),
    updateOrganization: async ({ id, displayName }) =>
      checkChanged(
        await session.run(updateOrganization, { id, display_name: displayName }),
        `organization ${id}`,
      ),
    insert: (entity) => insertNew(session, insert, toEntityRow(entity), `Entity "${entity.name}"`),
    insertOrganization: (organization) =>
      insertNew(
        session,
        insertOrganization,
        {
          id: organization.id,
          display_name: organization.displayName,
          entity_id: organization.entityId,
          created_at: organization.createdAt,
        },
        `Organization "${organization.displayName}"`,
      ),
  }
}

function toEntity(row: EntityRow): Entity {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind as EntityKind,
    organizationId: row.organization_id,
    createdAt: row.created_at,
  }
}

function toEntityRow(entity: Entity): EntityRow {
  return {
    id: entity.id,
    name: entity.name,
    kind: entity.kind,
    organization_id: entity.organizationId,
    created_at: entity.createdAt,
  }
}

function toOrganization(row: OrganizationRow & { entity_name: string }): Organization {
  return {
    id: row.id,
    displayName: row.display_name,
    entityId: row.entity_id,
    entityName: row.entity_name,
    createdAt: row.created_at,
  }
}
