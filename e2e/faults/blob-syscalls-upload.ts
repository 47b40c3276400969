// Started by blob-syscalls.test.ts under strace: uploads the same bytes twice, by themselves or in
// a batch, and says, with one write a line, what came of it.
import { writeSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openDiskBlobStore } from '../../packages/server/src/blobs/disk.ts'
import { isRegistryError } from '../../packages/server/src/core/errors.ts'
import { digestOf } from '../../packages/server/src/core/model/digest.ts'

const [folder = '', id = '', text = '', times = '1', how = 'alone'] = process.argv.slice(2)
const bytes = Buffer.from(text.repeat(Number(times)))
const digest = digestOf(bytes)
const pieceBytes = Math.max(7, Math.ceil(bytes.length / 100))
const store = await openDiskBlobStore({ folder, now: () => Date.now() * 1000 })

for (let attempt = 0; attempt < 2; attempt += 1) {
  const outcome = await (how === 'alone' ? upload() : uploadBatch())
  writeSync(1, `${outcome}\n`)
  const found = (await store.stat(digest)) !== undefined
  const stages = (await readdir(join(folder, 'v1', 'stages'))).length
  writeSync(1, `found ${found}, stages ${stages}\n`)
}
await store.close()

function upload(): Promise<string> {
  return outcomeOf(async () => {
    const stage = await store.stage(id)
    for (let at = 0; at < bytes.length; at += pieceBytes)
      await stage.append(bytes.subarray(at, at + pieceBytes))
    await stage.commit({ digest })
  })
}

function uploadBatch(): Promise<string> {
  return outcomeOf(() => store.storeAll([{ digest, bytes }]))
}

async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'committed'
  } catch (error) {
    return isRegistryError(error) ? error.code : String(error)
  }
}
