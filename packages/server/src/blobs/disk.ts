import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import {
  open,
  opendir,
  readdir,
  rename,
  rm,
  stat,
  statfs,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isRegistryError, RegistryError } from '../core/errors.ts'
import type { Blob, ByteRange } from '../core/model/blob.ts'
import { type ContentDigest, isContentDigest } from '../core/model/digest.ts'
import type { Micros } from '../core/model/time.ts'
import type { BlobStage, BlobStore, SmallBlob } from '../core/ports/blob-store.ts'
import { type Landing, openStageFile } from './disk-stage-file.ts'
import { DurableFolders } from './durable-folders.ts'
import { makeDurable, noRoom, orAbsent, readWhole, storageRefusal, syncFolder } from './files.ts'
import { pathOf, stageName } from './layout.ts'
import { OpenStages } from './open-stages.ts'
import { blobMissing, SpareBuffers, sendChecked } from './send-checked.ts'
import { storeSmallBlobs } from './small-blobs.ts'
import type { Tally } from './tally.ts'
import { Turns } from './turns.ts'

const { O_NOFOLLOW, O_RDONLY } = constants
/** Tallies of paused uploads that are kept; one that is not costs one read of its file. */
const MAX_REMEMBERED_TALLIES = 256

export interface DiskBlobStoreOptions {
  /** Made when it is missing. One process at a time may use it. */
  readonly folder: string
  readonly now: () => Micros
}

/** Opens the blobs in a folder of a local file system. Throws `registry_unavailable`. */
export async function openDiskBlobStore(options: DiskBlobStoreOptions): Promise<BlobStore> {
  const folder = resolve(options.folder)
  try {
    await makeDurable(pathOf(folder, { kind: 'blobs' }))
    await makeDurable(pathOf(folder, { kind: 'stages' }))
    return new DiskBlobStore(folder, options.now)
  } catch (error) {
    throw storageRefusal(error)
  }
}

class DiskBlobStore implements BlobStore, Landing {
  readonly now: () => Micros
  readonly #folder: string
  readonly #folders: DurableFolders
  readonly #stages = new OpenStages()
  readonly #publishing = new Turns()
  readonly #spares = new SpareBuffers()
  /** By the path of the stage's file, the longest paused first. */
  readonly #remembered = new Map<string, Tally>()
  #exhaustedAt: Micros | null = null

  constructor(folder: string, now: () => Micros) {
    this.now = now
    this.#folder = folder
    this.#folders = new DurableFolders(pathOf(folder, { kind: 'blobs' }))
  }

  stage(id?: string): Promise<BlobStage> {
    const name = stageName(id, randomName)
    const path = pathOf(this.#folder, { kind: 'stage', name })
    return this.#stages.begin(name, () => openStageFile(path, id !== undefined, this))
  }

  async storeAll(blobs: readonly SmallBlob[]): Promise<readonly Blob[]> {
    const request = { folder: this.#folder, blobs }
    // In one order always: two batches that share blobs must not wait for each other.
    const digests = blobs.map(({ digest }) => digest).sort()
    const inTurn = digests.reduce(
      (work, digest) => () => this.#publishing.run(digest, work),
      () => storeSmallBlobs(request),
    )
    try {
      return await inTurn()
    } catch (error) {
      throw this.refusal(error)
    }
  }

  async stat(digest: ContentDigest): Promise<{ readonly size: number } | undefined> {
    const path = this.#pathOfBlob(digest)
    const found = await refusing(() => orAbsent(stat(path)))
    return found && { size: found.size }
  }

  async send(
    blob: Pick<Blob, 'digest' | 'size' | 'checks'>,
    range: ByteRange | null,
    sink: (chunk: Uint8Array) => Promise<void>,
  ): Promise<void> {
    const path = this.#pathOfBlob(blob.digest)
    const file = await refusing(() => orAbsent(open(path, O_RDONLY | O_NOFOLLOW)))
    if (file === undefined) throw blobMissing(blob.digest)
    try {
      const read = (into: Uint8Array, at: number) => refusing(() => readWhole(file, into, at))
      await sendChecked(blob, range, { read, spares: this.#spares }, sink)
    } finally {
      await file.close()
    }
  }

  async delete(digest: ContentDigest): Promise<boolean> {
    const path = this.#pathOfBlob(digest)
    return this.#publishing.run(digest, () =>
      refusing(async () => {
        if (!(await existed(unlink(path)))) return false
        await this.#folders.sync(dirname(path))
        return true
      }),
    )
  }

  /** In the order of their digests. */
  async *list(): AsyncGenerator<{ readonly digest: ContentDigest; readonly size: number }> {
    for (const first of await this.#foldersIn([])) {
      for (const second of await this.#foldersIn([first])) {
        for (const hex of await this.#namesIn([first, second])) {
          const digest = `sha256:${hex}`
          if (!isContentDigest(digest) || !hex.startsWith(first + second)) continue
          const found = await this.stat(digest)
          if (found !== undefined) yield { digest, ...found }
        }
      }
    }
  }

  dropStages(before: Micros): Promise<number> {
    return refusing(async () => {
      let dropped = 0
      const entries = await opendir(pathOf(this.#folder, { kind: 'stages' }))
      for await (const { name } of entries) {
        const gone = await this.#stages.unlessOpen(name, () => this.#dropOlder(name, before))
        if (gone === true) dropped += 1
      }
      return dropped
    })
  }

  async *listStages(): AsyncGenerator<{ readonly size: number; readonly touchedAt: Micros }> {
    const folder = pathOf(this.#folder, { kind: 'stages' })
    for (const name of (await refusing(() => orAbsent(readdir(folder)))) ?? []) {
      const path = pathOf(this.#folder, { kind: 'stage', name })
      const found = await refusing(() => orAbsent(stat(path)))
      if (found !== undefined) yield { size: found.size, touchedAt: found.mtimeMs * 1000 }
    }
  }

  async readUrl(): Promise<null> {
    return null
  }

  async checkRoom(bytes: number): Promise<void> {
    const { bavail, bsize } = await refusing(() => statfs(this.#folder))
    const free = bavail * bsize
    if (bytes > free) throw this.refusal(noRoom(` (${free} bytes are left for ${bytes})`))
  }

  exhaustedAt(): Micros | null {
    return this.#exhaustedAt
  }

  async probe(): Promise<void> {
    const name = stageName(undefined, randomName)
    const aside = pathOf(this.#folder, { kind: 'stage', name })
    const path = pathOf(this.#folder, { kind: 'probe' })
    try {
      await writeFile(aside, name, { flag: 'wx', mode: 0o600, flush: true })
      await rename(aside, path)
      await syncFolder(dirname(path))
    } catch (error) {
      await rm(aside, { force: true }).catch(() => {})
      throw new RegistryError(
        'registry_unavailable',
        'The folder for blobs refuses a write, an fsync or a rename.',
        {},
        { cause: error },
      )
    }
  }

  /** Lets go of all stages: those with an id can be gone on with after the next opening. */
  close(): Promise<void> {
    return this.#stages.giveWay()
  }

  // ---------- Landing ----------

  refusal(error: unknown): RegistryError {
    const refusal = storageRefusal(error)
    if (isRegistryError(refusal, 'storage_full')) this.#exhaustedAt = this.now()
    return refusal
  }

  prepare(digest: ContentDigest): Promise<void> {
    return this.#folders.make(dirname(this.#pathOfBlob(digest)))
  }

  /**
   * Renames over a copy that is already there: the name says that both have the same bytes, and if
   * the older one has rotted, it is mended. No reader sees anything between the two.
   */
  publish(from: string, digest: ContentDigest): Promise<void> {
    const path = this.#pathOfBlob(digest)
    return this.#publishing.run(digest, async () => {
      const earlier = await orAbsent(stat(path))
      await rename(from, path)
      try {
        await this.#folders.sync(dirname(path))
      } catch (error) {
        // Not known to be durable, so not to be found; an earlier copy's promise still holds.
        if (earlier === undefined) await rm(path, { force: true }).catch(() => {})
        throw error
      }
    })
  }

  remember(path: string, tally: Tally): void {
    this.#remembered.set(path, tally)
    if (this.#remembered.size <= MAX_REMEMBERED_TALLIES) return
    const [oldest] = this.#remembered.keys()
    if (oldest !== undefined) this.#remembered.delete(oldest)
  }

  recall(path: string): Tally | undefined {
    const tally = this.#remembered.get(path)
    this.#remembered.delete(path)
    return tally
  }

  // ----------

  #pathOfBlob(digest: ContentDigest): string {
    return pathOf(this.#folder, { kind: 'blob', digest })
  }

  async #foldersIn(within: readonly string[]): Promise<readonly string[]> {
    return (await this.#namesIn(within)).filter((name) => /^[0-9a-f]{2}$/.test(name))
  }

  async #namesIn(within: readonly string[]): Promise<readonly string[]> {
    const path = pathOf(this.#folder, { kind: 'blobs', within })
    return refusing(async () => ((await orAbsent(readdir(path))) ?? []).sort())
  }

  async #dropOlder(name: string, before: Micros): Promise<boolean> {
    const path = pathOf(this.#folder, { kind: 'stage', name })
    const found = await orAbsent(stat(path))
    if (found === undefined || found.mtimeMs * 1000 >= before) return false
    this.recall(path)
    return existed(unlink(path))
  }
}

async function existed(removal: Promise<void>): Promise<boolean> {
  return (await orAbsent(removal.then(() => true))) ?? false
}

async function refusing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw storageRefusal(error)
  }
}

function randomName(): string {
  return randomBytes(16).toString('hex')
}
