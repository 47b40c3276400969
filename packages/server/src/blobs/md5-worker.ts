import { createHash, type Hash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import type { Md5Answer, Md5Request } from './md5.ts'

const hashes = new Map<number, Hash>()

// Each request is answered, in turn.
parentPort?.on('message', ({ id, part, then }: Md5Request) => {
  const hash = (hashes.get(id) ?? createHash('md5')).update(part)
  if (then === 'more') hashes.set(id, hash)
  else hashes.delete(id)
  const md5 = then === 'finish' ? hash.digest('base64') : null
  // Its memory goes back, to be filled again.
  parentPort?.postMessage({ id, part, md5 } satisfies Md5Answer, [part.buffer])
})
