import { GreenroomError } from '../greenroom-error.ts'
import { Sha256 } from '../sha256.ts'
import type { PlannedEntry, VersionWishes } from '../transfers/log-version.ts'

/** Of what reads whole files, to learn their digests. */
export interface SignalOption {
  readonly signal?: AbortSignal | undefined
}

export interface ArtifactOptions {
  /** Of its collection, which is made when it is not there yet. */
  readonly name: string
  /** `model`, `dataset`, …: one for all versions of a collection. */
  readonly type: string
  readonly description?: string | undefined
  readonly metadata?: { readonly [name: string]: unknown } | undefined
  readonly tags?: readonly string[] | undefined
  readonly ttlSeconds?: number | undefined
}

export interface ReferenceOptions {
  /** In the artifact; else the last part of the URI. */
  readonly path?: string | undefined
  /** What stands there now, as an ETag or digest: part of the content. */
  readonly digest?: string | undefined
}

/**
 * What is to become a version, file by file, until `run.logArtifact` or `api.logArtifact` logs it.
 */
export class Artifact {
  readonly name: string
  readonly type: string
  description: string | undefined
  metadata: { [name: string]: unknown }
  tags: string[]
  readonly ttlSeconds: number | undefined
  readonly #planned = new Map<string, PlannedEntry>()

  constructor({ name, type, description, metadata = {}, tags = [], ttlSeconds }: ArtifactOptions) {
    this.name = name
    this.type = type
    this.description = description
    this.metadata = { ...metadata }
    this.tags = [...tags]
    this.ttlSeconds = ttlSeconds
  }

  /** Adds bytes under a path; a `File` has a name of its own. They are read now, and when sent. */
  async addFile(
    file: Blob,
    path: string | undefined = nameOf(file),
    { signal }: SignalOption = {},
  ): Promise<this> {
    if (path === undefined)
      throw new GreenroomError('request_invalid', 'Say under which path these bytes are to be.')
    const sha256 = new Sha256()
    for await (const part of partsOf(file)) {
      signal?.throwIfAborted()
      sha256.update(part)
    }
    const digest = sha256.digest()
    const { size } = file
    return this.addPlanned({
      entry: { path, digest, size },
      source: {
        digest,
        size,
        open: (offset) => file.slice(offset),
        bytes: async () => new Uint8Array(await file.arrayBuffer()),
      },
    })
  }

  /** Adds a pointer to something outside, which the registry keeps as text and never fetches. */
  addReference(uri: string, { path, digest }: ReferenceOptions = {}): this {
    const last = uri
      .split(/[?#]/, 1)[0]
      ?.split('/')
      .findLast((part) => part !== '')
    const entry = { path: path ?? last ?? uri, reference: uri }
    return this.addPlanned({
      entry: digest === undefined ? entry : { ...entry, referenceDigest: digest },
    })
  }

  /** Adds an entry as it is sent; one of a path that is there replaces it. */
  addPlanned(planned: PlannedEntry): this {
    this.#planned.set(planned.entry.path, planned)
    return this
  }

  get entries(): readonly PlannedEntry[] {
    return [...this.#planned.values()]
  }

  /** What it asks for besides its entries. */
  get wishes(): VersionWishes {
    const { type, description, metadata, tags, ttlSeconds } = this
    return {
      type,
      metadata,
      tags,
      ...(description === undefined ? {} : { description }),
      ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    }
  }
}

function nameOf(file: Blob): string | undefined {
  return 'name' in file && typeof file.name === 'string' && file.name !== '' ? file.name : undefined
}

const PART_BYTES = 1024 * 1024

/** Not by its stream: Safari's has no iterator. */
async function* partsOf(file: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += PART_BYTES)
    yield new Uint8Array(await file.slice(at, at + PART_BYTES).arrayBuffer())
}
