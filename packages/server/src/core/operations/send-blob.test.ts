import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { testApp } from '../../../test/test-app.ts'
import { MemoryBlobStore } from '../../blobs/memory.ts'
import { digestOf } from '../model/digest.ts'
import { BlobCorrupt } from '../registry.ts'
import { openFile } from './open-file.ts'
import { sendBlob } from './send-blob.ts'

test('changed bytes are quarantined, asked for again, and mended by the same bytes', async (t) => {
  const blobs = new MemoryBlobStore(() => 0)
  const { registry, user } = await testApp(t, { blobs })
  const collection = collectionOf(user)
  const text = 'weights'
  await addVersion(registry, user, { files: { 'a.bin': text }, collection })
  const selector = { kind: 'index' as const, index: 0 }
  const open = () => openFile(registry, user, { collection, selector, path: 'a.bin' })
  const { blob } = await open()
  assert.ok(blob !== null)
  const sent: Uint8Array[] = []
  const send = () => sendBlob(registry, blob, null, async (chunk) => void sent.push(chunk))

  blobs.corrupt(digestOf(text), 3)
  await assert.rejects(send(), BlobCorrupt)
  assert.deepEqual(sent, [], 'no wrong byte has left')
  await assert.rejects(open(), { code: 'version_quarantined' })
  const held = await registry.metadata.read((tx) => tx.blobs.findHeld('all', [blob.digest]))
  assert.deepEqual(held, [], 'nobody is told that the bytes are here')

  // Whoever sends them again mends them for everybody.
  const other = collectionOf(user, 'other')
  await addVersion(registry, user, { files: { 'b.bin': text }, collection: other })
  assert.deepEqual((await open()).blob, blob)
  await send()
  assert.equal(Buffer.concat(sent).toString(), text)
  const facts = await registry.metadata.read((tx) => tx.events.list({ after: 0, limit: 100 }))
  assert.equal(facts.filter((fact) => fact.kind === 'blob.quarantined').length, 1)
})
