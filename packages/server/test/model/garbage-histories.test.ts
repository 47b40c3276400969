import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { setImmediate as immediate } from 'node:timers/promises'
import { MemoryBlobStore } from '../../src/blobs/memory.ts'
import { isRegistryError } from '../../src/core/errors.ts'
import { type Actor, SYSTEM } from '../../src/core/model/actor.ts'
import type { ContentDigest } from '../../src/core/model/digest.ts'
import { abandonDraft } from '../../src/core/operations/abandon-draft.ts'
import { bootstrapRegistry } from '../../src/core/operations/bootstrap-registry.ts'
import { claimHeldBlobs } from '../../src/core/operations/claim-held-blobs.ts'
import { collectGarbage } from '../../src/core/operations/collect-garbage.ts'
import { commitVersion } from '../../src/core/operations/commit-version.ts'
import { createDraft } from '../../src/core/operations/create-draft.ts'
import { deleteVersion } from '../../src/core/operations/delete-version.ts'
import { receiveBlob } from '../../src/core/operations/receive-blob.ts'
import { receiveRunFile } from '../../src/core/operations/receive-run-file.ts'
import { upsertRun } from '../../src/core/operations/upsert-run.ts'
import { verifyRegistry } from '../../src/core/operations/verify-registry.ts'
import type { MetadataStore, Registry } from '../../src/core/registry.ts'
import { openMetadataStore } from '../../src/metadata/open.ts'
import { argon2Passwords } from '../../src/passwords/argon2.ts'
import { collectionOf, entryOf, feedOf } from '../builders.ts'
import { createTestDatabase, skipPostgres } from '../postgres.ts'
import { type Random, randomOf } from './random.ts'

// Promise I9: garbage collection never takes a blob that a committed version, a running commit or a
// live upload needs; when quiet, every orphan past the grace is gone.

const SEED = process.env.GREENROOM_TEST_SEED
const DAY = 86_400
const WORKERS = 4
/** Few, so that every content is deleted, collected and sent again many times. */
const CONTENTS = Array.from({ length: 12 }, (_, at) => `content ${at}`)
const COLLECTIONS = ['one', 'two']

interface World {
  readonly registry: Registry
  readonly actor: Actor
  readonly random: Random
  readonly versions: string[]
  readonly counts: Record<string, number>
  sleep(seconds: number): void
}

function histories(
  kind: string,
  options: {
    readonly url: () => Promise<string>
    readonly seeds: number
    readonly rounds: number
    readonly skip: string | false
  },
): void {
  describe(`garbage on ${kind}`, { skip: options.skip }, () => {
    const seeds = Array.from({ length: options.seeds }, (_, at) => at + 1)
    for (const seed of SEED === undefined ? seeds : [Number(SEED)]) {
      let metadata: MetadataStore
      before(async () => {
        metadata = await openMetadataStore({ url: await options.url() })
      })
      after(() => metadata.close())
      test(`history ${seed} loses nothing that is needed, and keeps nothing else`, async (t) => {
        const world = await beginWorld(metadata, randomOf(seed))
        const each = Math.ceil(options.rounds / WORKERS)
        await Promise.all(Array.from({ length: WORKERS }, () => work(world, each)))
        await checkNeeded(world.registry)
        await checkQuiet(world)
        t.diagnostic(JSON.stringify(world.counts))
      })
    }
  })
}

async function beginWorld(metadata: MetadataStore, random: Random): Promise<World> {
  let time = 1_767_225_600_000_000
  let ids = 0
  const now = () => {
    time += 1000
    return time
  }
  const newId = () => {
    ids += 1
    return `${random.seed}x${String(ids).padStart(9, '0')}`
  }
  const registry: Registry = {
    ...{ metadata, blobs: new MemoryBlobStore(now), passwords: argon2Passwords(), now, newId },
    ...{ randomHex: (bytes) => '5a'.repeat(bytes), reservedNames: new Set() },
  }
  await bootstrapRegistry(registry, {})
  const user = await metadata.read((tx) => tx.users.find('admin'))
  assert.ok(user !== undefined)
  return {
    registry,
    random,
    actor: { ...SYSTEM, userId: user.id, username: 'admin', entityId: user.entityId },
    versions: [],
    counts: {},
    sleep: (seconds) => {
      time += seconds * 1_000_000
    },
  }
}

async function work(world: World, rounds: number): Promise<void> {
  const { random } = world
  for (let round = 0; round < rounds; round++) {
    const choice = random.below(20)
    if (choice < 8) await logVersion(world)
    else if (choice < 14) await remove(world)
    else if (choice < 15) await saveRunFile(world)
    else await collect(world, random.pick([0, 0, 0, 60]))
    if (random.chance(5)) world.sleep(random.below(10 * DAY))
  }
}

/** A client that logs a version: what it is told of its bytes must hold until the commit. */
async function logVersion(world: World): Promise<void> {
  const { registry, actor, random } = world
  const files = new Map(
    Array.from({ length: 1 + random.below(3) }, (_, at) => [`f${at}`, random.pick(CONTENTS)]),
  )
  const entries = Array.from(files, ([path, text]) => entryOf(path, text))
  const staged = random.chance(50)
  const created = await answered(world, 'draft', () =>
    createDraft(registry, actor, {
      ...{ collection: collectionOf(actor, random.pick(COLLECTIONS)), artifactType: 'model' },
      ...{ makeProject: true, entries: staged ? entries : [], complete: staged },
    }),
  )
  if (created?.kind !== 'draft') return
  const draftId = created.draft.id
  let promised = true
  for (const text of new Set(files.values())) {
    await breathe(random)
    promised = (await bring(world, draftId, text)) && promised
  }
  await breathe(random)
  if (random.chance(15)) {
    await answered(world, 'abandon', () => abandonDraft(registry, actor, { draftId }))
    return
  }
  const input = staged ? { draftId } : { draftId, entries }
  const committed = await answered(world, 'commit', () => commitVersion(registry, actor, input), {
    mayMiss: !promised,
  })
  if (committed !== undefined) world.versions.push(committed.version.id)
}

/** Asks whether the bytes are here, or just sends them. False when neither was acknowledged. */
async function bring(world: World, draftId: string, text: string): Promise<boolean> {
  const { registry, actor, random } = world
  if (random.chance(50)) {
    const md5 = md5Of(text)
    const held = await answered(world, 'ask', () =>
      claimHeldBlobs(registry, actor, { draftId, md5s: [md5] }),
    )
    if (held?.has(md5)) return true
  }
  const send = () => receiveBlob(registry, { draftId, expected: {}, feed: feedOf(text) })
  return (await answered(world, 'upload', send)) !== undefined
}

async function remove({ registry, actor, random, versions, counts }: World): Promise<void> {
  if (versions.length === 0) return
  const [versionId = ''] = versions.splice(random.below(versions.length), 1)
  await answered({ counts }, 'delete', () =>
    deleteVersion(registry, actor, { versionId, dropAliases: true }),
  )
}

async function saveRunFile(world: World): Promise<void> {
  const { registry, actor, random } = world
  const { owner } = collectionOf(actor)
  const { run } = await upsertRun(registry, actor, { owner, name: 'r', fields: {} })
  const file = { runId: run.id, name: random.pick(['a', 'b']), expected: {} }
  await answered(world, 'run file', () =>
    receiveRunFile(registry, { ...file, feed: feedOf(random.pick(CONTENTS)) }),
  )
}

async function collect(world: World, graceSeconds: number): Promise<void> {
  const { registry, random, counts } = world
  const searchStore = random.chance(50)
  const pause = () => breathe(random)
  // Refused when the clock jumps over its lease, and another worker takes it.
  const collected = await answered(world, 'collect', () =>
    collectGarbage(registry, { graceSeconds, searchStore, pause }),
  )
  counts.removed = (counts.removed ?? 0) + (collected?.removedBlobs ?? 0)
}

/** Lets the other workers run in between, or not. */
async function breathe(random: Random): Promise<void> {
  for (let turns = random.below(4); turns > 0; turns--) await immediate()
}

const REFUSALS = ['registry_unavailable', 'draft_not_found', 'version_not_found'] as const

/** Undefined for a refusal that a client mends by itself. Never: bytes lost that were promised. */
async function answered<Value>(
  { counts }: Pick<World, 'counts'>,
  what: string,
  call: () => Promise<Value>,
  { mayMiss = false } = {},
): Promise<Value | undefined> {
  let name = what
  try {
    return await call()
  } catch (error) {
    const code = REFUSALS.find((known) => isRegistryError(error, known))
    if (code === undefined && !(mayMiss && isRegistryError(error, 'blob_missing'))) throw error
    name = `${what}: ${code ?? 'blob_missing'}`
    return undefined
  } finally {
    counts[name] = (counts[name] ?? 0) + 1
  }
}

/** Every version that is not deleted has all its bytes, and everything else holds too. */
async function checkNeeded(registry: Registry): Promise<void> {
  const nothing = async () => {}
  const events = verifyRegistry(registry, {
    ...{ readBlob: () => true, pace: nothing, pause: nothing },
  })
  for await (const event of events)
    if (event.kind === 'finding' && event.finding.kind !== 'bytes_without_row')
      assert.fail(`${event.finding.kind}: ${event.finding.about}: ${event.finding.message}`)
}

/** When nothing is under way and all graces are over, exactly what is needed is stored. */
async function checkQuiet(world: World): Promise<void> {
  const { registry, sleep } = world
  const input = { graceSeconds: 3600, searchStore: true, pause: async () => {} }
  for (let runs = 0; runs < 3; runs++) {
    sleep(8 * DAY)
    assert.notEqual(await collectGarbage(registry, input), null)
  }
  const stored: ContentDigest[] = []
  for await (const { digest } of registry.blobs.list()) stored.push(digest)
  assert.deepEqual(stored, [...(await neededDigests(registry))].sort())
  await checkNeeded(registry)
}

/** Found the long way: by walking all that is not deleted. */
async function neededDigests(registry: Registry): Promise<ReadonlySet<ContentDigest>> {
  return registry.metadata.read(async (tx) => {
    const needed = new Set<ContentDigest>()
    for (const { id, state } of await tx.audit.versions({ after: '', limit: 100_000 })) {
      if (state === 'deleted') continue
      for (const { digest } of await tx.manifests.list({ versionId: id, after: '', limit: 100 }))
        if (digest !== null) needed.add(digest)
    }
    const owner = await tx.owners.find('project', 'admin', 'demo')
    const run = owner && (await tx.runs.find(owner.id, 'r'))
    if (run !== undefined)
      for (const file of await tx.runFiles.list({ runId: run.id, after: '', limit: 100 }))
        needed.add(file.digest)
    return needed
  })
}

function md5Of(text: string): string {
  return createHash('md5').update(text).digest('base64')
}

histories('SQLite', {
  ...{ url: async () => 'sqlite::memory:', seeds: 12, rounds: 400, skip: false },
})
histories('PostgreSQL', { url: createTestDatabase, seeds: 2, rounds: 120, skip: skipPostgres })
