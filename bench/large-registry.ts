import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { ROOT } from '../e2e/setup.ts'
import {
  blobsPath,
  databasePath,
  openToChange,
} from '../packages/server/src/commands/open-registry.ts'
import { readConfig, readSurroundings } from '../packages/server/src/config.ts'
import type { Actor } from '../packages/server/src/core/model/actor.ts'
import type { Collection } from '../packages/server/src/core/model/collection.ts'
import { ManifestDigestBuilder } from '../packages/server/src/core/model/manifest.ts'
import type { Owner } from '../packages/server/src/core/model/owner.ts'
import type { Version } from '../packages/server/src/core/model/version.ts'
import { authenticate } from '../packages/server/src/core/operations/authenticate.ts'
import { bootstrapRegistry } from '../packages/server/src/core/operations/bootstrap-registry.ts'
import { insertCollection } from '../packages/server/src/core/operations/steps/collections.ts'
import { recordFact } from '../packages/server/src/core/operations/steps/facts.ts'
import { insertMember } from '../packages/server/src/core/operations/steps/insert-member.ts'
import { ensureProject } from '../packages/server/src/core/operations/steps/owners.ts'
import {
  planMove,
  planPointers,
  writePlan,
} from '../packages/server/src/core/operations/steps/pointer-plan.ts'
import type { Registry, Tx } from '../packages/server/src/core/registry.ts'
import { MIGRATIONS } from '../packages/server/src/metadata/migrations/migrations.ts'

export const ADMIN_KEY = 'a'.repeat(40)
export const PROJECT = { kind: 'project', entityName: 'admin', name: 'bench' } as const
/** One collection with many versions, each with many tags. */
export const CROWDED = 'crowded'
const COLLECTIONS_PER_TRANSACTION = 20
const CROWDED_PER_TRANSACTION = 250

export interface Size {
  readonly collections: number
  readonly versionsEach: number
  readonly tagsEach: number
  readonly crowded: { readonly versions: number; readonly tagsEach: number }
}

export const LARGE: Size = {
  collections: 100_000,
  versionsEach: 10,
  tagsEach: 3,
  crowded: { versions: 20_000, tagsEach: 18 },
}

export const SMALL: Size = {
  collections: 200,
  versionsEach: 10,
  tagsEach: 3,
  crowded: { versions: 500, tagsEach: 18 },
}

/**
 * The data folder of a filled registry on SQLite. One of the large size takes minutes to fill and
 * gigabytes to keep, so it stays in `.cache/` for the next time; only read there. A small one goes
 * with the test.
 */
export async function largeRegistry(t: TestContext, size: Size): Promise<string> {
  if (size !== LARGE) {
    const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-filled-'))
    t.after(() => rmSync(folder, { recursive: true }))
    await fillRegistry(['--data', folder], size)
    return folder
  }
  const cache = path.join(ROOT, '.cache')
  const folder = path.join(cache, `large-registry-${MIGRATIONS.length}`)
  if (existsSync(folder)) return folder
  const begun = performance.now()
  // Of an older schema, or half filled.
  for (const old of globSync('large-registry-*', { cwd: cache }))
    rmSync(path.join(cache, old), { recursive: true })
  const half = `${folder}.half`
  mkdirSync(half, { recursive: true })
  await fillRegistry(['--data', half], size)
  renameSync(half, folder)
  console.log(`filled ${folder} in ${Math.round((performance.now() - begun) / 1000)} s`)
  return folder
}

/** Fills a fresh registry through the steps that the operations are made of. */
export async function fillRegistry(argv: readonly string[], size: Size): Promise<void> {
  const { registry, close } = await openFresh(argv)
  const { metadata } = registry
  const admin = await authenticate(registry, ADMIN_KEY)
  const project = await metadata.transaction((tx) => ensureProject(registry, tx, admin, PROJECT))
  const filling = { registry, admin, project }
  for (let from = 0; from < size.collections; from += COLLECTIONS_PER_TRANSACTION)
    await metadata.transaction(async (tx) => {
      for (let at = from; at < Math.min(from + COLLECTIONS_PER_TRANSACTION, size.collections); at++)
        await addVersions(filling, tx, await begin(filling, tx, collectionName(at)), {
          count: size.versionsEach,
          tagsEach: size.tagsEach,
        })
    })
  let crowded = await metadata.transaction((tx) => begin(filling, tx, CROWDED))
  for (let from = 0; from < size.crowded.versions; from += CROWDED_PER_TRANSACTION) {
    const count = Math.min(CROWDED_PER_TRANSACTION, size.crowded.versions - from)
    crowded = await metadata.transaction((tx) =>
      addVersions(filling, tx, crowded, { count, tagsEach: size.crowded.tagsEach }),
    )
  }
  await close()
}

/** As a start of the server makes it. */
async function openFresh(argv: readonly string[]) {
  const { config } = readConfig({ ...readSurroundings(argv), environment: {} })
  mkdirSync(blobsPath(config.dataFolder), { recursive: true })
  if (config.databaseUrl === null) writeFileSync(databasePath(config.dataFolder), '')
  const opened = await openToChange(config)
  await bootstrapRegistry(opened.registry, { adminKey: ADMIN_KEY })
  return opened
}

/** `model-0000017-birch`: one in sixteen has the same tree, one in a thousand the same digits. */
export function collectionName(at: number): string {
  return `model-${String(at).padStart(7, '0')}-${TREES[at % TREES.length]}`
}

const TREES = [
  'alder',
  'ash',
  'aspen',
  'beech',
  'birch',
  'cedar',
  'elm',
  'fir',
  'hazel',
  'larch',
  'linden',
  'maple',
  'oak',
  'pine',
  'rowan',
  'willow',
]

interface Filling {
  readonly registry: Registry
  readonly admin: Actor
  readonly project: Owner
}

function begin({ registry, admin, project }: Filling, tx: Tx, name: string): Promise<Collection> {
  return insertCollection(registry, tx, admin, project, {
    name,
    artifactType: 'model',
    kind: 'source',
  })
}

/** Versions as `commitVersion` writes them, with `latest` and `production` on the last. */
async function addVersions(
  { registry, admin, project }: Filling,
  tx: Tx,
  begun: Collection,
  { count, tagsEach }: { readonly count: number; readonly tagsEach: number },
): Promise<Collection> {
  let collection = begun
  for (let added = 0; added < count; added++) {
    const version = await insertVersion({ registry, admin, project }, tx, collection, tagsEach)
    const placed = await insertMember(tx, admin, collection, version, version.createdAt)
    collection = placed.collection
    const { id, digest, size } = version
    await recordFact(registry, tx, admin, {
      kind: 'version.committed',
      ownerId: project.id,
      collectionId: collection.id,
      payload: { version: id, index: version.sourceIndex, digest, size },
    })
  }
  const plan = await planPointers(registry, tx, admin, { owner: project, collection }, null)
  for (const alias of ['production', 'latest'])
    await planMove(plan, alias, collection.nextIndex - 1, 'commit')
  await writePlan(plan)
  return plan.collection
}

async function insertVersion(
  { registry, admin }: Filling,
  tx: Tx,
  collection: Collection,
  tagsEach: number,
): Promise<Version> {
  const index = collection.nextIndex
  const time = registry.now()
  const id = registry.newId()
  const reference = `https://example.org/${id}`
  const entry = { path: 'weights', digest: null, size: 1_000 + index, clientDigest: null }
  const builder = new ManifestDigestBuilder()
  builder.add({ ...entry, reference, extra: null })
  await tx.manifests.put(id, [{ ...entry, reference, extra: null }])
  const version: Version = {
    id,
    digest: builder.finish(),
    clientDigest: null,
    sourceCollectionId: collection.id,
    sourceIndex: index,
    state: 'committed',
    stateReason: null,
    size: builder.size,
    fileCount: builder.fileCount,
    // In another order than the versions came in.
    metadata: JSON.stringify({ accuracy: ((index * 7919) % 10_007) / 10_007 }),
    description: null,
    tags: Array.from({ length: tagsEach }, (_, at) => `tag-${(index + at * 7) % 40}`).sort(),
    ttlSeconds: null,
    historyStep: null,
    runId: null,
    createdBy: admin.userId,
    createdAt: time,
    updatedAt: time,
    revision: 1,
  }
  await tx.versions.insert(version)
  return version
}
