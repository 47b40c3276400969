import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { parentPort } from 'node:worker_threads'
import type { Blob } from '../core/model/blob.ts'
import type { SmallBlob } from '../core/ports/blob-store.ts'
import { storageRefusal } from './files.ts'
import { pathOf, stageName } from './layout.ts'
import type { StoreAnswer, StoreRequest } from './small-blobs.ts'
import { compareBlob, Tally } from './tally.ts'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
const NEW = O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY

parentPort?.on('message', async (request: StoreRequest) => {
  parentPort?.postMessage(await answer(request))
})

async function answer({ folder, blobs }: StoreRequest): Promise<StoreAnswer> {
  try {
    const facts: Blob[] = []
    for (const { digest, bytes } of blobs) facts.push(await factsOf(bytes, digest))
    publishAll(folder, blobs)
    return { blobs: facts }
  } catch (error) {
    const { code, message, details } = storageRefusal(error)
    return { refusal: { code, message, details, cause: String(error) } }
  }
}

async function factsOf(bytes: Uint8Array, digest: SmallBlob['digest']): Promise<Blob> {
  const tally = new Tally()
  tally.update(bytes)
  const blob = await tally.finish()
  compareBlob(blob, { digest })
  return blob
}

/**
 * Each file written and synced under a name of its own, then renamed; then the folders are synced,
 * each once. Of a batch that fails nothing stays but copies that were there before.
 */
function publishAll(folder: string, blobs: readonly SmallBlob[]): void {
  const made: string[] = []
  try {
    const moves = blobs.map(({ digest, bytes }) => {
      const stage = pathOf(folder, { kind: 'stage', name: stageName(undefined, randomName) })
      made.push(stage)
      writeDurable(stage, bytes)
      return { stage, blob: pathOf(folder, { kind: 'blob', digest }) }
    })
    const root = pathOf(folder, { kind: 'blobs' })
    const unsynced = new Set<string>()
    for (const { stage, blob } of moves) {
      const leaf = dirname(blob)
      mkdirSync(leaf, { recursive: true, mode: 0o700 })
      if (!existsSync(blob)) made.push(blob)
      renameSync(stage, blob)
      // That a folder exists says nothing: who made it may not have synced it yet.
      for (let above = leaf; above !== root; above = dirname(above)) unsynced.add(above)
    }
    for (const path of [...unsynced, root]) syncFolder(path)
  } catch (error) {
    made.forEach(dropFile)
    throw error
  }
}

/** Never fails: a stage that cannot be removed now is found by `dropStages`. */
function dropFile(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}

function writeDurable(path: string, bytes: Uint8Array): void {
  const file = openSync(path, NEW, 0o600)
  try {
    writeFileSync(file, bytes)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function syncFolder(path: string): void {
  // As `syncFolder` of files.ts, which has the reason.
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function randomName(): string {
  return randomBytes(16).toString('hex')
}
