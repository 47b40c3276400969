import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type ErrorCode, isRegistryError } from '../errors.ts'
import { CHECK_CHUNK_BYTES } from '../limits.ts'
import type { Blob, ByteRange } from '../model/blob.ts'
import type { BlobStore } from './blob-store.ts'

/** Bytes that look random and are the same in every run. */
export function bytesOf(size: number, seed = 1): Buffer {
  const words = new Uint32Array(Math.ceil(size / 4))
  let state = seed * 2_654_435_761 + 1
  for (let index = 0; index < words.length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    words[index] = state
  }
  return Buffer.from(words.buffer, 0, size)
}

export async function put(store: BlobStore, bytes: Buffer): Promise<Blob> {
  const stage = await store.stage()
  await stage.append(bytes)
  return await stage.commit()
}

export async function receive(
  store: BlobStore,
  blob: Pick<Blob, 'digest' | 'size' | 'checks'>,
  range: ByteRange | null = null,
): Promise<Buffer> {
  const parts: Buffer[] = []
  await store.send(blob, range, async (chunk) => {
    parts.push(Buffer.from(chunk))
  })
  return Buffer.concat(parts)
}

export async function assertStartsAtNothing(store: BlobStore, id: string): Promise<void> {
  const stage = await store.stage(id)
  assert.equal(stage.offset, 0)
  await stage.abort()
}

export async function assertCode(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(isRegistryError(error, code), String(error))
    return true
  })
}

export type Listed = Pick<Blob, 'digest' | 'size'>

export async function listed(store: BlobStore): Promise<Listed[]> {
  const blobs: Listed[] = []
  for await (const blob of store.list()) blobs.push(blob)
  return blobs
}

export function sorted(blobs: readonly Listed[]): Listed[] {
  return blobs.toSorted((one, other) => (one.digest < other.digest ? -1 : 1))
}

export function cut(bytes: Buffer, length: number): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += length) parts.push(bytes.subarray(at, at + length))
  return parts
}

export function md5Of(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64')
}

export function checksOf(bytes: Buffer): Uint8Array {
  const chunks = cut(bytes, CHECK_CHUNK_BYTES)
  const packed = Buffer.alloc(chunks.length * 4)
  for (const [index, chunk] of chunks.entries()) packed.writeUInt32BE(crc32(chunk), index * 4)
  return new Uint8Array(packed)
}
