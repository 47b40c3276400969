import { sql } from 'kysely'
import type { DiscardWrites, Expired, ExpiredPage } from '../core/ports/metadata-store-upkeep.ts'
import type { DiscardedContentRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const list = define('discard.list', ({ db }, p: { limit: number }) =>
  db.selectFrom('discarded_content').select('id').where('id', '>', sql.lit('')).limit(p.limit),
)

interface Page {
  readonly before: number
  readonly after_time: number
  readonly after_id: string
  readonly limit: number
}
interface ExpiredRow {
  readonly id: string
  readonly expires_at: number
}

// The conditions stand in the text, so that the partial indexes serve.
const listExpiredDrafts = define('discard.listExpiredDrafts', ({ raw }, p: Page) =>
  raw<ExpiredRow>(sql`
      select id, expires_at from draft
      where state = 'open' and expires_at <= ${p.before}
        and (expires_at, id) > (${p.after_time}, ${p.after_id})
      order by expires_at, id limit ${p.limit}`),
)

const listExpiredVersions = define('discard.listExpiredVersions', ({ raw }, p: Page) =>
  raw<ExpiredRow>(sql`
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
    listExpiredDrafts: async (page) =>
      (await session.all(listExpiredDrafts, pageOf(page))).map(toExpired),
    listExpiredVersions: async (page) =>
      (await session.all(listExpiredVersions, pageOf(page))).map(toExpired),
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

function pageOf({ before, after, limit }: ExpiredPage): Page {
  const { id, expiresAt } = after ?? FIRST
  return { before, after_time: expiresAt, after_id: id, limit }
}

function toExpired(row: ExpiredRow): Expired {
  return { id: row.id, expiresAt: row.expires_at }
}
