import { sql } from 'kysely'
import type { Member, MemberPlace } from '../core/model/member.ts'
import type { EntityKind } from '../core/model/owner.ts'
import type { Role } from '../core/model/role.ts'
import type { MemberWrites } from '../core/ports/metadata-store-access.ts'
import type { MemberRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

interface PlaceKey {
  readonly place_kind: string
  readonly place_id: number
}

const findRole = define('member.findRole', ({ db }, p: PlaceKey & { principal_id: number }) =>
  db
    .selectFrom('member')
    .select('role')
    .where('place_kind', '=', p.place_kind)
    .where('place_id', '=', p.place_id)
    .where('principal_id', '=', p.principal_id),
)

const list = define('member.list', ({ db }, p: PlaceKey & { after: number; limit: number }) =>
  db
    .selectFrom('member')
    .innerJoin('entity', 'entity.id', 'member.principal_id')
    .leftJoin('registry_user as u', 'u.entity_id', 'member.principal_id')
    .selectAll('member')
    .select(['u.id as user_id', 'u.display_name', 'u.email'])
    .select(['entity.name as principal_name', 'entity.kind as principal_kind'])
    .where('member.place_kind', '=', p.place_kind)
    .where('member.place_id', '=', p.place_id)
    .where('member.principal_id', '>', p.after)
    .orderBy('member.principal_id')
    .limit(p.limit),
)

// An index holds the restricted owners alone: whether an entity has one is a single look.
const entityRoles = define('member.entityRoles', ({ db }, p: { principal_id: number }) =>
  db
    .selectFrom('member')
    .innerJoin('entity', 'entity.id', 'member.place_id')
    .select(['member.place_id', 'member.role'])
    .select(['entity.name', 'entity.kind', 'entity.organization_id'])
    .select(
      sql<number>`case when exists (
        select 1 from owner
        where owner.entity_id = member.place_id
          and owner.restricted = 1 and owner.deleted_at is null
      ) then 1 else 0 end`.as('hides_projects'),
    )
    .where('member.principal_id', '=', p.principal_id)
    .where('member.place_kind', '=', 'entity'),
)

const ownerRoles = define(
  'member.ownerRoles',
  ({ db, integerIn }, p: { principal_ids: readonly number[] }) =>
    db
      .selectFrom('member')
      .select(['place_id', 'role'])
      .where(integerIn('principal_id', p.principal_ids))
      .where('place_kind', '=', 'owner'),
)

const count = define('member.count', ({ db }, p: { place_kind: string; principal_id: number }) =>
  db
    .selectFrom('member')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('principal_id', '=', p.principal_id)
    .where('place_kind', '=', p.place_kind),
)

const put = defineRows<MemberRow>(
  'member.put',
  'member',
  {
    place_kind: 'text',
    place_id: 'integer',
    principal_id: 'integer',
    role: 'text',
    created_at: 'integer',
  },
  '(place_kind, place_id, principal_id) do update set role = excluded.role',
)

const remove = define('member.remove', ({ db }, p: PlaceKey & { principal_id: number }) =>
  db
    .deleteFrom('member')
    .where('place_kind', '=', p.place_kind)
    .where('place_id', '=', p.place_id)
    .where('principal_id', '=', p.principal_id),
)

const removeAllOf = define('member.removeAllOf', ({ db }, p: PlaceKey) =>
  db.deleteFrom('member').where('place_kind', '=', p.place_kind).where('place_id', '=', p.place_id),
)

const removePrincipal = define('member.removePrincipal', ({ db }, p: { principal_id: number }) =>
  db.deleteFrom('member').where('principal_id', '=', p.principal_id),
)

export function members(session: Session): MemberWrites {
  return {
    findRole: async (place, principalId) => {
      const row = await session.first(findRole, { ...keyOf(place), principal_id: principalId })
      return row?.role as Role | undefined
    },
    list: async ({ place, after, limit }) =>
      (await session.all(list, { ...keyOf(place), after, limit })).map(toMember),
    entityRoles: async (principalId) => {
      const rows = await session.all(entityRoles, { principal_id: principalId })
      return rows.map((row) => ({
        entityId: row.place_id,
        entityName: row.name,
        entityKind: row.kind as EntityKind,
        organizationId: row.organization_id,
        role: row.role as Role,
        hidesProjects: row.hides_projects === 1,
      }))
    },
    ownerRoles: async (principalIds) => {
      const rows = await session.all(ownerRoles, { principal_ids: principalIds })
      return rows.map((row) => ({ ownerId: row.place_id, role: row.role as Role }))
    },
    count: async (kind, principalId) => {
      const row = await session.first(count, { place_kind: kind, principal_id: principalId })
      return Number(row?.count ?? 0)
    },
    put: async (place, principalId, role, time) => {
      await session.insertRows(put, [
        { ...keyOf(place), principal_id: principalId, role, created_at: time },
      ])
    },
    remove: async (place, principalId) => {
      await session.run(remove, { ...keyOf(place), principal_id: principalId })
    },
    removeAllOf: async (place) => {
      await session.run(removeAllOf, keyOf(place))
    },
    removePrincipal: async (principalId) => {
      await session.run(removePrincipal, { principal_id: principalId })
    },
  }
}

function keyOf(place: MemberPlace): PlaceKey {
  return { place_kind: place.kind, place_id: place.id }
}

function toMember(
  row: MemberRow & {
    readonly principal_name: string
    readonly principal_kind: string
    readonly user_id: number | null
    readonly display_name: string | null
    readonly email: string | null
  },
): Member {
  return {
    principalId: row.principal_id,
    principalName: row.principal_name,
    principalKind: row.principal_kind as EntityKind,
    user:
      row.user_id === null
        ? null
        : { id: row.user_id, displayName: row.display_name ?? '', email: row.email },
    role: row.role as Role,
    createdAt: row.created_at,
  }
}
