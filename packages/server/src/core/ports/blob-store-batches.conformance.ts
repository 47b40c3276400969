import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isRegistryError } from '../errors.ts'
import { digestOf } from '../model/digest.ts'
import type { BlobStore } from './blob-store.ts'
import { bytesOf, checksOf, listed, md5Of, put, receive } from './blob-store-fixture.conformance.ts'

/** Blobs that come in together, for one kind of store. */
export function testStoreAll(store: () => BlobStore): void {
  const small = (seed: number, size = 100 + seed) => {
    const bytes = bytesOf(size, seed)
    return { digest: digestOf(bytes), bytes }
  }

  it('stores each as its commit would', async () => {
    const blobs = [small(101), small(102, 0), small(103, 256 * 1024)]
    const stored = await store().storeAll(blobs)
    assert.deepEqual(
      stored,
      blobs.map(({ digest, bytes }) => ({
        digest,
        size: bytes.length,
        md5: md5Of(bytes),
        checks: checksOf(bytes),
      })),
    )
    for (const [nth, blob] of stored.entries())
      assert.deepEqual(await receive(store(), blob), blobs[nth]?.bytes)
  })

  it('refuses all when one is not what its digest says', async () => {
    const [first, wrong] = [small(111), { ...small(112), bytes: bytesOf(5, 113) }]
    await assert.rejects(store().storeAll([first, wrong]), (error) => {
      assert.ok(isRegistryError(error, 'digest_mismatch'))
      assert.deepEqual(error.details, {
        field: 'digest',
        expected: wrong.digest,
        actual: digestOf(wrong.bytes),
      })
      return true
    })
    for (const { digest } of [first, wrong]) assert.equal(await store().stat(digest), undefined)
  })

  it('takes the same blobs in many batches at once, in any order, beside a commit', async () => {
    const blobs = Array.from({ length: 12 }, (_, nth) => small(120 + nth))
    await Promise.all([
      ...Array.from({ length: 8 }, (_, nth) =>
        store().storeAll([...blobs.slice(nth), ...blobs.slice(0, nth)]),
      ),
      store().storeAll(blobs.toReversed()),
      ...blobs.map(({ bytes }) => put(store(), bytes)),
    ])
    const digests = (await listed(store())).map(({ digest }) => digest)
    for (const { digest } of blobs)
      assert.equal(digests.filter((each) => each === digest).length, 1)
  })
}
