import type { DeleteQuery } from '../answers.ts'
import type { CallOptions, Client } from '../client.ts'
import { items } from '../pages.ts'
import type { CollectionName } from '../places.ts'
import { parseRef } from '../ref.ts'
import { getMe } from '../routes/accounts.ts'
import { type FileOptions, getFile, listFiles } from '../routes/files.ts'
import { changeAliases, putAlias } from '../routes/pointers.ts'
import { changeVersion, deleteVersion, getVersion, linkVersion } from '../routes/versions.ts'
import type * as wire from '../wire.ts'
import { type AliasList, aliasEdits, aliasListOf } from './alias-list.ts'

export interface PromoteOptions extends CallOptions {
  /** Only if it is so still: a generation, `v3` or `vacant`. */
  readonly expect?: wire.Expectation | undefined
  readonly reason?: string | undefined
}

/**
 * A version that is logged. `aliases`, `metadata`, `description`, `tags` are edited, then saved.
 */
export class ArtifactVersion {
  readonly client: Client
  aliases: AliasList = aliasListOf([])
  metadata: { [name: string]: unknown } = {}
  description: string | null = null
  tags: string[] = []
  #facts: wire.Version

  constructor(client: Client, facts: wire.Version) {
    this.client = client
    this.#facts = facts
    this.#take(facts)
  }

  /** As the registry told it last. */
  get facts(): wire.Version {
    return this.#facts
  }

  /** What to paste anywhere a version is asked for: with its number. */
  get ref(): string {
    return this.#facts.ref
  }

  /** `classifier:v3` */
  get name(): string {
    return `${this.#facts.collection}:${this.#facts.version}`
  }

  get version(): string {
    return this.#facts.version
  }

  get type(): string {
    return this.#facts.type
  }

  get digest(): string {
    return this.#facts.digest
  }

  /** Bytes. */
  get size(): number {
    return this.#facts.size
  }

  get collection(): CollectionName {
    return { owner: this.#facts.owner, name: this.#facts.collection }
  }

  /**
   * Saves what was edited. Aliases: one request and one transaction, in which this version gains
   * each that was added, and loses its own place in each that was taken away. Nothing is expected,
   * so an old object never undoes what another has moved since. Metadata, description and tags go
   * before them, and only over the revision that was read: else `generation_mismatch`.
   */
  async save(options: CallOptions & { readonly reason?: string } = {}): Promise<this> {
    const { reason, ...rest } = options
    const { version } = this.#facts
    const change = this.#attributeEdits()
    const { add, remove } = aliasEdits(this.#facts.aliases, this.aliases)
    if (Object.keys(change).length > 0) {
      const { revision } = this.#facts
      const calls = { ...rest, ifMatch: revision }
      this.#facts = await changeVersion(this.client, this.collection, version, change, calls)
    }
    if (add.length + remove.length > 0) {
      const body = { version, add, remove, ...(reason === undefined ? {} : { reason }) }
      const { aliases } = await changeAliases(this.client, this.collection, body, rest)
      this.#facts = { ...this.#facts, aliases }
    }
    this.#take(this.#facts)
    return this
  }

  /** Moves an alias to this version, whatever bore it before. */
  async promote(alias: string, options: PromoteOptions = {}): Promise<wire.AliasChange> {
    const { expect, reason, ...rest } = options
    const { client, collection, version } = this
    const body = {
      version,
      ...(expect === undefined ? {} : { expect }),
      ...(reason === undefined ? {} : { reason }),
    }
    const change = await putAlias(client, collection, alias, body, rest)
    await this.refresh(rest)
    return change
  }

  /**
   * Gives it a place in a registry's collection too, such as `registry/model/classifier`: a
   * pointer, no copy.
   */
  async link(
    target: string | CollectionName,
    options: CallOptions & { readonly aliases?: readonly string[] } = {},
  ): Promise<wire.CommittedVersion> {
    const { aliases = [], ...rest } = options
    const place = typeof target === 'string' ? await this.#place(target, rest) : target
    return linkVersion(this.client, place, { version: this.#facts.id, aliases }, rest)
  }

  async #place(text: string, options: CallOptions): Promise<CollectionName> {
    return (await parseRef(text, () => getMe(this.client, options))).collection
  }

  /** Reads it anew; edits that were not saved are lost. */
  async refresh(options: CallOptions = {}): Promise<this> {
    this.#take(await getVersion(this.client, this.collection, this.version, options))
    return this
  }

  /** Its manifest, page by page as it is wanted. */
  files(options: CallOptions = {}): AsyncGenerator<wire.Entry> {
    const { client, collection, version } = this
    return items((page) => listFiles(client, collection, version, page, options), 5_000)
  }

  /** The bytes of one file as the answer's `body`; not compared with its digest. */
  openFile(path: string, options: FileOptions = {}): Promise<Response> {
    return getFile(this.client, this.collection, this.version, path, options)
  }

  /** Everywhere; its number is never given again. */
  async delete(query: DeleteQuery = {}, options: CallOptions = {}): Promise<void> {
    await deleteVersion(this.client, this.collection, this.version, query, options)
  }

  #attributeEdits(): wire.VersionChange {
    const { metadata, description, tags } = this.#facts
    return {
      ...(isSame(metadata, this.metadata) ? {} : { metadata: this.metadata }),
      ...(description === this.description ? {} : { description: this.description }),
      ...(isSame(tags, this.tags) ? {} : { tags: this.tags }),
    }
  }

  #take(facts: wire.Version): void {
    this.#facts = facts
    this.aliases = aliasListOf(facts.aliases)
    this.metadata = structuredClone(facts.metadata)
    this.description = facts.description
    this.tags = [...facts.tags]
  }
}

function isSame(before: unknown, now: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(now)
}
