import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { ContentDigest } from '../core/model/digest.ts'
import type { BlobUse, ExaminedBlob, GarbageWrites } from '../core/ports/metadata-store-upkeep.ts'
import type { BlobFate, BlobRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

interface Digests {
  readonly digests: readonly string[]
}

/**
 * What keeps a blob. Each row that names it counts, the entries of discarded content too until they
 * are removed; only the uploads of a draft that was committed have done their duty.
 *
 * Scalar subqueries, not EXISTS: PostgreSQL would rather hash whole tables for a page of blobs.
 */
const isNeeded: RawBuilder<SqlBool> = sql`coalesce(
  (select 1 from manifest_entry as e where e.digest = blob.digest limit 1),
  (select 1 from draft_upload as u where u.digest = blob.digest
    and (select d.state from draft as d where d.id = u.draft_id) = 'open' limit 1),
  (select 1 from run_file as f where f.digest = blob.digest limit 1),
  (select 1 from draft_manifest as m where m.file_digest = blob.digest limit 1)) is not null`

const examine = define('garbage.examine', ({ db }, p: { after: string; limit: number }) =>
  db
    .selectFrom('blob')
    .select(['digest', 'size', 'condemned_at', isNeeded.as('needed')])
    .where('digest', '>', p.after)
    .where('removing_at', 'is', null)
    .orderBy('digest')
    .limit(p.limit),
)

const judge = define('garbage.judge', ({ db, textIn }, p: Digests) =>
  db
    .selectFrom('blob')
    .select(['digest', 'size', 'condemned_at', isNeeded.as('needed')])
    .where(textIn('digest', p.digests)),
)

const lockRipe = define(
  'garbage.lockRipe',
  ({ db, forUpdateSkipLocked }, p: { before: number; limit: number }) =>
    forUpdateSkipLocked(
      db
        .selectFrom('blob')
        .select('digest')
        .where('condemned_at', '<=', p.before)
        .where('removing_at', 'is', null)
        .orderBy('condemned_at')
        .orderBy('digest')
        .limit(p.limit),
    ),
)

const listKnown = define('garbage.listKnown', ({ db, textIn }, p: Digests) =>
  db.selectFrom('blob').select('digest').where(textIn('digest', p.digests)),
)

const listRemoving = define('garbage.listRemoving', ({ db }, p: { limit: number }) =>
  db
    .selectFrom('blob')
    .select('digest')
    .where('removing_at', 'is not', null)
    .where('removed_at', 'is', null)
    .where('digest', '>', sql.lit(''))
    .orderBy('digest')
    .limit(p.limit),
)

interface UsesPage {
  readonly after_digest: string
  readonly after_user: string
  readonly limit: number
}
interface UseRow {
  readonly digest: string
  readonly user_id: string
  readonly owner_id: number | null
}

// A version's id is that of its draft, which keeps its owner.
const listEntryUses = define('garbage.listEntryUses', ({ raw }, p: UsesPage) =>
  raw<UseRow>(sql`
    select e.digest, e.version_id as user_id,
      (select owner_id from draft where draft.id = e.version_id) as owner_id
    from (select distinct digest, version_id from manifest_entry
      where digest is not null and (digest, version_id) > (${p.after_digest}, ${p.after_user})
      order by digest, version_id limit ${p.limit}) as e
    order by e.digest, e.version_id`),
)

const listRunFileUses = define(
  'garbage.listRunFileUses',
  ({ raw }, p: Omit<UsesPage, 'after_user'> & { readonly after_run: number }) =>
    raw<UseRow>(sql`
    select f.digest, cast(f.run_id as text) as user_id,
      (select owner_id from run where run.id = f.run_id) as owner_id
    from (select distinct digest, run_id from run_file
      where (digest, run_id) > (${p.after_digest}, ${p.after_run})
      order by digest, run_id limit ${p.limit}) as f
    order by f.digest, f.run_id`),
)

const countCondemned = define(
  'garbage.countCondemned',
  ({ raw }, p: { before: number; limit: number }) =>
    raw<{ readonly blobs: number; readonly bytes: number }>(sql`
    select count(*) as blobs, cast(coalesce(sum(size), 0) as bigint) as bytes
    from (select size from blob
      where condemned_at <= ${p.before} and condemned_at is not null and removing_at is null
      order by condemned_at, digest limit ${p.limit}) as condemned`),
)

const condemn = define('garbage.condemn', ({ db, textIn }, p: Digests & { time: number }) =>
  db
    .updateTable('blob')
    .set({ condemned_at: p.time })
    .where(textIn('digest', p.digests))
    .where('condemned_at', 'is', null),
)

const takeBack = define('garbage.takeBack', ({ db, textIn }, p: Digests) =>
  db
    .updateTable('blob')
    .set({ condemned_at: null })
    .where(textIn('digest', p.digests))
    .where('removing_at', 'is', null),
)

const adopt = defineRows<BlobRow & Pick<BlobFate, 'condemned_at'>>(
  'garbage.adopt',
  'blob',
  {
    digest: 'text',
    size: 'integer',
    checks: 'bytes',
    md5: 'text',
    created_at: 'integer',
    condemned_at: 'integer',
  },
  'do nothing',
)

const removeHolders = define('garbage.removeHolders', ({ db, textIn }, p: Digests) =>
  db.deleteFrom('blob_holder').where(textIn('digest', p.digests)),
)

const removeUploads = define('garbage.removeUploads', ({ db, textIn }, p: Digests) =>
  db.deleteFrom('draft_upload').where(textIn('digest', p.digests)),
)

const beginRemoval = define(
  'garbage.beginRemoval',
  ({ db, textIn }, p: Digests & { time: number }) =>
    db.updateTable('blob').set({ removing_at: p.time }).where(textIn('digest', p.digests)),
)

const endRemoval = define('garbage.endRemoval', ({ db, textIn }, p: Digests & { time: number }) =>
  db
    .updateTable('blob')
    .set({ removed_at: p.time })
    .where(textIn('digest', p.digests))
    .where('removing_at', 'is not', null)
    .where('removed_at', 'is', null),
)

// The condition stands twice: a row that came back while the delete waited for its lock must stay.
const forgetRemoved = define(
  'garbage.forgetRemoved',
  ({ db }, p: { before: number; limit: number }) =>
    db
      .deleteFrom('blob')
      .where('removed_at', '<', p.before)
      .where('digest', 'in', ({ selectFrom }) =>
        selectFrom('blob as old')
          .select('old.digest')
          .where('old.removed_at', '<', p.before)
          .orderBy('old.removed_at')
          .limit(p.limit),
      ),
)

export function garbage(session: Session): GarbageWrites {
  return {
    examine: async (page) => (await session.all(examine, page)).map(toExamined),
    listUnknown: async (digests) => {
      const known = await session.all(listKnown, { digests })
      const there = new Set(known.map(({ digest }) => digest))
      return digests.filter((digest) => !there.has(digest))
    },
    listUses: async ({ by, after, limit }) => {
      const from = { after_digest: after?.digest ?? '', limit }
      const rows =
        by === 'entries'
          ? await session.all(listEntryUses, { ...from, after_user: after?.userId ?? '' })
          : await session.all(listRunFileUses, { ...from, after_run: Number(after?.userId ?? 0) })
      return rows.map(toUse)
    },
    countCondemned: async (page) => {
      const found = await session.first(countCondemned, page)
      return found ?? { blobs: 0, bytes: 0 }
    },
    listRemoving: async (limit) =>
      (await session.all(listRemoving, { limit })).map(({ digest }) => digest as ContentDigest),
    condemn: async (digests, time) => {
      await session.run(condemn, { digests, time })
    },
    takeBack: async (digests) => {
      await session.run(takeBack, { digests })
    },
    adopt: async (orphans, time) => {
      const unknown = { checks: new Uint8Array(), md5: '', created_at: time, condemned_at: time }
      await session.insertRows(
        adopt,
        orphans.map(({ digest, size }) => ({ digest, size, ...unknown })),
      )
    },
    lockRipe: async (page) => {
      const digests = (await session.all(lockRipe, page)).map(({ digest }) => digest)
      return (await session.all(judge, { digests })).map(toExamined)
    },
    beginRemoval: async (digests, time) => {
      await session.run(removeHolders, { digests })
      await session.run(removeUploads, { digests })
      await session.run(beginRemoval, { digests, time })
    },
    endRemoval: async (digests, time) => {
      await session.run(endRemoval, { digests, time })
    },
    forgetRemoved: (page) => session.run(forgetRemoved, page),
  }
}

function toUse({ digest, user_id: userId, owner_id: ownerId }: UseRow): BlobUse {
  return { digest: digest as ContentDigest, userId, ownerId }
}

function toExamined(row: {
  readonly digest: string
  readonly size: number
  readonly needed: SqlBool
  readonly condemned_at: number | null
}): ExaminedBlob {
  const { digest, size, needed, condemned_at: condemnedAt } = row
  return { digest: digest as ContentDigest, size, needed: Boolean(needed), condemnedAt }
}
