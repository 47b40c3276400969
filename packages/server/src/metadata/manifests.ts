import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { MAX_ENTRIES_PER_STAGE } from '../core/limits.ts'
import type { ContentDigest } from '../core/model/digest.ts'
import type { ManifestEntry } from '../core/model/manifest.ts'
import type { ManifestWrites } from '../core/ports/metadata-store.ts'
import { mapFound } from './columns.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { ManifestEntryRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

/** A client digest may be a whole URI, longer than an index takes: this much of it is indexed. */
const INDEXED_DIGEST_CHARACTERS = 64

const find = define('manifest.find', (dialect, p: { version_id: string; path: string }) =>
  selectEntries(dialect, p.version_id).where('path', '=', p.path),
)

const findByClientDigest = define(
  'manifest.findByClientDigest',
  (dialect, p: { version_id: string; client_digest: string; start: string }) =>
    selectEntries(dialect, p.version_id)
      .where(sql`substr(client_digest, 1, ${sql.lit(INDEXED_DIGEST_CHARACTERS)})`, '=', p.start)
      .where('client_digest', '=', p.client_digest)
      .orderBy('path')
      .limit(1),
)

const findByDigest = define(
  'manifest.findByDigest',
  (dialect, p: { version_id: string; digest: string }) =>
    selectEntries(dialect, p.version_id).where('digest', '=', p.digest).limit(1),
)

const findMany = define(
  'manifest.findMany',
  (dialect, p: { version_id: string; paths: readonly string[] }) =>
    selectEntries(dialect, p.version_id).where(dialect.textIn('path', p.paths)),
)

const list = define(
  'manifest.list',
  (dialect, p: { version_id: string; after: string; limit: number }) =>
    selectEntries(dialect, p.version_id).where('path', '>', p.after).orderBy('path').limit(p.limit),
)

const count = define('manifest.count', ({ db }, p: { version_id: string }) =>
  db
    .selectFrom('manifest_entry')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('version_id', '=', p.version_id),
)

interface BlobsPage {
  readonly version_id: string
  readonly entity_id: number
  readonly after: string
  readonly limit: number
}

interface ExaminedRow {
  readonly digest: string
  readonly size: number
  readonly missing: SqlBool
}

// A blob whose bytes have changed is missing too, whoever holds it.
const examineBlobs = define('manifest.examineBlobs', ({ raw }, p: BlobsPage) =>
  raw<ExaminedRow>(sql`
    select e.digest, e.size, not exists (select 1 from blob_holder as h
        join blob as b on b.digest = h.digest
      where h.digest = e.digest and h.entity_id = ${p.entity_id} and b.corrupt_at is null
      ) as missing
    from ${pageOfDigests(p)} as e order by e.digest`),
)

// The same; missing is, too, what was neither sent for this draft nor recognised for its maker.
const examineUnproven = define('manifest.examineUnproven', ({ raw }, p: BlobsPage) =>
  raw<ExaminedRow>(sql`
    select e.digest, e.size, not exists (select 1 from blob_holder as h
        join blob as b on b.digest = h.digest
        join draft_upload as u on u.digest = h.digest
      where h.digest = e.digest and h.entity_id = ${p.entity_id} and b.corrupt_at is null
        and u.draft_id = ${p.version_id}) as missing
    from ${pageOfDigests(p)} as e order by e.digest`),
)

// The limit stands here: what is looked at is bounded, however few are missing.
function pageOfDigests(p: BlobsPage): RawBuilder<unknown> {
  return sql`(select digest, min(size) as size from manifest_entry
    where version_id = ${p.version_id} and digest > ${p.after}
    group by digest order by digest limit ${p.limit})`
}

const put = defineRows<ManifestEntryRow>(
  'manifest.put',
  'manifest_entry',
  {
    version_id: 'text',
    path: 'text',
    digest: 'text',
    size: 'integer',
    reference: 'text',
    client_digest: 'text',
    extra: 'text',
  },
  `(version_id, path) do update set digest = excluded.digest, size = excluded.size,
    reference = excluded.reference, client_digest = excluded.client_digest,
    extra = excluded.extra`,
)

const remove = define('manifest.remove', ({ db }, p: { version_id: string }) =>
  db.deleteFrom('manifest_entry').where('version_id', '=', p.version_id),
)

function selectEntries({ db }: Dialect, versionId: string) {
  return db.selectFrom('manifest_entry').selectAll().where('version_id', '=', versionId)
}

export function manifests(session: Session): ManifestWrites {
  return {
    find: async (versionId, path) =>
      mapFound(await session.first(find, { version_id: versionId, path }), toEntry),
    findByClientDigest: async (versionId, clientDigest) => {
      const start = Array.from(clientDigest).slice(0, INDEXED_DIGEST_CHARACTERS).join('')
      const key = { version_id: versionId, client_digest: clientDigest, start }
      return mapFound(await session.first(findByClientDigest, key), toEntry)
    },
    findByDigest: async (versionId, digest) =>
      mapFound(await session.first(findByDigest, { version_id: versionId, digest }), toEntry),
    findMany: async (versionId, paths) =>
      (await session.all(findMany, { version_id: versionId, paths })).map(toEntry),
    list: async ({ versionId, after, limit }) =>
      (await session.all(list, { version_id: versionId, after, limit })).map(toEntry),
    count: async (versionId) => (await session.first(count, { version_id: versionId }))?.count ?? 0,
    examineBlobs: async ({ versionId, entityId, isProven = false, after, limit }) => {
      const page = { version_id: versionId, entity_id: entityId, after, limit }
      const rows = await session.all(isProven ? examineUnproven : examineBlobs, page)
      return rows.map(({ digest, size, missing }) => ({
        digest: digest as ContentDigest,
        size,
        isMissing: Boolean(missing),
      }))
    },
    put: async (versionId, entries) => {
      if (entries.length > MAX_ENTRIES_PER_STAGE)
        throw new Error(`${entries.length} entries at once, more than ${MAX_ENTRIES_PER_STAGE}`)
      // PostgreSQL refuses a statement that writes one row twice: of a path's twins the last stays.
      const rows = new Map(entries.map((entry) => [entry.path, toEntryRow(versionId, entry)]))
      await session.insertRows(put, [...rows.values()])
    },
    remove: async (versionId) => {
      await session.run(remove, { version_id: versionId })
    },
  }
}

function toEntry(row: ManifestEntryRow): ManifestEntry {
  const { path, size, reference, client_digest: clientDigest, extra } = row
  if (reference !== null) return { path, digest: null, size, reference, clientDigest, extra }
  if (row.digest === null || size === null)
    throw new Error(
      `entry ${JSON.stringify(path)} of ${row.version_id} is neither file nor reference`,
    )
  return { path, digest: row.digest as ContentDigest, size, reference, clientDigest, extra }
}

function toEntryRow(versionId: string, entry: ManifestEntry): ManifestEntryRow {
  return {
    version_id: versionId,
    path: entry.path,
    digest: entry.digest,
    size: entry.size,
    reference: entry.reference,
    client_digest: entry.clientDigest,
    extra: entry.extra,
  }
}
