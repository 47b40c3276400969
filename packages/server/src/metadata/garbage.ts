import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { ContentDigest } from '../core/model/digest.ts'
import type { ExaminedBlob, GarbageWrites } from '../core/ports/metadata-store-upkeep.ts'
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

function toExamined(row: {
  readonly digest: string
  readonly size: number
  readonly needed: SqlBool
  readonly condemned_at: number | null
}): ExaminedBlob {
  const { digest, size, needed, condemned_at: condemnedAt } = row
  return { digest: digest as ContentDigest, size, needed: Boolean(needed), condemnedAt }
}
