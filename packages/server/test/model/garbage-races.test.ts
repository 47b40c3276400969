import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { MemoryBlobStore } from '../../src/blobs/memory.ts'
import { isRegistryError } from '../../src/core/errors.ts'
import { type Actor, SYSTEM } from '../../src/core/model/actor.ts'
import { digestOf } from '../../src/core/model/digest.ts'
import { bootstrapRegistry } from '../../src/core/operations/bootstrap-registry.ts'
import { claimHeldBlobs } from '../../src/core/operations/claim-held-blobs.ts'
import { collectGarbage } from '../../src/core/operations/collect-garbage.ts'
import { commitVersion } from '../../src/core/operations/commit-version.ts'
import { createDraft } from '../../src/core/operations/create-draft.ts'
import { deleteVersion } from '../../src/core/operations/delete-version.ts'
import { putDraftEntries } from '../../src/core/operations/put-draft-entries.ts'
import { receiveBlob } from '../../src/core/operations/receive-blob.ts'
import { receiveRunFile } from '../../src/core/operations/receive-run-file.ts'
import { findMissingBlobs } from '../../src/core/operations/steps/missing-blobs.ts'
import { upsertRun } from '../../src/core/operations/upsert-run.ts'
import type { MetadataStore, Registry } from '../../src/core/registry.ts'
import { openMetadataStore } from '../../src/metadata/open.ts'
import { argon2Passwords } from '../../src/passwords/argon2.ts'
import { addVersion, collectionOf, entryOf, feedOf } from '../builders.ts'
import { createTestDatabase, skipPostgres } from '../postgres.ts'
import { type Random, randomOf } from './random.ts'
import { orders, Turns, takingTurns } from './turns.ts'

const DAY = 86_400
const TEXT = 'the bytes in question'
const DIGEST = digestOf(TEXT)

interface Scene {
  readonly registry: Registry
  readonly actor: Actor
  readonly draftId: string
  readonly md5: string
}

/**
 * What somebody does while a collection with no grace at all runs through. It gives whether the
 * bytes were promised to be here; a refusal promises nothing.
 */
const RIVALS: Readonly<Record<string, (scene: Scene) => Promise<boolean>>> = {
  'an upload of the same bytes': async ({ registry, draftId }) => {
    await receiveBlob(registry, { draftId, expected: {}, feed: feedOf(TEXT) })
    return true
  },
  'a run file of the same bytes': async ({ registry, actor }) => {
    const { owner } = collectionOf(actor)
    const { run } = await upsertRun(registry, actor, { owner, name: 'r', fields: {} })
    await receiveRunFile(registry, { runId: run.id, name: 'f', expected: {}, feed: feedOf(TEXT) })
    return true
  },
  'an entry that finds them held': async ({ registry, actor, draftId }) => {
    await putDraftEntries(registry, actor, { draftId, entries: [entryOf('a', TEXT)] })
    const missing = await findMissingBlobs(
      registry,
      { versionId: draftId, entityId: actor.entityId, isProven: false },
      { after: '', most: 1 },
    )
    return missing.length === 0
  },
  'a client that asks whether they are held': async ({ registry, actor, draftId, md5 }) => {
    const held = await claimHeldBlobs(registry, actor, { draftId, md5s: [md5] })
    return held.has(md5)
  },
  'a whole commit': async ({ registry, actor, draftId }) => {
    const entries = [entryOf('a', TEXT)]
    await commitVersion(registry, actor, { draftId, entries })
    return true
  },
}

type Beginning = (registry: Registry, actor: Actor, name: string) => Promise<void>

const afterDelete: Beginning = async (registry, actor, name) => {
  const collection = collectionOf(actor, name)
  const { version } = await addVersion(registry, actor, { files: { a: TEXT }, collection })
  await deleteVersion(registry, actor, { versionId: version.id, dropAliases: true })
}

const withoutRow: Beginning = async (registry) => {
  const stage = await registry.blobs.stage()
  await stage.append(Buffer.from(TEXT))
  await stage.commit()
}

const BEGINNINGS: Readonly<Record<string, Beginning>> = {
  'a deleted version had them': afterDelete,
  'their row was never written': withoutRow,
}

function races(
  kind: string,
  options: {
    readonly url: () => Promise<string>
    readonly granularity: 'statement' | 'transaction'
    readonly orders: number
    readonly skip: string | false
  },
): void {
  describe(`garbage races on ${kind}`, { skip: options.skip }, () => {
    let metadata: MetadataStore
    before(async () => {
      metadata = await openMetadataStore({ url: await options.url() })
    })
    after(() => metadata.close())
    let seed = 0
    for (const [beginning, begin] of Object.entries(BEGINNINGS))
      for (const [rival, act] of Object.entries(RIVALS)) {
        // Bytes without a row are nobody's: only who sends them again can want them.
        if (begin === withoutRow && !rival.includes('same bytes')) continue
        test(`${beginning}; a collection against ${rival}`, async (t) => {
          let promised = 0
          for (let order = 0; order < options.orders; order++) {
            seed += 1
            if (await race(metadata, randomOf(seed), options.granularity, begin, act)) promised += 1
          }
          t.diagnostic(`${promised} of ${options.orders} were promised the bytes, and have them`)
        })
      }
  })
}

/** One order of steps. True when the rival was promised the bytes, which are there then. */
async function race(
  metadata: MetadataStore,
  random: Random,
  granularity: 'statement' | 'transaction',
  begin: Beginning,
  act: (scene: Scene) => Promise<boolean>,
): Promise<boolean> {
  const { registry, sleep } = registryOver(metadata, random.seed)
  await bootstrapRegistry(registry, {})
  const user = await metadata.read((tx) => tx.users.find('admin'))
  assert.ok(user !== undefined)
  const actor = { ...SYSTEM, userId: user.id, username: 'admin', entityId: user.entityId }
  await begin(registry, actor, `c${random.seed}`)
  const created = await createDraft(registry, actor, {
    ...{ collection: collectionOf(actor, `d${random.seed}`), artifactType: 'model' },
    makeProject: true,
  })
  assert.ok(created.kind === 'draft')
  const draftId = created.draft.id
  const blob = await metadata.read((tx) => tx.blobs.find(DIGEST))
  const scene = { registry, actor, draftId, md5: blob?.md5 ?? 'unknown' }
  // Condemned and past its grace: the collection below may take it at once.
  await collect(registry, 3600)

  const turns = new Turns()
  const side = (name: string) => takingTurns(registry, () => turns.turn(name), granularity)
  let promised = false
  const ends = await turns.run(
    {
      collection: () => collect(side('collection'), 0),
      rival: async () => {
        promised = await act({ ...scene, registry: side('rival') })
      },
    },
    orders(random, ['collection', 'rival']),
  )
  assert.equal(ends.collection?.status, 'fulfilled', String(reasonOf(ends.collection)))
  const refusal = reasonOf(ends.rival)
  if (refusal !== undefined)
    assert.ok(
      isRegistryError(refusal, 'registry_unavailable') || isRegistryError(refusal, 'blob_missing'),
      String(refusal),
    )
  await checkBytes(registry, promised)
  await release(registry, actor, draftId)
  sleep(2 * DAY)
  await collect(registry, 0)
  assert.equal(await registry.blobs.stat(DIGEST), undefined, 'when quiet, no orphan is left')
  return promised
}

function collect(registry: Registry, graceSeconds: number) {
  return collectGarbage(registry, { graceSeconds, searchStore: true, pause: async () => {} })
}

/** A row stands for bytes, always; and who was promised them has a row. */
async function checkBytes(registry: Registry, promised: boolean): Promise<void> {
  const row = await registry.metadata.read((tx) => tx.blobs.find(DIGEST))
  const bytes = await registry.blobs.stat(DIGEST)
  if (promised) assert.ok(row !== undefined, 'promised bytes have lost their row')
  if (row !== undefined) assert.ok(bytes !== undefined, 'a row without bytes')
  if (promised && row !== undefined) await registry.blobs.send(row, null, async () => {})
}

/** Nothing needs the bytes any more. */
async function release(registry: Registry, actor: Actor, draftId: string): Promise<void> {
  const { metadata } = registry
  const version = await metadata.read((tx) => tx.versions.findById(draftId))
  if (version !== undefined)
    await deleteVersion(registry, actor, { versionId: draftId, dropAliases: true })
  else await metadata.transaction((tx) => tx.discards.addDraft(draftId))
  const { owner } = collectionOf(actor)
  const { run } = await upsertRun(registry, actor, { owner, name: 'r', fields: {} })
  const file = { runId: run.id, name: 'f', expected: {} }
  await receiveRunFile(registry, { ...file, feed: feedOf('other bytes') })
}

function reasonOf(end: PromiseSettledResult<unknown> | undefined): unknown {
  return end?.status === 'rejected' ? end.reason : undefined
}

function registryOver(metadata: MetadataStore, seed: number) {
  let time = 1_767_225_600_000_000 + seed * 5 * DAY * 1_000_000
  let ids = 0
  const now = () => {
    time += 1000
    return time
  }
  const newId = () => {
    ids += 1
    return `${seed}x${String(ids).padStart(9, '0')}`
  }
  const registry: Registry = {
    ...{ metadata, blobs: new MemoryBlobStore(now), passwords: argon2Passwords(), now, newId },
    ...{ randomHex: (bytes) => '5a'.repeat(bytes), reservedNames: new Set() },
  }
  const sleep = (seconds: number) => {
    time += seconds * 1_000_000
  }
  return { registry, sleep }
}

races('SQLite', {
  url: async () => 'sqlite::memory:',
  granularity: 'transaction',
  orders: 80,
  skip: false,
})
races('PostgreSQL', {
  url: createTestDatabase,
  granularity: 'statement',
  orders: 12,
  skip: skipPostgres,
})
