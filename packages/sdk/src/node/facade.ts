import path from 'node:path'
import type { ClientOptions } from '../client.ts'
import { PlatformApi } from '../facade/api.ts'
import { Artifact as PlainArtifact, type SignalOption } from '../facade/artifact.ts'
import { ArtifactVersion as PlainVersion } from '../facade/artifact-version.ts'
import type { Platform } from '../facade/platform.ts'
import type { Run, RunOptions } from '../facade/run.ts'
import { GreenroomError } from '../greenroom-error.ts'
import { drained } from '../reports.ts'
import { openClient } from './credentials.ts'
import { listLocalFiles } from './files.ts'
import { type Pulled, type PullRefOptions, pullRefSteps } from './known-good.ts'
import { type PulledFiles, type PullOptions, type PullProgress, pullSteps } from './pull.ts'
import { planFiles, pushPlanned } from './push.ts'

/** Where to write, and who hears how far it is. */
export interface DownloadOptions extends PullOptions {
  readonly onProgress?: ((now: PullProgress) => void) | undefined
}

/** What is to become a version: files, folders, references and bytes at hand. */
export class Artifact extends PlainArtifact {
  /** Adds a file of this machine, under its own name unless told, or bytes at hand. */
  override async addFile(
    file: string | Blob,
    name?: string,
    options: SignalOption = {},
  ): Promise<this> {
    if (typeof file !== 'string') return super.addFile(file, name, options)
    const [local] = await listLocalFiles(file)
    if (local === undefined || local.file !== file)
      throw new GreenroomError('file_invalid', `${file} is a folder: add it with addDir.`)
    return this.#add([{ ...local, path: name ?? local.path }], options)
  }

  /** Adds all files of a folder, under `prefix` where one is given. */
  async addDir(folder: string, prefix?: string, options: SignalOption = {}): Promise<this> {
    const files = await listLocalFiles(folder)
    const inside = (name: string) => (prefix === undefined ? name : path.posix.join(prefix, name))
    return this.#add(
      files.map((local) => ({ ...local, path: inside(local.path) })),
      options,
    )
  }

  async #add(
    files: Awaited<ReturnType<typeof listLocalFiles>>,
    { signal = new AbortController().signal }: SignalOption,
  ): Promise<this> {
    const planned = await planFiles(files, () => {}, signal)
    for (const each of planned) this.addPlanned(each)
    return this
  }
}

/** A version that is logged, and can be brought into a folder. */
export class ArtifactVersion extends PlainVersion {
  /**
   * Puts its files into a folder, each proved by its digest; what is there already stays, what
   * another pull brought comes from the cache, what broke off goes on.
   */
  async download(
    folder: string,
    { onProgress = () => {}, ...options }: DownloadOptions = {},
  ): Promise<PulledFiles> {
    return drained(pullSteps(this.client, this.facts, folder, options), onProgress)
  }
}

const NODE: Platform<ArtifactVersion> = {
  versionOf: (client, facts) => new ArtifactVersion(client, facts),
  log: (client, collection, wishes, entries, { signal, onProgress = () => {} }) =>
    pushPlanned(client, collection, entries, wishes, {
      ...(signal === undefined ? {} : { signal }),
      report: ({ doneBytes, totalBytes }) => onProgress(doneBytes, totalBytes),
    }),
}

/**
 * Finds, logs, pulls and follows. What is left out comes from the environment (`GREENROOM_URL`,
 * `GREENROOM_API_KEY`, then `WANDB_BASE_URL`, `WANDB_API_KEY`), then from `greenroom login`.
 */
export class Api extends PlatformApi<ArtifactVersion> {
  constructor(options: ClientOptions = {}) {
    super(NODE, () => openClient(options))
  }

  /**
   * Puts what a reference means into a folder; by policy the last known good. As `pullRefSteps`.
   */
  async pull(
    ref: string,
    options: PullRefOptions & Pick<DownloadOptions, 'onProgress'> = {},
  ): Promise<Pulled> {
    const { onProgress = () => {}, ...rest } = options
    return drained(pullRefSteps(await this.client(), ref, rest), onProgress)
  }
}

/** Starts a run, or lets the one of that name go on. */
export function init(options: RunOptions & ClientOptions): Promise<Run<ArtifactVersion>> {
  const { url, key, fetch, ...run } = options
  return new Api({ url, key, fetch }).init(run)
}
