import type * as wire from '@greenroom/sdk/wire'

// Stands in for the client of @greenroom/sdk, which has not landed: one method a REST route, named
// by its operation id. When it has, the files interim-*.ts go.

export interface CollectionName {
  readonly owner: wire.OwnerName
  readonly name: string
}

export interface PageQuery {
  readonly limit?: number
  readonly cursor?: string
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** What the registry refused, or that it could not be reached (`unreachable`). */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: string
  readonly status: number | undefined
  readonly details: Readonly<Record<string, unknown>>
  readonly requestId: string | null

  constructor(code: string, message: string, problem?: Partial<wire.Problem>) {
    super(message)
    this.code = code
    this.status = problem?.status
    this.details = problem?.details ?? {}
    this.requestId = problem?.requestId ?? null
  }
}

interface Sent {
  readonly query?: Query
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export class Client {
  readonly url: string
  readonly #key: string

  constructor(url: string, key: string) {
    this.url = url
    this.#key = key
  }

  getMe = () => this.#json<wire.Me>('GET', '/me')

  listRegistries = (query: PageQuery) =>
    this.#json<wire.Page<wire.Owner>>('GET', '/registries', { query: { ...query } })

  listProjects = (query: PageQuery) =>
    this.#json<wire.Page<wire.Owner>>('GET', '/projects', { query: { ...query } })

  listCollections = (owner: wire.OwnerName, query: PageQuery & { readonly type?: string }) =>
    this.#json<wire.Page<wire.Collection>>('GET', `${ownerPath(owner)}/collections`, {
      query: { ...query },
    })

  listVersions = (collection: CollectionName, query: PageQuery) =>
    this.#json<wire.Page<wire.Version>>('GET', `${pathOf(collection)}/versions`, {
      query: { ...query },
    })

  createVersion = (collection: CollectionName, body: wire.NewVersion) =>
    this.#json<wire.Draft | wire.CommittedVersion>('POST', `${pathOf(collection)}/versions`, {
      body,
    })

  getDraft = (collection: CollectionName, id: string, query: PageQuery) =>
    this.#json<wire.Draft>('GET', `${pathOf(collection)}/drafts/${encodeURIComponent(id)}`, {
      query: { ...query },
    })

  putDraftEntries = (collection: CollectionName, id: string, body: wire.MoreEntries) =>
    this.#json<wire.Draft>('POST', `${pathOf(collection)}/drafts/${encodeURIComponent(id)}`, {
      body,
    })

  commitVersion = (collection: CollectionName, id: string) =>
    this.#json<wire.CommittedVersion>(
      'POST',
      `${pathOf(collection)}/drafts/${encodeURIComponent(id)}/commit`,
    )

  getVersion = (collection: CollectionName, selector: string) =>
    this.#json<wire.Version>('GET', versionPath(collection, selector))

  changeVersion = (
    collection: CollectionName,
    selector: string,
    body: wire.VersionChange,
    { revision }: { readonly revision: number },
  ) =>
    this.#json<wire.Version>('PATCH', versionPath(collection, selector), {
      body,
      headers: { 'if-match': `"${revision}"` },
    })

  listFiles = (collection: CollectionName, selector: string, query: PageQuery) =>
    this.#json<wire.EntryPage>('GET', `${versionPath(collection, selector)}/files`, {
      query: { ...query },
    })

  getFile = (collection: CollectionName, selector: string, file: string) => {
    const inside = file.split('/').map(encodeURIComponent).join('/')
    return this.send('GET', `${versionPath(collection, selector)}/files/${inside}`)
  }

  putAlias = (collection: CollectionName, alias: string, body: wire.AliasPut) =>
    this.#json<wire.AliasChange>('PUT', aliasPath(collection, alias), { body })

  rollBack = (collection: CollectionName, alias: string, body: wire.Rollback) =>
    this.#json<wire.AliasChange>('POST', `${aliasPath(collection, alias)}/rollback`, { body })

  dryRunPromotion = (collection: CollectionName, alias: string, body: wire.DryRunRequest) =>
    this.#json<wire.DryRun>('POST', `${aliasPath(collection, alias)}/dry-run`, { body })

  listHistory = (collection: CollectionName, query: PageQuery) =>
    this.#json<wire.Page<wire.PointerEvent>>('GET', `${pathOf(collection)}/history`, {
      query: { ...query },
    })

  listAliasHistory = (collection: CollectionName, alias: string, query: PageQuery) =>
    this.#json<wire.Page<wire.PointerEvent>>('GET', `${aliasPath(collection, alias)}/history`, {
      query: { ...query },
    })

  linkVersion = (collection: CollectionName, body: wire.NewLink) =>
    this.#json<wire.CommittedVersion>('POST', `${pathOf(collection)}/links`, { body })

  unlinkVersion = (collection: CollectionName, selector: string) =>
    this.#json<null>('DELETE', `${pathOf(collection)}/links/${encodeURIComponent(selector)}`)

  resolveRef = (ref: string, query: { at?: string; key?: string; fallback?: boolean }) =>
    this.#json<wire.Resolution>('GET', '/resolve', { query: { ref, ...query } })

  listUsers = (query: PageQuery) =>
    this.#json<wire.Page<wire.User>>('GET', '/users', { query: { ...query } })

  createUser = (body: wire.NewUser) => this.#json<wire.User>('POST', '/users', { body })

  listTokens = (user: string) => this.#json<wire.TokenList>('GET', tokensPath(user))

  createToken = (user: string, body: wire.NewToken) =>
    this.#json<wire.CreatedToken>('POST', tokensPath(user), { body })

  revokeToken = (user: string, id: string) =>
    this.#json<null>('DELETE', `${tokensPath(user)}/${encodeURIComponent(id)}`)

  async #json<Answer>(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const response = await this.send(method, path, sent)
    const text = await response.text()
    return JSON.parse(text === '' ? 'null' : text)
  }

  /** The answer once it is a good one. Throws `ClientError`. */
  async send(method: string, path: string, { query = {}, body, headers }: Sent = {}) {
    const url = new URL(`${this.url}/api/v1${path}`)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value))
    return fetchWell(url, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
}

/** `fetch`, where everything but a good answer is a `ClientError`. */
export async function fetchWell(url: URL | string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, init)
  } catch (error) {
    const { message, cause } = error as Error
    const why = cause instanceof Error && cause.message !== '' ? cause.message : message
    throw new ClientError('unreachable', `${new URL(url).origin} does not answer: ${why}`)
  }
  if (response.ok) return response
  const text = await response.text()
  let problem: Partial<wire.Problem> = {}
  try {
    problem = JSON.parse(text)
  } catch {
    // A proxy's page: the status says enough.
  }
  throw new ClientError(
    problem.code ?? 'unknown',
    problem.detail ?? `${new URL(url).origin} answered ${response.status}.`,
    { ...problem, status: response.status },
  )
}

function ownerPath({ kind, entity, name }: wire.OwnerName): string {
  const kinds = kind === 'registry' ? 'registries' : 'projects'
  return `/${kinds}/${encodeURIComponent(entity)}/${encodeURIComponent(name)}`
}

function pathOf({ owner, name }: CollectionName): string {
  return `${ownerPath(owner)}/collections/${encodeURIComponent(name)}`
}

function versionPath(collection: CollectionName, selector: string): string {
  return `${pathOf(collection)}/versions/${encodeURIComponent(selector)}`
}

function aliasPath(collection: CollectionName, alias: string): string {
  return `${pathOf(collection)}/aliases/${encodeURIComponent(alias)}`
}

function tokensPath(user: string): string {
  return `/users/${encodeURIComponent(user)}/tokens`
}
