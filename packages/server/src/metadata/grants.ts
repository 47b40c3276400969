import type { Effect, Grant, GrantVerb } from '../core/model/grant.ts'
import type { GrantWrites } from '../core/ports/metadata-store-access.ts'
import { mapFound } from './columns.ts'
import type { GrantRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const find = define('grant.find', ({ db }, p: { id: string }) =>
  db.selectFrom('access_grant').selectAll().where('id', '=', p.id),
)

const list = define('grant.list', ({ db }, p: { owner_id: number; after: string; limit: number }) =>
  db
    .selectFrom('access_grant')
    .selectAll()
    .where('owner_id', '=', p.owner_id)
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(p.limit),
)

const listOfPrincipals = define(
  'grant.listOfPrincipals',
  ({ db, integerIn }, p: { principal_ids: readonly number[] }) =>
    db.selectFrom('access_grant').selectAll().where(integerIn('principal_id', p.principal_ids)),
)

const count = define('grant.count', ({ db }, p: { principal_id: number }) =>
  db
    .selectFrom('access_grant')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('principal_id', '=', p.principal_id),
)

const insert = defineRows<GrantRow>(
  'grant.insert',
  'access_grant',
  {
    id: 'text',
    owner_id: 'integer',
    principal_id: 'integer',
    collection: 'text',
    alias: 'text',
    verb: 'text',
    effect: 'text',
    created_by: 'integer',
    created_at: 'integer',
  },
  null,
)

const remove = define('grant.remove', ({ db }, p: { id: string }) =>
  db.deleteFrom('access_grant').where('id', '=', p.id),
)

const removeAllOf = define('grant.removeAllOf', ({ db }, p: { owner_id: number }) =>
  db.deleteFrom('access_grant').where('owner_id', '=', p.owner_id),
)

const removePrincipal = define('grant.removePrincipal', ({ db }, p: { principal_id: number }) =>
  db.deleteFrom('access_grant').where('principal_id', '=', p.principal_id),
)

export function grants(session: Session): GrantWrites {
  return {
    find: async (id) => mapFound(await session.first(find, { id }), toGrant),
    list: async ({ ownerId, after, limit }) =>
      (await session.all(list, { owner_id: ownerId, after, limit })).map(toGrant),
    listOfPrincipals: async (principalIds) =>
      (await session.all(listOfPrincipals, { principal_ids: principalIds })).map(toGrant),
    count: async (principalId) =>
      Number((await session.first(count, { principal_id: principalId }))?.count ?? 0),
    insert: async (grant) => {
      await session.insertRows(insert, [toGrantRow(grant)])
    },
    remove: async (id) => (await session.run(remove, { id })) === 1,
    removeAllOf: async (ownerId) => {
      await session.run(removeAllOf, { owner_id: ownerId })
    },
    removePrincipal: async (principalId) => {
      await session.run(removePrincipal, { principal_id: principalId })
    },
  }
}

function toGrant(row: GrantRow): Grant {
  return {
    id: row.id,
    ownerId: row.owner_id,
    principalId: row.principal_id,
    collection: row.collection,
    alias: row.alias,
    verb: row.verb as GrantVerb,
    effect: row.effect as Effect,
    createdBy: row.created_by,
    createdAt: row.created_at,
  }
}

function toGrantRow(grant: Grant): GrantRow {
  return {
    id: grant.id,
    owner_id: grant.ownerId,
    principal_id: grant.principalId,
    collection: grant.collection,
    alias: grant.alias,
    verb: grant.verb,
    effect: grant.effect,
    created_by: grant.createdBy,
    created_at: grant.createdAt,
  }
}
