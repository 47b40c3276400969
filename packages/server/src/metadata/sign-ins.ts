import type { PageSession, Password } from '../core/model/page-session.ts'
import type { SignInWrites } from '../core/ports/metadata-store-sign-in.ts'
import { checkChanged, insertNew, mapFound } from './columns.ts'
import type { PageSessionRow, PasswordRow, UsedCodeRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'
import { toUser } from './users.ts'

const findPassword = define('password.find', ({ db }, p: { user_id: number }) =>
  db.selectFrom('password').selectAll().where('user_id', '=', p.user_id),
)

const putPassword = defineRows<PasswordRow>(
  'password.put',
  'password',
  { user_id: 'integer', hash: 'text', changed_at: 'integer' },
  '(user_id) do update set hash = excluded.hash, changed_at = excluded.changed_at',
)

// The user under other names, as with tokens.
const findSession = define('pageSession.find', ({ db }, p: { key_digest: string }) =>
  db
    .selectFrom('page_session as s')
    .innerJoin('registry_user as u', 'u.id', 's.user_id')
    .selectAll('u')
    .select([
      's.id as session_id',
      's.key_digest',
      's.by_code',
      's.created_at as begun_at',
      's.used_at',
      's.expires_at',
    ])
    .where('s.key_digest', '=', p.key_digest),
)

const insertSession = defineRows<PageSessionRow>(
  'pageSession.insert',
  'page_session',
  {
    id: 'text',
    user_id: 'integer',
    key_digest: 'text',
    by_code: 'integer',
    created_at: 'integer',
    used_at: 'integer',
    expires_at: 'integer',
  },
  'do nothing',
)

const touchSession = define(
  'pageSession.touch',
  ({ db }, p: { id: string; used_at: number; expires_at: number }) =>
    db
      .updateTable('page_session')
      .set({ used_at: p.used_at, expires_at: p.expires_at })
      .where('id', '=', p.id),
)

const endSession = define('pageSession.end', ({ db }, p: { id: string }) =>
  db.deleteFrom('page_session').where('id', '=', p.id),
)

const endSessionsOf = define('pageSession.endOf', ({ db }, p: { user_id: number }) =>
  db.deleteFrom('page_session').where('user_id', '=', p.user_id),
)

const useCode = defineRows<UsedCodeRow>(
  'usedCode.insert',
  'used_code',
  { code_digest: 'text', expires_at: 'integer' },
  'do nothing',
)

const removeExpiredSessions = define('pageSession.removeExpired', ({ db }, p: { time: number }) =>
  db.deleteFrom('page_session').where('expires_at', '<', p.time),
)

const removeExpiredCodes = define('usedCode.removeExpired', ({ db }, p: { time: number }) =>
  db.deleteFrom('used_code').where('expires_at', '<', p.time),
)

export function signIns(session: Session): SignInWrites {
  return {
    findPassword: async (userId) =>
      mapFound(await session.first(findPassword, { user_id: userId }), toPassword),
    findSession: async (keyDigest) =>
      mapFound(await session.first(findSession, { key_digest: keyDigest }), (row) => ({
        session: {
          id: row.session_id,
          userId: row.id,
          keyDigest: row.key_digest,
          byCode: row.by_code === 1,
          createdAt: row.begun_at,
          usedAt: row.used_at,
          expiresAt: row.expires_at,
        },
        user: toUser(row),
      })),
    putPassword: async ({ userId, hash, changedAt }) => {
      await session.insertRows(putPassword, [{ user_id: userId, hash, changed_at: changedAt }])
    },
    insertSession: (made) => insertNew(session, insertSession, toRow(made), 'This session'),
    touchSession: async ({ id, usedAt, expiresAt }) => {
      const moved = { id, used_at: usedAt, expires_at: expiresAt }
      checkChanged(await session.run(touchSession, moved), `session ${id}`)
    },
    endSession: (id) => session.run(endSession, { id }),
    endSessionsOf: (userId) => session.run(endSessionsOf, { user_id: userId }),
    useCode: (digest, expiresAt) =>
      insertNew(session, useCode, { code_digest: digest, expires_at: expiresAt }, 'This code'),
    removeExpired: async (time) => {
      await session.run(removeExpiredSessions, { time })
      await session.run(removeExpiredCodes, { time })
    },
  }
}

function toPassword(row: PasswordRow): Password {
  return { userId: row.user_id, hash: row.hash, changedAt: row.changed_at }
}

function toRow(session: PageSession): PageSessionRow {
  return {
    id: session.id,
    user_id: session.userId,
    key_digest: session.keyDigest,
    by_code: session.byCode ? 1 : 0,
    created_at: session.createdAt,
    used_at: session.usedAt,
    expires_at: session.expiresAt,
  }
}
