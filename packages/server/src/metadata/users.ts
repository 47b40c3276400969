import type { Token, User, UserKind } from '../core/model/actor.ts'
import type { TokenScope } from '../core/model/grant.ts'
import type { UserWrites } from '../core/ports/metadata-store-access.ts'
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

const list = define('user.list', ({ db }, p: { kind: string; after: number; limit: number }) =>
  db
    .selectFrom('registry_user')
    .selectAll()
    .where('kind', '=', p.kind)
    .where('removed_at', 'is', null)
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(p.limit),
)

interface AtHome {
  readonly home_entity_id: number
  readonly kind: string
  readonly after: number
  readonly limit: number
}

const listAtHome = define('user.listAtHome', ({ db }, p: AtHome) =>
  db
    .selectFrom('registry_user')
    .selectAll()
    .where('home_entity_id', '=', p.home_entity_id)
    .where('kind', '=', p.kind)
    .where('removed_at', 'is', null)
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(p.limit),
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
    kind: 'text',
    home_entity_id: 'integer',
    removed_at: 'integer',
  },
  'do nothing',
)

const update = define('user.update', ({ db }, p: UserRow) =>
  db
    .updateTable('registry_user')
    .set({
      display_name: p.display_name,
      email: p.email,
      admin: p.admin,
      removed_at: p.removed_at,
    })
    .where('id', '=', p.id),
)

const findById = define('user.findById', ({ db }, p: { id: number }) =>
  db.selectFrom('registry_user').selectAll().where('id', '=', p.id),
)

const lock = define('user.lock', ({ db, forUpdate }, p: { id: number }) =>
  forUpdate(db.selectFrom('registry_user').selectAll().where('id', '=', p.id)),
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
      'u.kind',
      'u.home_entity_id',
      'u.removed_at',
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
    scope: 'text',
    expires_at: 'integer',
    last_used_at: 'integer',
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

const findTokenById = define('token.findById', ({ db }, p: { id: string }) =>
  db.selectFrom('token').selectAll().where('id', '=', p.id),
)

const touchToken = define('token.touch', ({ db }, p: { id: string; time: number }) =>
  db.updateTable('token').set({ last_used_at: p.time }).where('id', '=', p.id),
)

export function users(session: Session): UserWrites {
  return {
    find: async (username) => mapFound(await session.first(find, { username }), toUser),
    findById: async (id) => mapFound(await session.first(findById, { id }), toUser),
    lock: async (id) => mapFound(await session.first(lock, { id }), toUser),
    findMany: async (ids) => (await session.all(findMany, { ids })).map(toUser),
    list: async ({ kind, home, after, limit }) => {
      const page = { kind, after, limit }
      const rows =
        home === null
          ? await session.all(list, page)
          : await session.all(listAtHome, { ...page, home_entity_id: home })
      return rows.map(toUser)
    },
    findToken: async (keyDigest) =>
      mapFound(await session.first(findToken, { key_digest: keyDigest }), (row) => ({
        token: toToken(row),
        user: toUser({ ...row, id: row.user_id, created_at: row.user_created_at }),
      })),
    listTokens: async (userId) => (await session.all(listTokens, { user_id: userId })).map(toToken),
    findTokenById: async (id) => mapFound(await session.first(findTokenById, { id }), toToken),
    insert: (user) => insertNew(session, insert, toUserRow(user), `User "${user.username}"`),
    update: async (user) =>
      checkChanged(await session.run(update, toUserRow(user)), `user ${user.id}`),
    insertToken: (token) => insertNew(session, insertToken, toTokenRow(token), 'This key'),
    touchToken: async (id, time) =>
      checkChanged(await session.run(touchToken, { id, time }), `token ${id}`),
    revokeToken: async (id, time) =>
      checkChanged(await session.run(revokeToken, { id, time }), `token ${id}`),
  }
}

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    kind: row.kind as UserKind,
    username: row.username,
    displayName: row.display_name,
    email: row.email,
    admin: row.admin === 1,
    entityId: row.entity_id,
    homeEntityId: row.home_entity_id ?? row.entity_id,
    createdAt: row.created_at,
    removedAt: row.removed_at,
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
    kind: user.kind,
    home_entity_id: user.homeEntityId,
    removed_at: user.removedAt,
  }
}

function toToken(row: TokenRow): Token {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    prefix: row.prefix,
    keyDigest: row.key_digest,
    scope: mapFound(row.scope ?? undefined, toScope) ?? null,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  }
}

function toScope(text: string): TokenScope {
  return JSON.parse(text) as TokenScope
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
    scope: token.scope === null ? null : JSON.stringify(token.scope),
    expires_at: token.expiresAt,
    last_used_at: token.lastUsedAt,
  }
}
