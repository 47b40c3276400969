import type { CallOptions, Client } from '../client.ts'
import type { CollectionName } from '../places.ts'
import { ownEntity, parseRef } from '../ref.ts'
import { getMe } from '../routes/accounts.ts'
import { changeRun, finishRun, recordMetrics, startRun, useVersion } from '../routes/runs.ts'
import { getVersion } from '../routes/versions.ts'
import type * as wire from '../wire.ts'
import type { Artifact } from './artifact.ts'
import type { ArtifactVersion } from './artifact-version.ts'
import { createMetricQueue, type MetricQueue } from './metric-queue.ts'
import type { LogCalls, Platform } from './platform.ts'

export interface RunOptions extends Omit<wire.NewRun, 'run'> {
  readonly project: string
  /** A user or team; else one's own. */
  readonly entity?: string | undefined
  /** Its key in the project; else the registry invents one. */
  readonly name?: string | undefined
}

export interface LogArtifactOptions extends LogCalls {
  /** Moved to the version; `latest` follows by itself. */
  readonly aliases?: readonly string[] | undefined
}

/** Starts a run, or lets the one of that name go on. */
export async function startRunOf<Version extends ArtifactVersion>(
  client: Client,
  platform: Platform<Version>,
  { project, entity, name, ...rest }: RunOptions,
): Promise<Run<Version>> {
  const owner: wire.OwnerName = {
    kind: 'project',
    entity: entity ?? ownEntity('project', await getMe(client)),
    name: project,
  }
  const body = { ...rest, ...(name === undefined ? {} : { run: name }) }
  return new Run(client, platform, await startRun(client, owner, body))
}

/** A run at work: what it used and made, and how it went. `finish` ends it. */
export class Run<Version extends ArtifactVersion = ArtifactVersion> {
  readonly client: Client
  readonly #platform: Platform<Version>
  readonly #facts: wire.Run
  readonly #metrics: MetricQueue

  constructor(client: Client, platform: Platform<Version>, facts: wire.Run) {
    this.client = client
    this.#platform = platform
    this.#facts = facts
    this.#metrics = createMetricQueue((rows) =>
      recordMetrics(client, facts.owner, facts.run, { rows }),
    )
  }

  /** As it was when it was started. */
  get facts(): wire.Run {
    return this.#facts
  }

  /** Its key in the project. */
  get name(): string {
    return this.#facts.run
  }

  get owner(): wire.OwnerName {
    return this.#facts.owner
  }

  /**
   * Records one step of its history. Sent within a second, many at once; need not be awaited: what
   * cannot be sent is told by `finish`.
   */
  log(values: { readonly [name: string]: unknown }, step?: number): Promise<void> {
    const time = new Date().toISOString()
    return this.#metrics.add({ time, values, ...(step === undefined ? {} : { step }) })
  }

  /** Replaces config, summary, tags, notes or names, each whole. */
  async change(body: wire.RunChange, options: CallOptions = {}): Promise<void> {
    await changeRun(this.client, this.owner, this.name, body, options)
  }

  /** Logs a version that this run made; content that is there already gives that version. */
  async logArtifact(artifact: Artifact, options: LogArtifactOptions = {}): Promise<Version> {
    const { aliases = [], ...calls } = options
    const { client } = this
    const collection: CollectionName = { owner: this.owner, name: artifact.name }
    const wishes = { ...artifact.wishes, aliases, run: this.name }
    const logged = await this.#platform.log(client, collection, wishes, artifact.entries, calls)
    return this.#platform.versionOf(client, logged)
  }

  /** Finds a version, and records that this run used it. */
  async useArtifact(
    used: string | ArtifactVersion,
    options: CallOptions & { readonly usedAs?: string } = {},
  ): Promise<Version> {
    const { usedAs, ...rest } = options
    const { client } = this
    const facts = typeof used === 'string' ? await this.#find(used, rest) : used.facts
    const body = { version: facts.id, ...(usedAs === undefined ? {} : { usedAs }) }
    await useVersion(client, this.owner, this.name, body, rest)
    return this.#platform.versionOf(client, facts)
  }

  /** Sends what is left and ends it. Throws what kept a step from being recorded. */
  async finish({ exitCode = 0, ...options }: wire.RunFinish & CallOptions = {}): Promise<void> {
    try {
      await this.#metrics.end()
    } finally {
      await finishRun(this.client, this.owner, this.name, { exitCode }, options)
    }
  }

  /** `classifier:v3` is one of this run's project. */
  async #find(ref: string, options: CallOptions): Promise<wire.Version> {
    const isWhole = ref.split(':', 1)[0]?.includes('/') === true
    const { owner } = this
    const whole = isWhole ? ref : `${owner.entity}/${owner.name}/${ref}`
    const { collection, selector } = await parseRef(whole, () => getMe(this.client, options))
    return getVersion(this.client, collection, selector, options)
  }
}
