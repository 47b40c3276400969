import type { Token, User } from '../core/model/actor.ts'
import type { UserWrites } from '../core/ports/metadata-store.ts'
import { checkChanged, insertNew, mapFound } from './columns.ts'
import type { TokenRow, UserRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const find = define('user.find', ({ db }, p: { username: string }) =>
  db.selectFrom('registry_user').selectAll().where('username', '=', p.username),
)

const findMany = define('user.findMany', ({ db, integerIn }, p: { ids: readonly number[] }) =>
  db.selectFrom('registry_user').selectAll().where(integerIn('id', p.ids)),
)

const list = define('user.list', ({ db }, p: { after: number; limit: number }) =>
  db.selectFrom('registry_user').selectAll().where('id', '>', p.after).orderBy('id').limit(p.limit),
)

const insert = defineRows<UserRow>(
  'user.insert',
  'registry_user',
  {
    id: 'integer',
    username: 'text',
    display_name: 'text',
    email: 'text',
    admin: 'integer',
    entity_id: 'integer',
    created_at: 'integer',
  },
  'do nothing',
)

const findById = define('user.findById', ({ db }, p: { id: number }) =>
  db.selectFrom('registry_user').selectAll().where('id', '=', p.id),
)

// One statement for what every request asks: the token, and its user under other names.
const findToken = define('token.find', ({ db }, p: { key_digest: string }) =>
  db
    .selectFrom('token')
    .innerJoin('registry_user as u', 'u.id', 'token.user_id')
    .selectAll('token')
    .select([
      'u.username',
      'u.display_name',
      'u.email',
      'u.admin',
      'u.entity_id',
      'u.created_at as user_created_at',
    ])
    .where('token.key_digest', '=', p.key_digest),
)

const listTokens = define('token.list', ({ db }, p: { user_id: number }) =>
  db
    .selectFrom('token')
    .selectAll()
    .where('user_id', '=', p.user_id)
    .orderBy('created_at')
    .orderBy('id'),
)

const insertToken = defineRows<TokenRow>(
  'token.insert',
  'token',
  {
    id: 'text',
    user_id: 'integer',
    name: 'text',
    prefix: 'text',
    key_digest: 'text',
    created_at: 'integer',
    revoked_at: 'integer',
  },
  'do nothing',
)

// A second revocation keeps the first one's time.
const revokeToken = define('token.revoke', ({ db }, p: { id: string; time: number }) =>
  db
    .updateTable('token')
    .set(({ fn, ref, val }) => ({ revoked_at: fn.coalesce(ref('revoked_at'), val(p.time)) }))
    .where('id', '=', p.id),
)

export function users(session: Session): UserWrites {
  return {
    find: async (username) => mapFound(await session.first(find, { username }), toUser),
    findById: async (id) => mapFound(await session.first(findById, { id }), toUser),
    findMany: async (ids) => (await session.all(findMany, { ids })).map(toUser),
    list: async ({ after, limit }) => (await session.all(list, { after, limit })).map(toUser),
    findToken: async (keyDigest) =>
      mapFound(await session.first(findToken, { key_digest: keyDigest }), (row) => ({
        token: toToken(row),
        user: toUser({ ...row, id: row.user_id, created_at: row.user_created_at }),
      })),
    listTokens: async (userId) => (await session.all(listTokens, { user_id: userId })).map(toToken),
    insert: (user) => insertNew(session, insert, toUserRow(user), `User "${user.username}"`),
    insertToken: (token) => insertNew(session, insertToken, toTokenRow(token), 'This key'),
    revokeToken: async (id, time) =>
      checkChanged(await session.run(revokeToken, { id, time }), `token ${id}`),
  }
}

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    displayName: row.display_name,
    email: row.email,
    admin: row.admin === 1,
    entityId: row.entity_id,
    createdAt: row.created_at,
  }
}

function toUserRow(user: User): UserRow {
  return {
    id: user.id,
    username: user.username,
    display_name: user.displayName,
    email: user.email,
    admin: user.admin ? 1 : 0,
    entity_id: user.entityId,
    created_at: user.createdAt,
  }
}

function toToken(row: TokenRow): Token {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    prefix: row.prefix,
    keyDigest: row.key_digest,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  }
}

function toTokenRow(token: Token): TokenRow {
  return {
    id: token.id,
    user_id: token.userId,
    name: token.name,
    prefix: token.prefix,
    key_digest: token.keyDigest,
    created_at: token.createdAt,
    revoked_at: token.revokedAt,
  }
}
