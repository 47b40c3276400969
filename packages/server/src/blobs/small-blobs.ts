import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type ErrorCode, RegistryError } from '../core/errors.ts'
import type { Blob } from '../core/model/blob.ts'
import type { SmallBlob } from '../core/ports/blob-store.ts'

/**
 * They wait for the disk nearly all of their time, and the disk does several fsyncs in the time of
 * one. Each takes some MiB once it is there.
 */
const MAX_THREADS = 4

/** One batch, for one thread. */
export interface StoreRequest {
  readonly folder: string
  readonly blobs: readonly SmallBlob[]
}

export type StoreAnswer =
  | { readonly blobs: readonly Blob[] }
  | {
      readonly refusal: {
        readonly code: ErrorCode
        readonly message: string
        readonly details: Readonly<Record<string, unknown>>
        readonly cause: string
      }
    }

const idle: Worker[] = []
let threads = 0
/** Who waits for a thread, the longest first. */
const waiting: ((thread: Worker) => void)[] = []

/**
 * Hashes, writes, syncs and publishes a batch of blobs below `folder`, on a thread where the calls
 * of the file system wait in place: handed to libuv's threads and back one by one they cost more
 * than all else that is done with a small file (docs/decisions/0011-figures.md).
 *
 * The caller sees to it that nobody else publishes or deletes the same digests meanwhile. Throws
 * `digest_mismatch`, `storage_full`, `registry_unavailable`.
 */
export async function storeSmallBlobs(request: StoreRequest): Promise<readonly Blob[]> {
  const thread = await takeThread()
  thread.ref()
  let answer: StoreAnswer
  try {
    const answered = once(thread, 'message')
    thread.postMessage(request)
    answer = (await answered)[0]
  } catch (cause) {
    giveThread(openThread())
    throw threadEnded(cause)
  }
  thread.unref()
  giveThread(thread)
  if ('blobs' in answer) return answer.blobs
  const { code, message, details, cause } = answer.refusal
  throw new RegistryError(code, message, details, { cause })
}

async function takeThread(): Promise<Worker> {
  const thread = idle.pop()
  if (thread !== undefined) return thread
  if (threads === MAX_THREADS) return new Promise((resolve) => waiting.push(resolve))
  threads += 1
  return openThread()
}

function giveThread(thread: Worker): void {
  const next = waiting.shift()
  if (next === undefined) idle.push(thread)
  else next(thread)
}

function openThread(): Worker {
  // The worker is compiled like this file, or, like it, runs as it is.
  const url = new URL(`./small-blobs-worker${extname(import.meta.filename)}`, import.meta.url)
  const thread = new Worker(url)
  thread.unref()
  return thread
}

function threadEnded(cause: unknown): RegistryError {
  return new RegistryError(
    'registry_unavailable',
    'A thread of the server has ended; send the bytes again.',
    {},
    { cause },
  )
}
