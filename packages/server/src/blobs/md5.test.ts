import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { Md5 } from './md5.ts'

const KIB = 1024

async function md5Of(pieces: readonly Uint8Array[]): Promise<string> {
  const md5 = new Md5()
  for (const piece of pieces) {
    md5.update(piece)
    await md5.room()
  }
  return md5.finish()
}

function expected(pieces: readonly Uint8Array[]): string {
  const hash = createHash('md5')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('base64')
}

test('is the MD5 of pieces of any size, here or on another thread', async () => {
  const sizes = fc.oneof(
    fc.nat({ max: 100 }),
    fc.constantFrom(64 * KIB, 256 * KIB - 1, 256 * KIB, 256 * KIB + 1, 1024 * KIB),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(sizes, { maxLength: 8 }), async (lengths) => {
      const pieces = lengths.map((length) => randomBytes(length))
      assert.equal(await md5Of(pieces), expected(pieces))
    }),
    { numRuns: 50 },
  )
})

test('many at once do not mix, and those that are given up are in nobody’s way', async () => {
  const uploads = Array.from({ length: 20 }, () =>
    Array.from({ length: 40 }, () => randomBytes(32 * KIB)),
  )
  const md5s = uploads.map((pieces, at) => {
    if (at % 3 !== 0) return md5Of(pieces)
    new Md5().update(Buffer.concat(pieces))
    return Promise.resolve(expected(pieces))
  })
  assert.deepEqual(await Promise.all(md5s), uploads.map(expected))
})

test('what was given may change at once', async () => {
  const md5 = new Md5()
  const buffer = Buffer.alloc(100 * KIB, 1)
  md5.update(buffer)
  buffer.fill(2)
  for (let at = 0; at < 5; at += 1) md5.update(buffer)
  const pieces = [Buffer.alloc(100 * KIB, 1), Buffer.alloc(500 * KIB, 2)]
  assert.equal(await md5.finish(), expected(pieces))
})
