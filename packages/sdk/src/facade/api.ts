import type { CallOptions, Client, ClientOptions } from '../client.ts'
import { createClient } from '../client.ts'
import { GreenroomError } from '../greenroom-error.ts'
import { items } from '../pages.ts'
import type { CollectionName } from '../places.ts'
import { parseRef, type Ref } from '../ref.ts'
import { getMe } from '../routes/accounts.ts'
import { watchEvents } from '../routes/events.ts'
import { type ResolveQuery, resolveRef } from '../routes/resolve.ts'
import { getVersion, listVersions, type VersionQuery } from '../routes/versions.ts'
import type * as wire from '../wire.ts'
import { type AliasMove, aliasMoveOf } from './alias-move.ts'
import type { Artifact } from './artifact.ts'
import type { ArtifactVersion } from './artifact-version.ts'
import { PLAIN, type Platform } from './platform.ts'
import { type LogArtifactOptions, type Run, type RunOptions, startRunOf } from './run.ts'

export interface WatchOptions extends CallOptions {
  /** Tell first what moved behind this place in the stream; else what moves from now on. */
  readonly after?: number | undefined
}

/** Finds versions and follows aliases. A reference leaves out what is the caller's own. */
export class PlatformApi<Version extends ArtifactVersion> {
  readonly #platform: Platform<Version>
  readonly #open: () => Promise<Client>
  #client: Promise<Client> | undefined
  #me: wire.Me | undefined

  constructor(platform: Platform<Version>, open: () => Promise<Client>) {
    this.#platform = platform
    this.#open = open
  }

  /** The typed client underneath: one function a route. */
  client(): Promise<Client> {
    this.#client ??= this.#open()
    return this.#client
  }

  async artifact(ref: string, options: CallOptions = {}): Promise<Version> {
    const client = await this.client()
    const { collection, selector } = await this.parse(ref, options)
    const facts = await getVersion(client, collection, selector, options)
    return this.#platform.versionOf(client, facts)
  }

  /** Versions of a collection, newest first or as `sort` says, page by page as they are wanted. */
  async *versions(
    collection: string,
    query: Omit<VersionQuery, 'cursor'> = {},
    options: CallOptions = {},
  ): AsyncGenerator<Version> {
    const client = await this.client()
    const place = (await this.parse(collection, options)).collection
    const found = items((page) =>
      listVersions(client, place, { ...query, cursor: page.cursor }, options),
    )
    for await (const facts of found) yield this.#platform.versionOf(client, facts)
  }

  /** What a reference means now: cheap, to be asked often. */
  async resolve(
    ref: string,
    query: ResolveQuery = {},
    options: CallOptions = {},
  ): Promise<wire.Resolution> {
    return resolveRef(await this.client(), ref, query, options)
  }

  /** Logs a version without a run. */
  async logArtifact(
    artifact: Artifact,
    {
      project,
      entity,
      aliases = [],
      ...calls
    }: LogArtifactOptions & {
      readonly project: string
      readonly entity?: string | undefined
    },
  ): Promise<Version> {
    const client = await this.client()
    const owner = {
      kind: 'project',
      entity: entity ?? (await this.me({ signal: calls.signal })).entity,
      name: project,
    } as const
    const wishes = { ...artifact.wishes, aliases }
    const collection: CollectionName = { owner, name: artifact.name }
    const logged = await this.#platform.log(client, collection, wishes, artifact.entries, calls)
    return this.#platform.versionOf(client, logged)
  }

  /** Starts a run, or lets the one of that name go on. */
  async init(options: RunOptions): Promise<Run<Version>> {
    return startRunOf(await this.client(), this.#platform, options)
  }

  /**
   * Each move of an alias as it happens, once and in order, until the loop is left or `signal`
   * fires; a connection that breaks is made anew and goes on.
   */
  async *watch(ref: string, { after, ...options }: WatchOptions = {}): AsyncGenerator<AliasMove> {
    const client = await this.client()
    const { collection, selector: alias } = await this.parse(ref, options)
    if (/^v\d+$|^sha256:|@/.test(alias))
      throw new GreenroomError('ref_invalid', `"${alias}" never moves. Name an alias: ${ref}`)
    const filter = { owner: collection.owner, collection: collection.name, alias, after } as const
    const events = watchEvents(client, { ...filter, kind: 'alias.moved' }, options)
    for await (const event of events) yield aliasMoveOf(event)
  }

  /** Reads a reference; what it leaves out is the caller's own. */
  async parse(ref: string, options: CallOptions = {}): Promise<Ref> {
    return parseRef(ref, () => this.me(options))
  }

  /** Asked once; a call that failed is asked again. */
  async me(options: CallOptions = {}): Promise<wire.Me> {
    this.#me ??= await getMe(await this.client(), options)
    return this.#me
  }
}

/** Speaks with the server of `url`, in a browser the page's own if left out. */
export class Api extends PlatformApi<ArtifactVersion> {
  constructor(options: ClientOptions = {}) {
    const client = createClient(options)
    super(PLAIN, async () => client)
  }
}

/** Starts a run, or lets the one of that name go on. */
export function init({ url, key, fetch, ...run }: RunOptions & ClientOptions): Promise<Run> {
  return new Api({ url, key, fetch }).init(run)
}
