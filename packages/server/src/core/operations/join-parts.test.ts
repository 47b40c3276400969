import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { collectionOf, feedOf } from '../../../test/builders.ts'
import { testApp } from '../../../test/test-app.ts'
import { openDiskBlobStore } from '../../blobs/disk.ts'
import { MemoryBlobStore } from '../../blobs/memory.ts'
import { isRegistryError } from '../errors.ts'
import { digestOf } from '../model/digest.ts'
import type { BlobStore, Registry } from '../registry.ts'
import { abandonDraft } from './abandon-draft.ts'
import { collectGarbage } from './collect-garbage.ts'
import { commitVersion } from './commit-version.ts'
import { createDraft } from './create-draft.ts'
import { joinParts } from './join-parts.ts'
import { receiveBlob } from './receive-blob.ts'

const MIB = 1024 * 1024
/** Parts begin and end inside of a check value's chunk, and one is repeated. */
const [A, B] = [randomBytes(5 * MIB + 1), randomBytes(3 * MIB)]
const PARTS = [A, B, Buffer.alloc(0), A, randomBytes(1)]
const WHOLE = Buffer.concat(PARTS)
const MICROS_PER_DAY = 86_400 * 1e6

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64')
}

const INPUT = {
  md5: md5(WHOLE),
  parts: PARTS.map((bytes, at) => ({ number: at + 1, md5: md5(bytes) })),
}

/** The same storage, opened anew. */
type Reopen = () => Promise<BlobStore>

async function withParts(t: TestContext, kind: 'memory' | 'disk') {
  const offset = { micros: 0 }
  const now = () => Date.now() * 1000 + offset.micros
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-parts-'))
  t.after(() => rm(folder, { recursive: true }))
  const memory = new MemoryBlobStore(now)
  const open: Reopen = async () => (kind === 'disk' ? openDiskBlobStore({ folder, now }) : memory)
  const made = await testApp(t, { blobs: await open() })
  const registry: Registry = { ...made.registry, now }
  const created = await createDraft(registry, made.user, {
    collection: collectionOf(made.user),
    artifactType: 'model',
    makeProject: true,
  })
  assert.ok(created.kind === 'draft')
  const draftId = created.draft.id
  for (const bytes of new Set(PARTS))
    await receiveBlob(registry, { draftId, expected: { md5: md5(bytes) }, feed: feedOf(bytes) })
  const input = { ...INPUT, draftId }
  return {
    ...made,
    registry,
    input,
    open,
    passDays: (days: number) => {
      offset.micros += days * MICROS_PER_DAY
    },
  }
}

async function read(registry: Registry): Promise<Buffer> {
  const blob = await registry.metadata.read((tx) => tx.blobs.find(digestOf(WHOLE)))
  assert.ok(blob)
  assert.equal(blob.md5, INPUT.md5)
  const chunks: Uint8Array[] = []
  await registry.blobs.send(blob, null, async (chunk) => void chunks.push(Buffer.from(chunk)))
  return Buffer.concat(chunks)
}

async function blobsOf({ blobs }: Registry): Promise<readonly string[]> {
  const digests: string[] = []
  for await (const { digest } of blobs.list()) digests.push(digest)
  return digests
}

async function stageSizes(blobs: BlobStore): Promise<readonly number[]> {
  const sizes: number[] = []
  for await (const { size } of blobs.listStages()) sizes.push(size)
  return sizes
}

/** A server that stops while it reads the second part. */
function closedAtSecondSend(blobs: BlobStore): BlobStore {
  let sends = 0
  const send: BlobStore['send'] = async (...sent) => {
    sends += 1
    if (sends === 2) await blobs.close()
    return blobs.send(...sent)
  }
  return new Proxy(blobs, {
    get: (store, name) => {
      const found = name === 'send' ? send : Reflect.get(store, name, store)
      return typeof found === 'function' ? found.bind(store) : found
    },
  })
}

for (const kind of ['memory', 'disk'] as const) {
  test(`${kind}: many ask for the same at once, and it is there once`, async (t) => {
    const { registry, user, input } = await withParts(t, kind)
    const asked = Array.from({ length: 6 }, () => joinParts(registry, user, input))
    const results = await Promise.allSettled(asked)
    assert.equal(results.at(-1)?.status, 'fulfilled', 'the last has taken over from the others')
    for (const result of results)
      assert.ok(
        result.status === 'fulfilled' || isRegistryError(result.reason, 'registry_unavailable'),
      )
    assert.ok(WHOLE.equals(await read(registry)))
    await joinParts(registry, user, input)
  })

  test(`${kind}: what was joined before a stop is not joined again`, async (t) => {
    const { registry, user, input, open } = await withParts(t, kind)
    const stopping: Registry = { ...registry, blobs: closedAtSecondSend(registry.blobs) }
    await assert.rejects(joinParts(stopping, user, input), (error) =>
      isRegistryError(error, 'registry_unavailable'),
    )
    assert.deepEqual(await stageSizes(registry.blobs), [A.length], 'the first part is joined')

    const again: Registry = { ...registry, blobs: await open() }
    await joinParts(again, user, input)
    assert.ok(WHOLE.equals(await read(again)))
    await again.blobs.close()
  })

  test(`${kind}: parts are collected once their draft has ended, the whole stays`, async (t) => {
    const { registry, user, input, passDays } = await withParts(t, kind)
    await joinParts(registry, user, input)
    const entry = { path: 'w', digest: digestOf(WHOLE), size: WHOLE.length, reference: null }
    const { draftId } = input
    const collect = async () => {
      await collectGarbage(registry, { graceSeconds: 0, searchStore: true, pause: async () => {} })
      passDays(1)
    }
    await collect()
    await collect()
    assert.equal((await blobsOf(registry)).length, 5, 'the draft is open: all stay')
    await commitVersion(registry, user, {
      draftId,
      entries: [{ ...entry, clientDigest: null, extra: null }],
    })
    for (let times = 0; times < 3; times += 1) await collect()
    assert.deepEqual(await blobsOf(registry), [digestOf(WHOLE)])
  })

  test(`${kind}: parts of a draft that was given up are collected`, async (t) => {
    const { registry, user, input, passDays } = await withParts(t, kind)
    await abandonDraft(registry, user, input)
    const collect = () =>
      collectGarbage(registry, { graceSeconds: 0, searchStore: true, pause: async () => {} })
    await collect()
    passDays(1)
    await collect()
    assert.deepEqual(await blobsOf(registry), [])
  })
}
