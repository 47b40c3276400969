import { type RawBuilder, sql } from 'kysely'
import type { Blob } from '../core/model/blob.ts'
import type { ContentDigest } from '../core/model/digest.ts'
import type { BlobScope, BlobWrites, HeldBlob } from '../core/ports/metadata-store.ts'
import { mapFound } from './columns.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { BlobHolderRow, BlobRow, DraftUploadRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const find = define('blob.find', ({ db }, p: { digest: string }) =>
  db.selectFrom('blob').selectAll().where('digest', '=', p.digest),
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

const heldByAnybody = define('blob.heldByAnybody', (dialect, p: Digests) =>
  selectHeld(dialect, anyHolder).where(dialect.textIn('blob.digest', p.digests)),
)

const heldBySome = define('blob.heldBySome', (dialect, p: Digests & Scoped) =>
  selectHeld(dialect, holderAmong(dialect, p)).where(dialect.textIn('blob.digest', p.digests)),
)

const heldByAnybodyOfMd5 = define('blob.heldByAnybodyOfMd5', (dialect, p: Md5s) =>
  selectHeld(dialect, anyHolder).where(dialect.textIn('blob.md5', p.md5s)),
)

const heldBySomeOfMd5 = define('blob.heldBySomeOfMd5', (dialect, p: Md5s & Scoped) =>
  selectHeld(dialect, holderAmong(dialect, p)).where(dialect.textIn('blob.md5', p.md5s)),
)

const uploadedOfMd5 = define(
  'blob.uploadedOfMd5',
  ({ db, textIn }, p: Md5s & { draft_id: string }) =>
    db
      .selectFrom('blob')
      .innerJoin('draft_upload', 'draft_upload.digest', 'blob.digest')
      .select(['blob.digest', 'blob.size', 'blob.md5', 'draft_upload.draft_id'])
      .where('draft_upload.draft_id', '=', p.draft_id)
      .where(textIn('blob.md5', p.md5s)),
)

const insert = defineRows<BlobRow>(
  'blob.insert',
  'blob',
  { digest: 'text', size: 'integer', checks: 'bytes', md5: 'text', created_at: 'integer' },
  'do nothing',
)

const hold = defineRows<BlobHolderRow>(
  'blob.hold',
  'blob_holder',
  { digest: 'text', entity_id: 'integer', draft_id: 'text' },
  'do nothing',
)

const recordUpload = defineRows<DraftUploadRow>(
  'blob.recordUpload',
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
}

const anyHolder = sql<string | null>`(select draft_id from blob_holder
  where blob_holder.digest = blob.digest order by entity_id limit 1)`

function holderAmong(dialect: Dialect, p: Scoped) {
  return sql<string | null>`(select draft_id from blob_holder
    where blob_holder.digest = blob.digest and ${dialect.integerIn('entity_id', p.entity_ids)}
    order by entity_id limit 1)`
}

export function blobs(session: Session): BlobWrites {
  return {
    find: async (digest) => mapFound(await session.first(find, { digest }), toBlob),
    findHeld: async (scope: BlobScope, digests) =>
      toHeldBlobs(
        scope === 'all'
          ? await session.all(heldByAnybody, { digests })
          : await session.all(heldBySome, { digests, entity_ids: scope }),
      ),
    findHeldByMd5: async (scope: BlobScope, md5s) =>
      toHeldBlobs(
        scope === 'all'
          ? await session.all(heldByAnybodyOfMd5, { md5s })
          : await session.all(heldBySomeOfMd5, { md5s, entity_ids: scope }),
      ),
    findUploaded: async (draftId, md5s) =>
      toHeldBlobs(await session.all(uploadedOfMd5, { draft_id: draftId, md5s })),
    insert: async (blob, time) => {
      const { digest, size, checks, md5 } = blob
      await session.insertRows(insert, [{ digest, size, checks, md5, created_at: time }])
    },
    hold: async (entityId, draftId, digests) => {
      await session.insertRows(
        hold,
        digests.map((digest) => ({ digest, entity_id: entityId, draft_id: draftId })),
      )
    },
    recordUpload: async (draftId, digest) => {
      await session.insertRows(recordUpload, [{ draft_id: draftId, digest }])
    },
  }
}

function toBlob(row: BlobRow): Blob {
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
