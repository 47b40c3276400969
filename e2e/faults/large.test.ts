import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Actor } from '../../packages/server/src/core/model/actor.ts'
import { digestOf } from '../../packages/server/src/core/model/digest.ts'
import type { ManifestEntry } from '../../packages/server/src/core/model/manifest.ts'
import type { Version } from '../../packages/server/src/core/model/version.ts'
import { commitVersion } from '../../packages/server/src/core/operations/commit-version.ts'
import { compareVersions } from '../../packages/server/src/core/operations/compare-versions.ts'
import { createCollection } from '../../packages/server/src/core/operations/create-collection.ts'
import { createDraft } from '../../packages/server/src/core/operations/create-draft.ts'
import { listEntries } from '../../packages/server/src/core/operations/list-entries.ts'
import { listVersions } from '../../packages/server/src/core/operations/list-versions.ts'
import { promote } from '../../packages/server/src/core/operations/promote.ts'
import { resolve } from '../../packages/server/src/core/operations/resolve.ts'
import { searchVersions } from '../../packages/server/src/core/operations/search-versions.ts'
import { insertMember } from '../../packages/server/src/core/operations/steps/insert-member.ts'
import type { MetadataStore, ReadTx, Registry } from '../../packages/server/src/core/registry.ts'
import { openMetadataStore } from '../../packages/server/src/metadata/open.ts'
import { collectionOf } from '../../packages/server/test/builders.ts'
import { testApp } from '../../packages/server/test/test-app.ts'
import { scaled } from './scale.ts'

const LARGE = scaled(100_000)
const PAGE = 50
const VERSIONS_PER_TRANSACTION = 500

test('a large manifest and a large collection are read by the page', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-large-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const metadata = await openMetadataStore({ url: join(folder, 'greenroom.db') })
  t.after(() => metadata.close())
  const { registry, admin } = await testApp(t, { metadata })
  const counted = countRows(metadata)
  const reader = { ...registry, metadata: counted.metadata }
  await tryManifest(registry, reader, admin, counted)
  await tryCollection(registry, reader, admin, counted)
  t.diagnostic(`${LARGE} files and ${LARGE} versions, at most ${counted.most()} rows a call`)
})

interface Counted {
  readonly metadata: MetadataStore
  /** Rows that the call read, which must be few. */
  readonly rowsOf: (call: () => Promise<unknown>) => Promise<number>
  readonly most: () => number
}

async function tryManifest(
  registry: Registry,
  reader: Registry,
  actor: Actor,
  { rowsOf }: Counted,
): Promise<void> {
  const collection = collectionOf(actor, 'files')
  await commitReferences(registry, actor, (at) => `etag ${at}`)
  // Different at one path in the first page, and at one in the last.
  await commitReferences(registry, actor, (at) => (at % (LARGE - 1) === 0 ? 'new' : `etag ${at}`))
  const selector = { kind: 'index' as const, index: 1 }
  const list = { collection, selector, after: pathOf(LARGE / 2), limit: PAGE }
  assert.ok((await rowsOf(() => listEntries(reader, actor, list))) < 3 * PAGE)
  assert.ok((await rowsOf(() => resolve(reader, actor, { collection, selector }))) < 10)
  const base = { collection, selector: { kind: 'index' as const, index: 0 } }
  const compare = { base, head: { collection, selector }, after: '', limit: PAGE }
  const rows = await rowsOf(async () => {
    const { files } = await compareVersions(reader, actor, compare)
    assert.deepEqual(files.items.map(({ path }) => path)[0], pathOf(0))
  })
  assert.ok(rows < 12_100, `a page of a comparison read ${rows} rows`)
}

async function commitReferences(
  registry: Registry,
  actor: Actor,
  etag: (at: number) => string,
): Promise<void> {
  const entries = Array.from({ length: LARGE }, (_, at): ManifestEntry => {
    const path = pathOf(at)
    const rest = { digest: null, size: 1, extra: null }
    return { path, reference: `s3://bucket/${path}`, clientDigest: etag(at), ...rest }
  })
  const created = await createDraft(registry, actor, {
    collection: collectionOf(actor, 'files'),
    artifactType: 'dataset',
    makeProject: true,
    entries,
  })
  assert.equal(created.kind, 'draft')
  if (created.kind === 'draft') await commitVersion(registry, actor, { draftId: created.draft.id })
}

function pathOf(at: number): string {
  return `part-${String(Math.floor(at)).padStart(7, '0')}`
}

async function tryCollection(
  registry: Registry,
  reader: Registry,
  actor: Actor,
  { rowsOf }: Counted,
): Promise<void> {
  const collection = collectionOf(actor, 'versions')
  const made = await createCollection(registry, actor, { collection, artifactType: 'model' })
  for (let at = 0; at < LARGE; at += VERSIONS_PER_TRANSACTION)
    await insertVersions(registry, actor, made.collection.id, at)
  const few = 10 * PAGE
  const list = { collection, before: LARGE / 2, limit: PAGE }
  assert.ok((await rowsOf(() => listVersions(reader, actor, list))) < few)
  const sort = { path: 'metadata.accuracy', direction: 'desc' } as const
  const search = { collection, conditions: [], sort, after: null, limit: PAGE }
  const rows = await rowsOf(async () => {
    const { page } = await searchVersions(reader, actor, search)
    assert.equal(page.items.length, PAGE)
    assert.equal(page.items[0]?.membership.index, LARGE - 1)
  })
  // One statement looks at up to 500 members.
  assert.ok(rows < 500 + few, `a page of a search read ${rows} rows`)
  const selector = { kind: 'index' as const, index: LARGE / 2 }
  await promote(registry, actor, { collection, alias: 'production', selector })
  const alias = { kind: 'alias' as const, alias: 'production' }
  assert.ok((await rowsOf(() => resolve(reader, actor, { collection, selector: alias }))) < 20)
}

async function insertVersions(
  registry: Registry,
  actor: Actor,
  collectionId: string,
  from: number,
): Promise<void> {
  await registry.metadata.transaction(async (tx) => {
    let collection = await tx.collections.lock(collectionId)
    for (let at = from; at < Math.min(from + VERSIONS_PER_TRANSACTION, LARGE); at++) {
      assert.ok(collection !== undefined)
      const version: Version = {
        id: registry.newId(),
        digest: digestOf(`version ${at}`),
        clientDigest: null,
        sourceCollectionId: collectionId,
        sourceIndex: at,
        state: 'committed',
        stateReason: null,
        size: 1,
        fileCount: 1,
        metadata: JSON.stringify({ accuracy: at / LARGE }),
        description: null,
        tags: [],
        ttlSeconds: null,
        historyStep: null,
        runId: null,
        createdBy: actor.userId,
        createdAt: registry.now(),
        updatedAt: registry.now(),
        revision: 1,
      }
      await tx.versions.insert(version)
      collection = (await insertMember(tx, actor, collection, version, registry.now())).collection
    }
  })
}

/** Counts what the reads of a call bring in, list by list. */
function countRows(metadata: MetadataStore): Counted {
  let rows = 0
  let most = 0
  const group = (target: object): object =>
    new Proxy(target, {
      get(of, name) {
        const method: unknown = Reflect.get(of, name, of)
        if (typeof method !== 'function') return method
        return async (...given: unknown[]) => {
          const found: unknown = await Reflect.apply(method, of, given)
          rows += Array.isArray(found) ? found.length : 1
          return found
        }
      },
    })
  const counting = (tx: ReadTx): ReadTx =>
    new Proxy(tx, {
      get(of, name) {
        const inner: unknown = Reflect.get(of, name, of)
        return typeof inner === 'object' && inner !== null ? group(inner) : inner
      },
    })
  return {
    metadata: {
      stream: metadata.stream,
      read: (work) => metadata.read((tx) => work(counting(tx))),
      transaction: (work) => metadata.transaction(work),
      dataVersion: () => metadata.dataVersion(),
      rightsVersion: () => metadata.rightsVersion(),
      close: () => metadata.close(),
    },
    rowsOf: async (call) => {
      rows = 0
      await call()
      most = Math.max(most, rows)
      return rows
    },
    most: () => most,
  }
}
