import { createHash } from 'node:crypto'
import type { CallOptions, Client } from '../client.ts'
import { eachOf } from '../each-of.ts'
import { isGreenroomError } from '../greenroom-error.ts'
import type { CollectionName } from '../places.ts'
import { drained, reportsOf } from '../reports.ts'
import {
  type LoggedVersion,
  logVersion,
  type PlannedEntry,
  type VersionWishes,
} from '../transfers/log-version.ts'
import { digestFile, fileBody, fileBytes, type LocalFile, listLocalFiles } from './files.ts'
import { defaultCacheFolder } from './state-folder.ts'
import { beginPush } from './unfinished.ts'

const FILES_HASHED_AT_ONCE = 4

/** How far a push is. */
export interface PushProgress {
  /** `read`: the files are being digested; `send`: what the registry lacks is on its way. */
  readonly phase: 'read' | 'send'
  readonly doneBytes: number
  /** Of `send`: what the registry has asked for so far. */
  readonly totalBytes: number
}

export interface PushOptions extends Pick<CallOptions, 'signal' | 'attempts'> {
  /** Where a push that broke off is remembered, to go on. */
  readonly cacheFolder?: string
}

/** Logs a file, or a folder with all in it, as a version. As `pushSteps`, in one await. */
export function push(
  client: Client,
  collection: CollectionName,
  place: string,
  wishes: VersionWishes,
  options: PushOptions = {},
): Promise<LoggedVersion> {
  return drained(pushSteps(client, collection, place, wishes, options))
}

/**
 * Logs a file, or a folder with all in it, telling how far it is. Only blobs that the registry
 * lacks are sent, several at once; a connection that breaks goes on where it stopped, and so does
 * the same push begun again. Throws `GreenroomError`: `file_invalid` for what cannot be read.
 */
export function pushSteps(
  client: Client,
  collection: CollectionName,
  place: string,
  wishes: VersionWishes,
  options: PushOptions = {},
): AsyncGenerator<PushProgress, LoggedVersion, undefined> {
  return reportsOf(async (report, signal) => {
    const planned = await planFiles(await listLocalFiles(place), report, signal)
    return pushPlanned(client, collection, planned, wishes, { ...options, report, signal })
  }, options.signal)
}

/** The entries of local files, their digests read. */
export async function planFiles(
  files: readonly LocalFile[],
  report: (now: PushProgress) => void,
  signal: AbortSignal,
): Promise<PlannedEntry[]> {
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0)
  let doneBytes = 0
  const hasRead = (bytes: number) => {
    doneBytes += bytes
    report({ phase: 'read', doneBytes, totalBytes })
  }
  const planned: PlannedEntry[] = new Array(files.length)
  await eachOf(files.entries(), FILES_HASHED_AT_ONCE, signal, async ([index, local], either) => {
    const { file, path } = local
    const { digest, size } = await digestFile(file, { signal: either, hasRead })
    planned[index] = {
      entry: { path, digest, size },
      source: {
        digest,
        size,
        open: (offset, sent) => fileBody(file, size, offset, sent),
        bytes: () => fileBytes(file, size),
      },
    }
  })
  return planned
}

export interface PushPlannedOptions extends PushOptions {
  readonly report: (now: PushProgress) => void
}

/** Logs entries, going on with the same push that broke off earlier. */
export async function pushPlanned(
  client: Client,
  collection: CollectionName,
  planned: readonly PlannedEntry[],
  wishes: VersionWishes,
  { report, cacheFolder = defaultCacheFolder(), ...options }: PushPlannedOptions,
): Promise<LoggedVersion> {
  const what = [client.url, collection, wishes, digestOf(planned)]
  for (;;) {
    const unfinished = await beginPush(cacheFolder, what)
    const { idempotencyKey, isResumed } = unfinished
    let isDone = false
    try {
      const logged = await logVersion(client, collection, wishes, planned, {
        ...options,
        idempotencyKey,
        mayBeResumed: isResumed,
        hasSent: (doneBytes, totalBytes) => report({ phase: 'send', doneBytes, totalBytes }),
      })
      isDone = true
      return logged
    } catch (error) {
      // The draft of the earlier attempt is gone, or its key stands for something else: begin anew.
      const isGone = GONE.some((code) => isGreenroomError(error, code))
      isDone = isGone
      if (!isResumed || !isGone) throw error
    } finally {
      await unfinished.end(isDone)
    }
  }
}

const GONE = ['draft_not_found', 'idempotency_key_reused'] as const

function digestOf(planned: readonly PlannedEntry[]): string {
  const sha256 = createHash('sha256')
  for (const { entry } of planned) sha256.update(`${JSON.stringify(entry)}\n`)
  return sha256.digest('hex')
}
