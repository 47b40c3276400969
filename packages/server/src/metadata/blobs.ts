import { type RawBuilder, sql } from 'kysely'
import type { Blob } from '../core/model/blob.ts'
import type { ContentDigest } from '../core/model/digest.ts'
import type { BlobScope, BlobWrites, HeldBlob } from '../core/ports/metadata-store.ts'
import { mapFound } from './columns.ts'
import type { Dialect, Lockable } from './dialects/dialect.ts'
import type { BlobHolderRow, BlobRow, DraftUploadRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const find = define('blob.find', ({ db }, p: { digest: string }) =>
  db
    .selectFrom('blob')
    .selectAll()
    .where('digest', '=', p.digest)
    .where('removing_at', 'is', null)
    .where('corrupt_at', 'is', null),
)

const findCorrupt = define('blob.findCorrupt', ({ db }, p: { digest: string }) =>
  db
    .selectFrom('blob')
    .select('corrupt_at')
    .where('digest', '=', p.digest)
    .where('corrupt_at', 'is not', null),
)

const markCorrupt = define('blob.markCorrupt', ({ db }, p: { digest: string; time: number }) =>
  db
    .updateTable('blob')
    .set({ corrupt_at: p.time })
    .where('digest', '=', p.digest)
    .where('corrupt_at', 'is', null),
)

const findFate = define('blob.findFate', ({ db }, p: { digest: string }) =>
  db.selectFrom('blob').select(['removing_at', 'removed_at']).where('digest', '=', p.digest),
)

interface Digests {
  readonly digests: readonly string[]
}
interface Md5s {
  readonly md5s: readonly string[]
}
interface Scoped {
  readonly entity_ids: readonly number[]
}

const seen = heldStatements('seen', (_, query) => query)
// In a transaction what is found is locked against garbage collection.
const kept = heldStatements('kept', ({ forKeyShare }, query) => forKeyShare(query))

function heldStatements(
  how: string,
  lock: <Query extends Lockable>(dialect: Dialect, query: Query) => Query,
) {
  const held = (dialect: Dialect, holder: RawBuilder<string | null>) =>
    lock(dialect, selectHeld(dialect, holder))
  return {
    byAnybody: define(`blob.${how}ByAnybody`, (dialect, p: Digests) =>
      held(dialect, anyHolder).where(dialect.textIn('blob.digest', p.digests)),
    ),
    bySome: define(`blob.${how}BySome`, (dialect, p: Digests & Scoped) =>
      held(dialect, holderAmong(dialect, p)).where(dialect.textIn('blob.digest', p.digests)),
    ),
    byAnybodyOfMd5: define(`blob.${how}ByAnybodyOfMd5`, (dialect, p: Md5s) =>
      held(dialect, anyHolder).where(dialect.textIn('blob.md5', p.md5s)),
    ),
    bySomeOfMd5: define(`blob.${how}BySomeOfMd5`, (dialect, p: Md5s & Scoped) =>
      held(dialect, holderAmong(dialect, p)).where(dialect.textIn('blob.md5', p.md5s)),
    ),
  }
}

const uploadedOfMd5 = define(
  'blob.uploadedOfMd5',
  ({ db, textIn }, p: Md5s & { draft_id: string }) =>
    db
      .selectFrom('blob')
      .innerJoin('draft_upload', 'draft_upload.digest', 'blob.digest')
      .select(['blob.digest', 'blob.size', 'blob.md5', 'draft_upload.draft_id'])
      .where('draft_upload.draft_id', '=', p.draft_id)
      .where('blob.corrupt_at', 'is', null)
      .where(textIn('blob.md5', p.md5s)),
)

// A row that is there is written again, so that it is locked: nobody may take it until the end. One
// that garbage collection made for bytes without a row gets its checks here.
const insert = defineRows<BlobRow>(
  'blob.insert',
  'blob',
  { digest: 'text', size: 'integer', checks: 'bytes', md5: 'text', created_at: 'integer' },
  `(digest) do update set size = excluded.size, checks = excluded.checks, md5 = excluded.md5,
    condemned_at = null, corrupt_at = null where blob.removing_at is null`,
)

const revive = define('blob.revive', ({ db }, p: { digest: string; removed_at: number }) =>
  db
    .updateTable('blob')
    .set({ condemned_at: null, removing_at: null, removed_at: null })
    .where('digest', '=', p.digest)
    .where('removed_at', '=', p.removed_at),
)

const hold = defineRows<BlobHolderRow>(
  'blob.hold',
  'blob_holder',
  { digest: 'text', entity_id: 'integer', draft_id: 'text' },
  'do nothing',
)

const recordUploads = defineRows<DraftUploadRow>(
  'blob.recordUploads',
  'draft_upload',
  { draft_id: 'text', digest: 'text' },
  'do nothing',
)

/** Blobs with the draft of one holder each; null where the scope has none. */
function selectHeld({ db }: Dialect, holder: RawBuilder<string | null>) {
  return db
    .selectFrom('blob')
    .select(['blob.digest', 'blob.size', 'blob.md5'])
    .select(holder.as('draft_id'))
    .where('blob.removing_at', 'is', null)
    .where('blob.corrupt_at', 'is', null)
}

const anyHolder = sql<string | null>`(select draft_id from blob_holder
  where blob_holder.digest = blob.digest order by entity_id limit 1)`

function holderAmong(dialect: Dialect, p: Scoped) {
  return sql<string | null>`(select draft_id from blob_holder
    where blob_holder.digest = blob.digest and ${dialect.integerIn('entity_id', p.entity_ids)}
    order by entity_id limit 1)`
}

export function blobs(session: Session): BlobWrites {
  const held = session.writable ? kept : seen
  return {
    find: async (digest) => mapFound(await session.first(find, { digest }), toBlob),
    findCorrupt: async (digest) =>
      (await session.first(findCorrupt, { digest }))?.corrupt_at ?? undefined,
    findHeld: async (scope: BlobScope, digests) =>
      toHeldBlobs(
        scope === 'all'
          ? await session.all(held.byAnybody, { digests })
          : await session.all(held.bySome, { digests, entity_ids: scope }),
      ),
    findHeldByMd5: async (scope: BlobScope, md5s) =>
      toHeldBlobs(
        scope === 'all'
          ? await session.all(held.byAnybodyOfMd5, { md5s })
          : await session.all(held.bySomeOfMd5, { md5s, entity_ids: scope }),
      ),
    findUploaded: async (draftId, md5s) =>
      toHeldBlobs(await session.all(uploadedOfMd5, { draft_id: draftId, md5s })),
    insert: async (blob, time, seen) => {
      const { digest } = blob
      if (seen !== undefined) await session.run(revive, { digest, removed_at: seen.removedAt })
      if ((await session.insertRows(insert, [rowOf(blob, time)])) === 1) return 'kept'
      const removedAt = (await session.first(findFate, { digest }))?.removed_at ?? null
      return removedAt === null ? 'removing' : { removedAt }
    },
    insertAll: async (blobs, time) => {
      // In one order always: two batches that share blobs must not wait for each other.
      const rows = blobs
        .map((blob) => rowOf(blob, time))
        .sort((a, b) => (a.digest < b.digest ? -1 : 1))
      return (await session.insertRows(insert, rows)) === rows.length
    },
    markCorrupt: async (digest, time) => (await session.run(markCorrupt, { digest, time })) === 1,
    hold: async (entityId, draftId, digests) => {
      await session.insertRows(
        hold,
        digests.map((digest) => ({ digest, entity_id: entityId, draft_id: draftId })),
      )
    },
    recordUploads: async (draftId, digests) => {
      await session.insertRows(
        recordUploads,
        digests.map((digest) => ({ draft_id: draftId, digest })),
      )
    },
  }
}

function rowOf({ digest, size, checks, md5 }: Blob, time: number): BlobRow {
  return { digest, size, checks, md5, created_at: time }
}

export function toBlob(row: BlobRow): Blob {
  const { buffer, byteOffset, byteLength } = row.checks
  return {
    digest: row.digest as ContentDigest,
    size: row.size,
    // The drivers give different kinds of bytes; whoever asks gets plain ones.
    checks: new Uint8Array(buffer, byteOffset, byteLength),
    md5: row.md5,
  }
}

interface HeldRow {
  readonly digest: string
  readonly size: number
  readonly md5: string
  readonly draft_id: string | null
}

function toHeldBlobs(rows: readonly HeldRow[]): readonly HeldBlob[] {
  return rows.flatMap(({ digest, size, md5, draft_id: versionId }) =>
    versionId === null ? [] : [{ digest: digest as ContentDigest, size, md5, versionId }],
  )
}
