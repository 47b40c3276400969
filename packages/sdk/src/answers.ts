import type { Call, CallOptions, Client } from './client.ts'

/** An answer with the `ETag` that a change of it can name in `ifMatch`. */
export type Tagged<Answer> = Answer & { readonly etag: string }

/** Of a list that comes in pages. */
export interface PageQuery {
  readonly limit?: number | undefined
  /** The `next` of the page before. */
  readonly cursor?: string | undefined
}

/** Of a change that only goes through where nobody was quicker. */
export interface ChangeOptions extends CallOptions {
  /** An `etag`, or the number that it quotes: a generation or a revision. */
  readonly ifMatch?: string | number | undefined
}

/** Of what is taken away. */
export interface DeleteQuery {
  /** Though aliases point to it: vacate them. */
  readonly dropAliases?: boolean | undefined
  readonly reason?: string | undefined
}

export function json<Answer>(client: Client, call: Call): Promise<Answer> {
  return client.request(call, (response) => response.json() as Promise<Answer>)
}

export function tagged<Answer extends object>(client: Client, call: Call): Promise<Tagged<Answer>> {
  return client.request(call, async (response) => ({
    ...((await response.json()) as Answer),
    etag: response.headers.get('etag') ?? '',
  }))
}

export function nothing(client: Client, call: Call): Promise<void> {
  return client.request(call, async (response) => void (await response.arrayBuffer()))
}

/** `If-Match` for what a caller expects, beside the call's own options. */
export function ifMatch({ ifMatch: expected, ...options }: ChangeOptions): CallOptions & {
  readonly headers?: Readonly<Record<string, string>>
} {
  if (expected === undefined) return options
  const etag = typeof expected === 'number' ? `"${expected}"` : expected
  return { ...options, headers: { 'if-match': etag } }
}
