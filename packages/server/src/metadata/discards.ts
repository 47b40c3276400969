import { sql } from 'kysely'
import type { DiscardWrites, Expired } from '../core/ports/metadata-store-upkeep.ts'
import type { DiscardedContentRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const list = define('discard.list', ({ db }, p: { limit: number }) =>
  db.selectFrom('discarded_content').select('id').where('id', '>', sql.lit('')).limit(p.limit),
)

// The conditions stand in the text, so that the partial indexes serve.
const listExpiredDrafts = define(
  'discard.listExpiredDrafts',
  ({ db }, p: { before: number; limit: number }) =>
    db
      .selectFrom('draft')
      .select(['id', 'expires_at'])
      .where('state', '=', sql.lit('open'))
      .where('expires_at', '<=', p.before)
      .orderBy('expires_at')
      .orderBy('id')
      .limit(p.limit),
)

const listExpiredVersions = define(
  'discard.listExpiredVersions',
  ({ raw }, p: { before: number; after_time: number; after_id: string; limit: number }) =>
    raw<{ id: string; expires_at: number }>(sql`
      select id, (created_at + ttl_seconds * 1000000) as expires_at from version
      where ttl_seconds > 0 and state <> 'deleted'
        and (created_at + ttl_seconds * 1000000) <= ${p.before}
        and ((created_at + ttl_seconds * 1000000), id) > (${p.after_time}, ${p.after_id})
      order by (created_at + ttl_seconds * 1000000), id limit ${p.limit}`),
)

const add = defineRows<DiscardedContentRow>(
  'discard.add',
  'discarded_content',
  { id: 'text' },
  'do nothing',
)

const removeDraft = define('discard.removeDraft', ({ db }, p: { id: string }) =>
  db.deleteFrom('draft').where('id', '=', p.id),
)

const removeManifests = define('discard.removeManifests', ({ db }, p: { id: string }) =>
  db.deleteFrom('draft_manifest').where('draft_id', '=', p.id),
)

const removeEntries = define('discard.removeEntries', ({ raw }, p: { id: string; limit: number }) =>
  raw(sql`
    delete from manifest_entry where version_id = ${p.id} and path in
      (select path from manifest_entry where version_id = ${p.id} order by path limit ${p.limit})`),
)

const removeUploads = define('discard.removeUploads', ({ raw }, p: { id: string; limit: number }) =>
  raw(sql`
    delete from draft_upload where draft_id = ${p.id} and digest in
      (select digest from draft_upload where draft_id = ${p.id} order by digest limit ${p.limit})`),
)

const forget = define('discard.forget', ({ db }, p: { id: string }) =>
  db.deleteFrom('discarded_content').where('id', '=', p.id),
)

/** Before every expiry. */
const FIRST: Expired = { id: '', expiresAt: 0 }

export function discards(session: Session): DiscardWrites {
  const addAll = async (ids: readonly string[]) => {
    await session.insertRows(
      add,
      ids.map((id) => ({ id })),
    )
  }
  return {
    list: async (limit) => (await session.all(list, { limit })).map(({ id }) => id),
    listExpiredDrafts: async (page) => (await session.all(listExpiredDrafts, page)).map(toExpired),
    listExpiredVersions: async ({ before, after, limit }) => {
      const { id, expiresAt } = after ?? FIRST
      const page = { before, after_time: expiresAt, after_id: id, limit }
      return (await session.all(listExpiredVersions, page)).map(toExpired)
    },
    add: addAll,
    addDraft: async (id) => {
      await addAll([id])
      await session.run(removeManifests, { id })
      await session.run(removeDraft, { id })
    },
    remove: async (id, limit) => {
      const entries = await session.run(removeEntries, { id, limit })
      const uploads = await session.run(removeUploads, { id, limit })
      await session.run(removeManifests, { id })
      if (entries === limit || uploads === limit) return false
      await session.run(forget, { id })
      return true
    },
  }
}

function toExpired(row: { readonly id: string; readonly expires_at: number }): Expired {
  return { id: row.id, expiresAt: row.expires_at }
}
