import { sql } from 'kysely'
import type { AuditReads } from '../core/ports/metadata-store-upkeep.ts'
import { toBlob } from './blobs.ts'
import { toCollection } from './collections.ts'
import { toDraft } from './drafts.ts'
import { toMembership } from './memberships.ts'
import { toPointerEvent } from './pointer-log.ts'
import type { AliasBearerRow, AliasSlotRow } from './schema.ts'
import type { Session } from './session.ts'
import { define } from './statement.ts'
import { toVersion } from './versions.ts'

interface Page {
  readonly after: string
  readonly limit: number
}
interface MembersPage {
  readonly collection_id: string
  readonly after: number
  readonly limit: number
}
interface AliasesPage {
  readonly collection_id: string
  readonly alias: string
  readonly member_index: number
  readonly limit: number
}

const collections = define('audit.collections', ({ db }, p: Page) =>
  db.selectFrom('collection').selectAll().where('id', '>', p.after).orderBy('id').limit(p.limit),
)

const memberships = define('audit.memberships', ({ db }, p: MembersPage) =>
  db
    .selectFrom('membership')
    .selectAll()
    .where('collection_id', '=', p.collection_id)
    .where('member_index', '>', p.after)
    .orderBy('member_index')
    .limit(p.limit),
)

const log = define('audit.log', ({ db }, p: MembersPage) =>
  db
    .selectFrom('pointer_event')
    .selectAll()
    .where('collection_id', '=', p.collection_id)
    .where('seq', '>', p.after)
    .orderBy('seq')
    .limit(p.limit),
)

const counter = define('audit.counter', ({ db }, p: { owner_id: number; name: string }) =>
  db
    .selectFrom('collection_counter')
    .select('next_index')
    .where('owner_id', '=', p.owner_id)
    .where('name', '=', p.name),
)

const slots = define('audit.slots', ({ raw }, p: AliasesPage) =>
  raw<Omit<AliasSlotRow, 'collection_id'>>(sql`
    select alias, member_index, label, weight from alias_slot
    where collection_id = ${p.collection_id}
      and (alias, member_index) > (${p.alias}, ${p.member_index})
    order by alias, member_index limit ${p.limit}`),
)

const bearers = define('audit.bearers', ({ raw }, p: AliasesPage) =>
  raw<Omit<AliasBearerRow, 'collection_id'>>(sql`
    select alias, member_index from alias_bearer
    where collection_id = ${p.collection_id}
      and (alias, member_index) > (${p.alias}, ${p.member_index})
    order by alias, member_index limit ${p.limit}`),
)

const versions = define('audit.versions', ({ db }, p: Page) =>
  db
    .selectFrom('version')
    .innerJoin('collection', 'collection.id', 'version.source_collection_id')
    .innerJoin('owner', 'owner.id', 'collection.owner_id')
    .selectAll('version')
    .select('owner.entity_id')
    .where('version.id', '>', p.after)
    .orderBy('version.id')
    .limit(p.limit),
)

const drafts = define('audit.drafts', ({ db }, p: Page) =>
  db.selectFrom('draft').selectAll().where('id', '>', p.after).orderBy('id').limit(p.limit),
)

const unbacked = define(
  'audit.unbacked',
  ({ db, textIn }, p: { version_ids: readonly string[]; limit: number }) =>
    db
      .selectFrom('manifest_entry as e')
      .select(['e.version_id', 'e.path'])
      .where(textIn('e.version_id', p.version_ids))
      .where('e.digest', 'is not', null)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('blob as b')
              .select('b.digest')
              .whereRef('b.digest', '=', 'e.digest')
              .whereRef('b.size', '=', 'e.size')
              .where('b.removing_at', 'is', null),
          ),
        ),
      )
      .limit(p.limit),
)

const blobs = define('audit.blobs', ({ db }, p: Page) =>
  db.selectFrom('blob').selectAll().where('digest', '>', p.after).orderBy('digest').limit(p.limit),
)

export function audit(session: Session): AuditReads {
  return {
    collections: async (page) =>
      (await session.all(collections, page)).map((row) => ({
        ...toCollection(row),
        endedAt: row.deleted_at,
      })),
    memberships: async ({ collectionId, after, limit }) => {
      const page = { collection_id: collectionId, after, limit }
      return (await session.all(memberships, page)).map(toMembership)
    },
    log: async ({ collectionId, after, limit }) => {
      const page = { collection_id: collectionId, after, limit }
      return (await session.all(log, page)).map(toPointerEvent)
    },
    counter: async (ownerId, name) =>
      (await session.first(counter, { owner_id: ownerId, name }))?.next_index ?? 0,
    slots: async ({ collectionId, after: { alias, index }, limit }) => {
      const page = { collection_id: collectionId, alias, member_index: index, limit }
      const rows = await session.all(slots, page)
      return rows.map(({ member_index, ...slot }) => ({ ...slot, index: member_index }))
    },
    bearers: async ({ collectionId, after: { alias, index }, limit }) => {
      const page = { collection_id: collectionId, alias, member_index: index, limit }
      const rows = await session.all(bearers, page)
      return rows.map((row) => ({ alias: row.alias, index: row.member_index }))
    },
    versions: async (page) =>
      (await session.all(versions, page)).map((row) => ({
        ...toVersion(row),
        entityId: row.entity_id,
      })),
    drafts: async (page) => (await session.all(drafts, page)).map(toDraft),
    unbacked: async (versionIds, limit) =>
      (await session.all(unbacked, { version_ids: versionIds, limit })).map((row) => ({
        versionId: row.version_id,
        path: row.path,
      })),
    blobs: async (page) =>
      (await session.all(blobs, page)).map((row) => ({
        ...toBlob(row),
        condemnedAt: row.condemned_at,
        removingAt: row.removing_at,
        removedAt: row.removed_at,
        corruptAt: row.corrupt_at,
      })),
  }
}
