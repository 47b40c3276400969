import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testBlobStore } from '../core/ports/blob-store.conformance.ts'
import { openDiskBlobStore } from './disk.ts'
import { pathOf } from './layout.ts'

testBlobStore('disk', async (now) => {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-blobs-'))
  let store = await openDiskBlobStore({ folder, now })
  return {
    store,
    reopen: async () => {
      await store.close()
      store = await openDiskBlobStore({ folder, now })
      return store
    },
    corrupt: async (digest, at) => {
      const file = await open(pathOf(folder, { kind: 'blob', digest }), 'r+')
      const byte = Buffer.alloc(1)
      await file.read(byte, 0, 1, at)
      byte.writeUInt8(byte.readUInt8(0) ^ 1)
      await file.write(byte, 0, 1, at)
      await file.close()
    },
    destroy: async () => {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
})
