import { testBlobStore } from '../core/ports/blob-store.conformance.ts'
import { MemoryBlobStore } from './memory.ts'

testBlobStore('memory', async (now) => {
  const store = new MemoryBlobStore(now)
  return {
    store,
    reopen: async () => {
      await store.close()
      return store
    },
    corrupt: async (digest, at) => store.corrupt(digest, at),
    destroy: async () => {},
  }
})
