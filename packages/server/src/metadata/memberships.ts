import { sql } from 'kysely'
import type { Membership } from '../core/model/collection.ts'
import type { MembershipWrites } from '../core/ports/metadata-store.ts'
import { checkChanged, mapFound } from './columns.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { MembershipRow } from './schema.ts'
import type { Session } from './session.ts'
import { define } from './statement.ts'

/** Above every index: where a list of the newest begins. */
const NEWEST = Number.MAX_SAFE_INTEGER

interface NewestRow {
  collection_id: string
  member_index: number
  size: number
}

const find = define(
  'membership.find',
  ({ db }, p: { collection_id: string; member_index: number }) =>
    db
      .selectFrom('membership')
      .selectAll()
      .where('collection_id', '=', p.collection_id)
      .where('member_index', '=', p.member_index),
)

const findMany = define(
  'membership.findMany',
  ({ db, integerIn }, p: { collection_id: string; indices: readonly number[] }) =>
    db
      .selectFrom('membership')
      .selectAll()
      .where('collection_id', '=', p.collection_id)
      .where(integerIn('member_index', p.indices)),
)

const findByVersion = define(
  'membership.findByVersion',
  (dialect, p: { collection_id: string; version_id: string }) =>
    selectLive(dialect, p.collection_id).where('version_id', '=', p.version_id),
)

const findByDigest = define(
  'membership.findByDigest',
  (dialect, p: { collection_id: string; digest: string }) =>
    selectLive(dialect, p.collection_id)
      .where('digest', '=', p.digest)
      .orderBy('member_index', 'desc')
      .limit(1),
)

const findByClientDigest = define(
  'membership.findByClientDigest',
  (dialect, p: { collection_id: string; kind: string; value: string }) =>
    selectLive(dialect, p.collection_id)
      .where('client_digest', '=', p.value)
      .where('client_digest_kind', '=', p.kind)
      .orderBy('member_index', 'desc')
      .limit(1),
)

const list = define(
  'membership.list',
  (dialect, p: { collection_id: string; before: number; limit: number }) =>
    selectLive(dialect, p.collection_id)
      .where('member_index', '<', p.before)
      .orderBy('member_index', 'desc')
      .limit(p.limit),
)

const listNewest = define(
  'membership.listNewest',
  ({ raw, textIn }, p: { collection_ids: readonly string[] }) =>
    raw<NewestRow>(sql`
      select member.collection_id, member.member_index, version.size
      from collection inner join membership as member
        on member.collection_id = collection.id and member.member_index = (
          select max(live.member_index) from membership as live
          where live.collection_id = collection.id and live.deleted_at is null
        )
      inner join version on version.id = member.version_id
      where ${textIn('collection.id', p.collection_ids)}`),
)

const listByVersions = define(
  'membership.listByVersions',
  ({ db, textIn }, p: { version_ids: readonly string[] }) =>
    db
      .selectFrom('membership')
      .selectAll()
      .where(textIn('version_id', p.version_ids))
      .where('deleted_at', 'is', null)
      .orderBy('collection_id')
      .orderBy('member_index'),
)

const count = define('membership.count', ({ db }, p: { collection_id: string }) =>
  db
    .selectFrom('membership')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('collection_id', '=', p.collection_id)
    .where('deleted_at', 'is', null),
)

type NewMembership = Omit<MembershipRow, 'digest' | 'client_digest_kind' | 'client_digest'>

// One row of VALUES: SQLite looks through the children of the rows that a SELECT inserts.
const insert = define('membership.insert', ({ raw }, p: NewMembership) => {
  const ofVersion = (column: string) =>
    sql`(select ${sql.ref(column)} from version where id = ${p.version_id})`
  return raw(sql`
    insert into membership (collection_id, member_index, version_id, digest, client_digest_kind,
      client_digest, created_by, created_at, deleted_at, deleted_by)
    values (${p.collection_id}, ${p.member_index}, ${p.version_id}, ${ofVersion('digest')},
      ${ofVersion('client_digest_kind')}, ${ofVersion('client_digest')},
      ${p.created_by}, ${p.created_at}, ${p.deleted_at}, ${p.deleted_by})`)
})

const end = define(
  'membership.end',
  (
    { db },
    p: { collection_id: string; member_index: number; deleted_at: number; deleted_by: number },
  ) =>
    db
      .updateTable('membership')
      .set({ deleted_at: p.deleted_at, deleted_by: p.deleted_by })
      .where('collection_id', '=', p.collection_id)
      .where('member_index', '=', p.member_index)
      .where('deleted_at', 'is', null),
)

function selectLive({ db }: Dialect, collectionId: string) {
  return db
    .selectFrom('membership')
    .selectAll()
    .where('collection_id', '=', collectionId)
    .where('deleted_at', 'is', null)
}

export function memberships(session: Session): MembershipWrites {
  return {
    find: async (collectionId, index) => {
      const key = { collection_id: collectionId, member_index: index }
      return mapFound(await session.first(find, key), toMembership)
    },
    findMany: async (collectionId, indices) =>
      (await session.all(findMany, { collection_id: collectionId, indices })).map(toMembership),
    findByVersion: async (collectionId, versionId) => {
      const key = { collection_id: collectionId, version_id: versionId }
      return mapFound(await session.first(findByVersion, key), toMembership)
    },
    findByDigest: async (collectionId, digest) =>
      mapFound(
        await session.first(findByDigest, { collection_id: collectionId, digest }),
        toMembership,
      ),
    findByClientDigest: async (collectionId, { kind, value }) =>
      mapFound(
        await session.first(findByClientDigest, { collection_id: collectionId, kind, value }),
        toMembership,
      ),
    listNewest: async (collectionIds) => {
      const rows = await session.all(listNewest, { collection_ids: collectionIds })
      return rows.map((row) => ({
        collectionId: row.collection_id,
        index: row.member_index,
        size: row.size,
      }))
    },
    findNewest: async (collectionId) =>
      mapFound(
        await session.first(list, { collection_id: collectionId, before: NEWEST, limit: 1 }),
        toMembership,
      ),
    list: async ({ collectionId, before, limit }) => {
      const page = { collection_id: collectionId, before: before ?? NEWEST, limit }
      return (await session.all(list, page)).map(toMembership)
    },
    listByVersions: async (versionIds) =>
      (await session.all(listByVersions, { version_ids: versionIds })).map(toMembership),
    count: async (collectionId) =>
      (await session.first(count, { collection_id: collectionId }))?.count ?? 0,
    insert: async (membership) => {
      await session.run(insert, toMembershipRow(membership))
    },
    end: async ({ collectionId, index }, deletedBy, time) =>
      checkChanged(
        await session.run(end, {
          collection_id: collectionId,
          member_index: index,
          deleted_at: time,
          deleted_by: deletedBy,
        }),
        `member ${index} of collection ${collectionId}`,
      ),
  }
}

export function toMembership(row: MembershipRow): Membership {
  return {
    collectionId: row.collection_id,
    index: row.member_index,
    versionId: row.version_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
    deletedAt: row.deleted_at,
    deletedBy: row.deleted_by,
  }
}

function toMembershipRow(membership: Membership): NewMembership {
  return {
    collection_id: membership.collectionId,
    member_index: membership.index,
    version_id: membership.versionId,
    created_by: membership.createdBy,
    created_at: membership.createdAt,
    deleted_at: membership.deletedAt,
    deleted_by: membership.deletedBy,
  }
}
