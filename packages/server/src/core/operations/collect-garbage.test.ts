import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { addVersion, collectionOf, entryOf, feedOf } from '../../../test/builders.ts'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import { MemoryBlobStore } from '../../blobs/memory.ts'
import { openMetadataStore } from '../../metadata/open.ts'
import { argon2Passwords } from '../../passwords/argon2.ts'
import { isRegistryError, RegistryError } from '../errors.ts'
import { type Actor, SYSTEM } from '../model/actor.ts'
import { digestOf } from '../model/digest.ts'
import type { BlobStore, Registry } from '../registry.ts'
import { abandonDraft } from './abandon-draft.ts'
import { bootstrapRegistry } from './bootstrap-registry.ts'
import { changeVersion } from './change-version.ts'
import { claimHeldBlobs } from './claim-held-blobs.ts'
import { collectGarbage, previewGarbage, resumeRemovals } from './collect-garbage.ts'
import { commitVersion } from './commit-version.ts'
import { createDraft } from './create-draft.ts'
import { deleteVersion } from './delete-version.ts'
import { listHistory } from './list-history.ts'
import { promote } from './promote.ts'
import { putDraftEntries } from './put-draft-entries.ts'
import { receiveBlob } from './receive-blob.ts'
import { receiveRunFile } from './receive-run-file.ts'
import { upsertRun } from './upsert-run.ts'

const DAY = 86_400

interface World {
  readonly registry: Registry
  readonly actor: Actor
  readonly blobs: MemoryBlobStore
  /** Lets so many seconds pass. */
  sleep(seconds: number): void
  collect(graceSeconds?: number): ReturnType<typeof collectGarbage>
  has(text: string): Promise<boolean>
}

function collecting(
  kind: string,
  url: () => Promise<string>,
  skip: string | false,
): (name: string, body: (world: World) => Promise<void>) => void {
  return (name, body) =>
    test(`${kind}: ${name}`, { skip }, async () => {
      const metadata = await openMetadataStore({ url: await url() })
      try {
        await body(await worldOver(metadata))
      } finally {
        await metadata.close()
      }
    })
}

async function worldOver(metadata: Registry['metadata']): Promise<World> {
  let time = 1_767_225_600_000_000
  let ids = 0
  const now = () => {
    time += 1
    return time
  }
  const blobs = new MemoryBlobStore(now)
  const newId = () => {
    ids += 1
    return `x${String(ids).padStart(12, '0')}`
  }
  const randomHex = (bytes: number) => '5a'.repeat(bytes)
  const registry = {
    ...{ metadata, blobs, passwords: argon2Passwords(), now, newId, randomHex },
    reservedNames: new Set<string>(),
  }
  await bootstrapRegistry(registry, {})
  const user = await metadata.read((tx) => tx.users.find('admin'))
  assert.ok(user !== undefined)
  return {
    registry,
    blobs,
    actor: { ...SYSTEM, userId: user.id, username: 'admin', entityId: user.entityId },
    sleep: (seconds) => {
      time += seconds * 1_000_000
    },
    collect: (graceSeconds = 3600) =>
      collectGarbage(registry, { graceSeconds, searchStore: true, pause: async () => {} }),
    has: async (text) => (await blobs.stat(digestOf(text))) !== undefined,
  }
}

async function openDraft({ registry, actor }: World, files: Readonly<Record<string, string>>) {
  const created = await createDraft(registry, actor, {
    collection: collectionOf(actor),
    artifactType: 'model',
    makeProject: true,
    entries: Object.entries(files).map(([path, text]) => entryOf(path, text)),
  })
  assert.ok(created.kind === 'draft')
  return created.draft.id
}

/** As if the process had died where `broken` says. */
function brokenAt(registry: Registry, broken: Partial<BlobStore>): Registry {
  const blobs = new Proxy(registry.blobs, {
    get: (target, name) => {
      const given = Reflect.get(broken, name) ?? Reflect.get(target, name, target)
      return typeof given === 'function' ? given.bind(target) : given
    },
  })
  return { ...registry, blobs }
}

const nothing = async () => {}

for (const [kind, url, skip] of [
  ['SQLite', async () => 'sqlite::memory:', false],
  ['PostgreSQL', createTestDatabase, skipPostgres],
] as const)
  describe(`garbage collection on ${kind}`, () => {
    const when = collecting(kind, url, skip)

    when('what a deleted version alone had goes after the grace, and no sooner', async (world) => {
      const { registry, actor, collect, has, sleep } = world
      const gone = await addVersion(registry, actor, { files: { a: 'shared', b: 'own' } })
      await addVersion(registry, actor, { files: { a: 'shared', c: 'other' } })
      await deleteVersion(registry, actor, { versionId: gone.version.id, dropAliases: true })

      const first = await collect()
      assert.deepEqual([first?.discarded, first?.condemned, first?.removedBlobs], [1, 1, 0])
      assert.equal(await registry.metadata.read((tx) => tx.manifests.count(gone.version.id)), 0)
      sleep(3590)
      assert.equal((await collect())?.removedBlobs, 0)
      assert.ok(await has('own'))
      sleep(20)
      const last = await collect()
      assert.deepEqual([last?.removedBlobs, last?.removedBytes], [1, 3])
      assert.ok(!(await has('own')))
      assert.ok((await has('shared')) && (await has('other')))
      const row = await registry.metadata.read((tx) => tx.blobs.find(digestOf('own')))
      assert.equal(row, undefined)
    })

    when('a preview counts and changes nothing', async (world) => {
      const { registry, actor, collect, sleep } = world
      const gone = await addVersion(registry, actor, { files: { a: 'old' } })
      await addVersion(registry, actor, { files: { a: 'new' } })
      await openDraft(world, { a: 'never sent' })
      const dated = await addVersion(registry, actor, { files: { a: 'dated' } })
      await changeVersion(registry, actor, { versionId: dated.version.id, ttlSeconds: 60 })
      await deleteVersion(registry, actor, { versionId: gone.version.id, dropAliases: true })
      const look = () => previewGarbage(registry, { graceSeconds: 0, pause: nothing })
      const none = { unneededBlobs: 0, unneededBytes: 0, removableBlobs: 0, removableBytes: 0 }
      sleep(8 * DAY)
      const expected = { expiredVersions: 1, expiredDrafts: 1, discarded: 1, ...none }
      assert.deepEqual(await look(), expected)
      assert.deepEqual(await look(), expected)
      await collect(100 * DAY)
      const bytes = { unneededBytes: 8, removableBytes: 8 }
      assert.deepEqual(await look(), {
        ...{ expiredVersions: 0, expiredDrafts: 0, discarded: 0 },
        ...{ unneededBlobs: 2, removableBlobs: 2, ...bytes },
      })
    })

    when('an upload, and an entry that names it, take a condemned blob back', async (world) => {
      const { registry, actor, collect, has, sleep } = world
      const gone = await addVersion(registry, actor, { files: { a: 'again', b: 'named' } })
      await deleteVersion(registry, actor, { versionId: gone.version.id, dropAliases: true })
      assert.equal((await collect())?.condemned, 2)
      const draftId = await openDraft(world, { b: 'named' })
      await receiveBlob(registry, { draftId, expected: {}, feed: feedOf('again') })
      sleep(2 * 3600)
      assert.equal((await collect())?.removedBlobs, 0)
      await putDraftEntries(registry, actor, { draftId, entries: [entryOf('a', 'again')] })
      const committed = await commitVersion(registry, actor, { draftId })
      assert.equal(committed.created, true)
      sleep(2 * 3600)
      await collect()
      assert.ok((await has('again')) && (await has('named')))
    })

    when('who is told that bytes are here may count on them', async (world) => {
      const { registry, actor, collect, has, sleep } = world
      const { version } = await addVersion(registry, actor, { files: { a: 'told' } })
      const draftId = await openDraft(world, {})
      const blob = await registry.metadata.read((tx) => tx.blobs.find(digestOf('told')))
      assert.ok(blob !== undefined)
      const held = await claimHeldBlobs(registry, actor, { draftId, md5s: [blob.md5] })
      assert.equal(held.get(blob.md5)?.digest, blob.digest)
      await deleteVersion(registry, actor, { versionId: version.id, dropAliases: true })
      for (const _ of [1, 2]) {
        await collect()
        sleep(5 * 3600)
      }
      assert.ok(await has('told'))
      const entries = [entryOf('a', 'told')]
      assert.equal((await commitVersion(registry, actor, { draftId, entries })).created, true)
    })

    when('a draft that nobody touches expires with all it has', async (world) => {
      const { registry, collect, has, sleep } = world
      const draftId = await openDraft(world, { a: 'one' })
      await receiveBlob(registry, { draftId, expected: {}, feed: feedOf('one') })
      sleep(6 * DAY)
      await receiveBlob(registry, { draftId, expected: {}, feed: feedOf('two') })
      sleep(6 * DAY)
      assert.equal((await collect())?.expiredDrafts, 0, 'bytes have come for it')
      sleep(2 * DAY)
      const last = await collect()
      assert.deepEqual([last?.expiredDrafts, last?.discarded, last?.condemned], [1, 1, 2])
      sleep(DAY)
      assert.equal((await collect())?.removedBlobs, 2)
      assert.ok(!(await has('one')) && !(await has('two')))
      await assert.rejects(
        receiveBlob(registry, { draftId, expected: {}, feed: feedOf('one') }),
        (error) => isRegistryError(error, 'draft_not_found'),
      )
    })

    when('a draft that is asked for again by its key lives on', async (world) => {
      const { registry, actor, collect, sleep } = world
      const begin = () =>
        createDraft(registry, actor, {
          ...{ collection: collectionOf(actor), artifactType: 'model', makeProject: true },
          clientKey: 'mine',
        })
      const first = await begin()
      sleep(6 * DAY)
      assert.deepEqual((await begin()).kind === 'draft' && first.kind, 'draft')
      sleep(6 * DAY)
      assert.equal((await collect())?.expiredDrafts, 0)
      sleep(2 * DAY)
      assert.equal((await collect())?.expiredDrafts, 1)
      const fresh = await begin()
      assert.ok(fresh.kind === 'draft' && first.kind === 'draft')
      assert.notEqual(fresh.draft.id, first.draft.id)
    })

    when('an abandoned draft leaves its bytes, and a replaced run file too', async (world) => {
      const { registry, actor, collect, has, sleep } = world
      const draftId = await openDraft(world, { a: 'abandoned' })
      await receiveBlob(registry, { draftId, expected: {}, feed: feedOf('abandoned') })
      await abandonDraft(registry, actor, { draftId })
      const owner = collectionOf(actor).owner
      const { run } = await upsertRun(registry, actor, { owner, name: 'r', fields: {} })
      const file = { runId: run.id, name: 'config.yaml', expected: {} }
      await receiveRunFile(registry, { ...file, feed: feedOf('first') })
      await receiveRunFile(registry, { ...file, feed: feedOf('second') })
      await collect()
      sleep(DAY)
      assert.equal((await collect())?.removedBlobs, 2)
      assert.ok(!(await has('abandoned')) && !(await has('first')) && (await has('second')))
    })

    when('a version ends with its TTL, unless an alias points to it', async (world) => {
      const { registry, actor, collect, sleep } = world
      const collection = collectionOf(actor)
      const old = await addVersion(registry, actor, { files: { a: 'old' } })
      const served = await addVersion(registry, actor, { files: { a: 'served' } })
      const young = await addVersion(registry, actor, { files: { a: 'young' } })
      for (const [{ version }, ttlSeconds] of [
        [old, 60],
        [served, 60],
        [young, 30 * DAY],
      ] as const)
        await changeVersion(registry, actor, { versionId: version.id, ttlSeconds })
      const to = { kind: 'index', index: 1 } as const
      await promote(registry, actor, { collection, alias: 'staging', selector: to })
      sleep(DAY)
      assert.equal((await collect())?.expiredVersions, 1)
      const states = await registry.metadata.read((tx) =>
        tx.versions.findMany([old, served, young].map(({ version }) => version.id)),
      )
      const state = (id: string) => states.find((version) => version.id === id)?.state
      assert.deepEqual(
        [old, served, young].map(({ version }) => state(version.id)),
        ['deleted', 'committed', 'committed'],
      )
      assert.equal((await collect())?.expiredVersions, 0)
    })

    when('the log says that the last version left with its TTL', async (world) => {
      const { registry, actor, collect, sleep } = world
      const { version } = await addVersion(registry, actor, { files: { a: 'last' } })
      await changeVersion(registry, actor, { versionId: version.id, ttlSeconds: 60 })
      sleep(DAY)
      await collect()
      const history = await listHistory(registry, actor, {
        ...{ collection: collectionOf(actor), alias: 'latest', before: null, limit: 1 },
      })
      const [entry] = history.page.items
      assert.equal(entry?.cause, 'expiry')
      assert.equal(entry?.actorName, 'system')
    })

    when('bytes whose row was never written go after the grace', async (world) => {
      const { registry, blobs, collect, has, sleep } = world
      const stage = await blobs.stage()
      await stage.append(Buffer.from('orphan'))
      await stage.commit()
      assert.equal((await collect())?.orphans, 1)
      assert.equal((await collect())?.orphans, 0)
      sleep(DAY)
      assert.equal((await collect())?.removedBlobs, 1)
      assert.ok(!(await has('orphan')))
      // And an upload of the same bytes takes them back.
      const again = await blobs.stage()
      await again.append(Buffer.from('orphan'))
      await again.commit()
      await collect()
      const draftId = await openDraft(world, { a: 'orphan' })
      await receiveBlob(registry, { draftId, expected: {}, feed: feedOf('orphan') })
      sleep(DAY)
      await collect()
      assert.ok(await has('orphan'))
      const row = await registry.metadata.read((tx) => tx.blobs.find(digestOf('orphan')))
      assert.equal(row?.checks.length, 4, 'the row is whole')
    })

    when('a removal that broke off is named, shuts uploads out, and is ended', async (world) => {
      const { registry, actor, collect, has, sleep } = world
      const gone = await addVersion(registry, actor, { files: { a: 'half' } })
      await deleteVersion(registry, actor, { versionId: gone.version.id, dropAliases: true })
      await collect()
      sleep(DAY)
      const dead = brokenAt(registry, {
        delete: () => Promise.reject(new RegistryError('registry_unavailable', 'EIO')),
      })
      const input = { graceSeconds: 3600, searchStore: false, pause: nothing }
      await assert.rejects(collectGarbage(dead, input), /EIO/)
      const removing = () => registry.metadata.read((tx) => tx.garbage.listRemoving(10))
      assert.deepEqual(await removing(), [digestOf('half')])
      const draftId = await openDraft(world, { a: 'half' })
      const send = () => receiveBlob(registry, { draftId, expected: {}, feed: feedOf('half') })
      await assert.rejects(send, (error) => isRegistryError(error, 'registry_unavailable'))
      await assert.rejects(commitVersion(registry, actor, { draftId }), (error) =>
        isRegistryError(error, 'blob_missing'),
      )
      assert.equal(await resumeRemovals(registry), true)
      assert.deepEqual(await removing(), [])
      assert.ok(!(await has('half')))
      await send()
      assert.equal((await commitVersion(registry, actor, { draftId })).created, true)
    })

    when('one collection at a time; a dead one is taken over', async (world) => {
      const { registry, collect, sleep } = world
      const now = registry.now()
      const dead = { name: 'garbage', holder: 'dead', now, until: now + 30_000_000 }
      await registry.metadata.transaction((tx) => tx.leases.take(dead))
      assert.equal(await collect(), null)
      assert.equal(await resumeRemovals(registry), false)
      sleep(31)
      assert.notEqual(await collect(), null)
      assert.notEqual(await collect(), null, 'it was given back')
    })

    when('a large draft goes in many small steps', async (world) => {
      const { registry, actor, sleep } = world
      const draftId = await openDraft(world, {})
      const entries = Array.from({ length: 1000 }, (_, at) => entryOf(`f${at}`, 'same'))
      await putDraftEntries(registry, actor, { draftId, entries })
      sleep(8 * DAY)
      let steps = 0
      const pause = async () => {
        steps += 1
      }
      const input = { graceSeconds: 0, searchStore: false, pause }
      assert.equal((await collectGarbage(registry, input))?.discarded, 1)
      assert.ok(steps >= 5)
      assert.equal(await registry.metadata.read((tx) => tx.manifests.count(draftId)), 0)
    })
  })
