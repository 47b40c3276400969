import { sql } from 'kysely'
import type { RequestWrites } from '../core/ports/metadata-store-requests.ts'
import { insertNew, mapFound } from './columns.ts'
import type { RequestRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const find = define('request.find', ({ db }, p: { actor_id: number; key: string }) =>
  db.selectFrom('request').selectAll().where('actor_id', '=', p.actor_id).where('key', '=', p.key),
)

const insert = defineRows<RequestRow>(
  'request.insert',
  'request',
  { actor_id: 'integer', key: 'text', digest: 'text', result: 'text', created_at: 'integer' },
  'do nothing',
)

const removeBefore = define(
  'request.removeBefore',
  ({ raw }, p: { before: number; limit: number }) =>
    raw(sql`
      delete from request where created_at < ${p.before} and (actor_id, key) in
        (select actor_id, key from request
          where created_at < ${p.before} order by created_at limit ${p.limit})`),
)

export function requests(session: Session): RequestWrites {
  return {
    find: async (actorId, key) =>
      mapFound(await session.first(find, { actor_id: actorId, key }), (row) => ({
        actorId: row.actor_id,
        key: row.key,
        digest: row.digest,
        result: row.result,
        createdAt: row.created_at,
      })),
    insert: (request) =>
      insertNew(
        session,
        insert,
        {
          actor_id: request.actorId,
          key: request.key,
          digest: request.digest,
          result: request.result,
          created_at: request.createdAt,
        },
        'This request',
      ),
    removeBefore: (page) => session.run(removeBefore, page),
  }
}
