import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { isRegistryError } from '../errors.ts'
import { CHECK_CHUNK_BYTES } from '../limits.ts'
import type { Blob } from '../model/blob.ts'
import { type ContentDigest, digestOf } from '../model/digest.ts'
import type { Micros } from '../model/time.ts'
import { BlobCorrupt, type BlobStage, type BlobStore } from './blob-store.ts'
import { testStoreAll } from './blob-store-batches.conformance.ts'
import {
  assertCode,
  assertStartsAtNothing,
  bytesOf,
  checksOf,
  cut,
  listed,
  md5Of,
  put,
  receive,
  sorted,
} from './blob-store-fixture.conformance.ts'

/** What the suite needs of a kind of store beside its port. */
export interface StoreUnderTest {
  readonly store: BlobStore
  /** Closes the store and opens the same storage anew, as a restart does. */
  reopen(): Promise<BlobStore>
  /** Turns one bit of stored bytes over. */
  corrupt(digest: ContentDigest, at: number): Promise<void>
  /** Drops everything. */
  destroy(): Promise<void>
}

/** Every promise of `BlobStore`, for one kind of store. */
export function testBlobStore(
  kind: string,
  open: (now: () => Micros) => Promise<StoreUnderTest>,
): void {
  describe(`BlobStore (${kind})`, () => {
    let time = 1_700_000_000_000_000
    let tested: StoreUnderTest
    let store: BlobStore
    before(async () => {
      tested = await open(() => time)
      store = tested.store
    })
    after(() => tested.destroy())
    const context: Context = {
      store: () => store,
      reopen: async () => {
        store = await tested.reopen()
      },
      corrupt: (digest, at) => tested.corrupt(digest, at),
      now: () => time,
      passSeconds: (seconds) => {
        time += seconds * 1e6
      },
    }
    describe('commit', () => testCommit(context))
    describe('storeAll', () => testStoreAll(context.store))
    describe('a stage with an id', () => testNamedStage(context))
    describe('send', () => testSend(context))
    describe('corrupt bytes', () => testCorruption(context))
    describe('delete, list, dropStages', () => testRemoval(context))
  })
}

interface Context {
  store(): BlobStore
  reopen(): Promise<void>
  corrupt(digest: ContentDigest, at: number): Promise<void>
  now(): Micros
  passSeconds(seconds: number): void
}

const BORDERS = [
  0,
  1,
  CHECK_CHUNK_BYTES - 1,
  CHECK_CHUNK_BYTES,
  CHECK_CHUNK_BYTES + 1,
  2 * CHECK_CHUNK_BYTES + 7,
]

function testCommit({ store }: Context): void {
  for (const size of BORDERS) {
    it(`says what ${size} bytes are, and finds them`, async () => {
      const bytes = bytesOf(size)
      const stage = await store().stage()
      for (const chunk of cut(bytes, 1_000_003)) await stage.append(chunk)
      assert.equal(await store().stat(digestOf(bytes)), undefined, 'not before its commit')

      const blob = await stage.commit()

      assert.deepEqual(blob, {
        digest: digestOf(bytes),
        size,
        md5: md5Of(bytes),
        checks: checksOf(bytes),
      })
      assert.deepEqual(await store().stat(blob.digest), { size })
      assert.ok(bytes.equals(await receive(store(), blob)))
    })
  }

  it('gives one blob however the bytes are cut and wherever they pause', async () => {
    const lengths = fc.array(fc.nat(400_000), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(30), fc.uuid(), async (chunkLengths, pauseAt, id) => {
        const bytes = bytesOf(
          chunkLengths.reduce((sum, length) => sum + length, 0),
          chunkLengths.length,
        )
        let stage = await store().stage(id)
        let at = 0
        for (const [index, length] of chunkLengths.entries()) {
          if (index === pauseAt) {
            await stage.pause()
            stage = await store().stage(id)
            assert.equal(stage.offset, at)
          }
          await stage.append(bytes.subarray(at, at + length))
          at += length
        }
        const blob = await stage.commit({ size: at, digest: digestOf(bytes), md5: md5Of(bytes) })
        assert.deepEqual(blob.checks, checksOf(bytes))
        assert.ok(bytes.equals(await receive(store(), blob)))
      }),
      { numRuns: 25 },
    )
  })

  it('succeeds for the same bytes at once and again', async () => {
    const bytes = bytesOf(300_000, 11)
    const digest = digestOf(bytes)
    const blobs = await Promise.all(Array.from({ length: 12 }, () => put(store(), bytes)))
    blobs.push(await put(store(), bytes))
    for (const blob of blobs) assert.equal(blob.digest, digest)
    assert.equal((await listed(store())).filter((blob) => blob.digest === digest).length, 1)
  })

  const bytes = bytesOf(70_000, 12)
  const wrong = [
    { field: 'size', expected: 70_001, actual: 70_000 },
    { field: 'digest', expected: digestOf('other'), actual: digestOf(bytes) },
    { field: 'md5', expected: md5Of(Buffer.from('other')), actual: md5Of(bytes) },
  ]
  for (const mismatch of wrong) {
    it(`leaves nothing when the ${mismatch.field} differs`, async () => {
      const id = `mismatch-${mismatch.field}`
      const stage = await store().stage(id)
      await stage.append(bytes)
      await assert.rejects(stage.commit({ [mismatch.field]: mismatch.expected }), (error) => {
        assert.ok(isRegistryError(error, 'digest_mismatch'))
        assert.deepEqual(error.details, mismatch)
        return true
      })
      assert.equal(await store().stat(digestOf(bytes)), undefined)
      await assertStartsAtNothing(store(), id)
    })
  }

  it('refuses every call but abort once the stage is over', async () => {
    for (const end of ['commit', 'pause', 'abort'] as const) {
      const stage = await store().stage(`over-${end}`)
      await stage.append(bytesOf(10, 13))
      await stage[end]()
      await assert.rejects(stage.append(bytesOf(10, 13)))
      await assert.rejects(stage.commit())
      await assert.rejects(stage.pause())
      await stage.abort()
    }
    assert.deepEqual(await store().stat(digestOf(bytesOf(10, 13))), { size: 10 })
  })
}

function testNamedStage({ store, reopen }: Context): void {
  const bytes = bytesOf(CHECK_CHUNK_BYTES + 500_000, 21)
  const half = CHECK_CHUNK_BYTES - 100

  it('goes on after a pause', async () => {
    const first = await store().stage('paused')
    assert.equal(first.offset, 0)
    await first.append(bytes.subarray(0, half))
    assert.equal(first.offset, half)
    await first.pause()
    const second = await store().stage('paused')
    assert.equal(second.offset, half)
    await second.append(bytes.subarray(half))
    const blob = await second.commit({ digest: digestOf(bytes) })
    assert.deepEqual(blob.checks, checksOf(bytes))
    await assertStartsAtNothing(store(), 'paused')
  })

  it('goes on after a restart', async () => {
    const first = await store().stage('restarted')
    await first.append(bytes.subarray(0, half))
    await reopen()
    const second = await store().stage('restarted')
    assert.equal(second.offset, half)
    await second.append(bytes.subarray(half))
    const blob = await second.commit({ digest: digestOf(bytes), md5: md5Of(bytes) })
    assert.deepEqual(blob.checks, checksOf(bytes))
  })

  it('is taken over by a later one, which misses nothing', async () => {
    const earlier = await store().stage('taken')
    await earlier.append(bytes.subarray(0, half))
    const later = await store().stage('taken')
    assert.equal(later.offset, half)
    await assertCode(earlier.append(bytes.subarray(half)), 'upload_incomplete')
    await assertCode(earlier.pause(), 'upload_incomplete')
    await assertCode(earlier.commit(), 'upload_incomplete')
    await earlier.abort()
    await later.append(bytes.subarray(half))
    await later.commit({ digest: digestOf(bytes) })
  })

  it('is taken over by the last of many at once', async () => {
    const stages = await Promise.all(Array.from({ length: 8 }, () => store().stage('many')))
    const attempts = stages.map(async (stage) => stage.append(bytes.subarray(0, 10)))
    const settled = await Promise.allSettled(attempts)
    assert.deepEqual(
      settled.map((attempt) => attempt.status),
      [...Array(7).fill('rejected'), 'fulfilled'],
    )
    await stages.at(-1)?.abort()
  })

  it('lets a running commit end before it is taken over', async () => {
    const small = bytesOf(5_000, 22)
    const earlier = await store().stage('committing')
    await earlier.append(small)
    const [blob, later] = await Promise.all([earlier.commit(), store().stage('committing')])
    assert.equal(later.offset, 0)
    assert.deepEqual(await store().stat(blob.digest), { size: small.length })
    await later.abort()
  })

  it('can be begun anew while an earlier one is being dropped', async () => {
    const endings = [
      (stage: BlobStage) => stage.abort(),
      (stage: BlobStage) => assertCode(stage.commit({ size: 1 }), 'digest_mismatch'),
    ]
    for (const end of endings) {
      for (let round = 0; round < 20; round += 1) {
        const earlier = await store().stage('dropping')
        await earlier.append(bytes.subarray(0, 10))
        const ending = end(earlier)
        for (let turns = 0; turns < round; turns += 1) await null
        const later = await store().stage('dropping')
        assert.equal(later.offset, 0)
        await later.append(bytes.subarray(0, 20))
        await later.commit({ digest: digestOf(bytes.subarray(0, 20)) })
        await ending
      }
    }
  })

  it('is dropped by abort, and by pause when it has no id', async () => {
    const stage = await store().stage('aborted')
    await stage.append(bytes.subarray(0, 10))
    await stage.abort()
    await stage.abort()
    await assertStartsAtNothing(store(), 'aborted')
    const unnamed = await store().stage()
    await unnamed.append(bytes.subarray(0, 10))
    await unnamed.pause()
    await assert.rejects(unnamed.commit())
  })

  it('takes any text as an id, and never confuses two', async () => {
    const odd = ['../../x', '/etc/passwd', '.', 'a\0b', 'a', 'A', '\u00e9', 'e\u0301']
    const ids = ['', ...odd, 'x'.repeat(10_000)]
    for (const [index, id] of ids.entries()) {
      const stage = await store().stage(id)
      await stage.append(bytes.subarray(0, index + 1))
      await stage.pause()
    }
    for (const [index, id] of ids.entries()) {
      const stage = await store().stage(id)
      assert.equal(stage.offset, index + 1, JSON.stringify(id.slice(0, 20)))
      await stage.abort()
    }
  })
}

function testSend({ store }: Context): void {
  const bytes = bytesOf(3 * CHECK_CHUNK_BYTES - 5, 31)
  let blob: Blob
  before(async () => {
    blob = await put(store(), bytes)
  })

  it('gives exactly the range', async () => {
    const border = fc.constantFrom(
      ...[0, 1, 2, 3].flatMap((chunk) => [-1, 0, 1].map((by) => chunk * CHECK_CHUNK_BYTES + by)),
    )
    const position = fc
      .oneof(border, fc.nat(bytes.length - 1))
      .map((at) => Math.min(Math.max(at, 0), bytes.length - 1))
    await fc.assert(
      fc.asyncProperty(position, position, async (one, other) => {
        const range = { first: Math.min(one, other), last: Math.max(one, other) }
        const got = await receive(store(), blob, range)
        assert.ok(got.equals(bytes.subarray(range.first, range.last + 1)))
      }),
      { numRuns: 40 },
    )
  })

  it('refuses a range that is not within the blob', async () => {
    const outside = [
      { first: 0, last: bytes.length },
      { first: -1, last: 5 },
      { first: 6, last: 5 },
      { first: bytes.length, last: bytes.length },
    ]
    for (const range of outside) {
      await assertCode(receive(store(), blob, range), 'range_not_satisfiable')
    }
  })

  it('does not touch a chunk while the sink holds it', async () => {
    let at = 0
    await store().send(blob, null, async (chunk) => {
      await sleep(20)
      assert.ok(bytes.subarray(at, at + chunk.length).equals(chunk))
      at += chunk.length
    })
    assert.equal(at, bytes.length)
  })

  it('serves many slow readers at once', async () => {
    const readers = Array.from({ length: 20 }, async () => {
      let at = 0
      await store().send(blob, null, async (chunk) => {
        await sleep(5)
        assert.ok(bytes.subarray(at, at + chunk.length).equals(chunk))
        at += chunk.length
      })
      assert.equal(at, bytes.length)
    })
    await Promise.all(readers)
  })

  it('stops with the error of the sink', async () => {
    const gone = new Error('the reader has gone')
    let calls = 0
    const sending = store().send(blob, null, async () => {
      calls += 1
      throw gone
    })
    await assert.rejects(sending, gone)
    assert.equal(calls, 1)
  })

  it('says when a blob is not here', async () => {
    const missing = { digest: digestOf('missing'), size: 0, checks: new Uint8Array() }
    await assertCode(receive(store(), missing), 'blob_missing')
    assert.equal(await store().stat(missing.digest), undefined)
  })
}

function testCorruption({ store, corrupt }: Context): void {
  const bytes = bytesOf(2 * CHECK_CHUNK_BYTES + 1_000, 41)
  const bad = CHECK_CHUNK_BYTES + 17

  it('never leave: not their chunk and nothing after it', async () => {
    const blob = await put(store(), bytes)
    await corrupt(blob.digest, bad)
    const sent: Buffer[] = []
    const sending = store().send(blob, null, async (chunk) => {
      sent.push(Buffer.from(chunk))
    })
    await assert.rejects(sending, (error) => {
      assert.ok(error instanceof BlobCorrupt)
      assert.equal(error.digest, blob.digest)
      return true
    })
    assert.ok(Buffer.concat(sent).equals(bytes.subarray(0, CHECK_CHUNK_BYTES)))

    const elsewhere = { first: CHECK_CHUNK_BYTES + 900_000, last: CHECK_CHUNK_BYTES + 900_001 }
    await assert.rejects(receive(store(), blob, elsewhere), BlobCorrupt)
    const good = { first: 2 * CHECK_CHUNK_BYTES, last: 2 * CHECK_CHUNK_BYTES + 9 }
    assert.equal((await receive(store(), blob, good)).length, 10)
  })

  it('are mended when the same bytes are committed again', async () => {
    const blob = await put(store(), bytes)
    assert.ok(bytes.equals(await receive(store(), blob)))
  })

  it('are what has no check value, or fewer bytes than its row says', async () => {
    const blob = await put(store(), bytesOf(1_000, 42))
    const unchecked = { ...blob, checks: new Uint8Array() }
    await assert.rejects(receive(store(), unchecked), BlobCorrupt)
    await assert.rejects(receive(store(), { ...blob, size: 1_001 }), BlobCorrupt)
  })
}

function testRemoval({ store, now, passSeconds }: Context): void {
  it('deletes once', async () => {
    const blob = await put(store(), bytesOf(2_000, 51))
    assert.equal(await store().delete(blob.digest), true)
    assert.equal(await store().delete(blob.digest), false)
    assert.equal(await store().stat(blob.digest), undefined)
    await assertCode(receive(store(), blob), 'blob_missing')
  })

  it('lists what was committed, and no stage', async () => {
    const before = await listed(store())
    const blobs = await Promise.all([52, 53, 54].map((seed) => put(store(), bytesOf(seed, seed))))
    const stage = await store().stage('listed')
    await stage.append(bytesOf(10, 55))
    const added = blobs.map(({ digest, size }) => ({ digest, size }))
    assert.deepEqual(sorted(await listed(store())), sorted([...before, ...added]))
    await stage.abort()
  })

  it('drops stages that nobody has touched, and no other', async () => {
    passSeconds(1)
    await store().dropStages(now())
    for (const id of ['old', 'renewed', 'open']) {
      const stage = await store().stage(id)
      await stage.append(bytesOf(1_000, 56))
      await stage.pause()
    }
    passSeconds(100)
    const before = now()
    let paused = 0
    for await (const { size, touchedAt } of store().listStages()) {
      assert.equal(size, 1_000)
      assert.ok(touchedAt < before)
      paused += 1
    }
    assert.equal(paused, 3)
    passSeconds(100)
    await (await store().stage('renewed')).pause()
    const open = await store().stage('open')
    passSeconds(100)

    assert.equal(await store().dropStages(before), 1)

    await assertStartsAtNothing(store(), 'old')
    const renewed = await store().stage('renewed')
    assert.equal(renewed.offset, 1_000)
    await renewed.abort()
    assert.equal(await store().dropStages(now()), 0, 'an open stage stays')
    await open.commit({ size: 1_000 })
  })

  it('can be written to', () => store().probe())
}
