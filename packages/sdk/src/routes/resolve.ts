import { type Tagged, tagged } from '../answers.ts'
import type { Call, CallOptions, Client } from '../client.ts'
import { type CollectionName, collectionPath, encoded } from '../places.ts'
import type * as wire from '../wire.ts'

export interface ResolveQuery {
  /** What it pointed to at that time (RFC 3339). */
  readonly at?: string | undefined
  /** Picks one of several slots: always the same one for the same key. */
  readonly key?: string | undefined
  /** Try the stage's declared fallback chain when it is vacant. */
  readonly fallback?: boolean | undefined
}

/** What a selector means now. */
export function resolve(
  client: Client,
  collection: CollectionName,
  selector: string,
  query: ResolveQuery = {},
  options: CallOptions = {},
): Promise<Tagged<wire.Resolution>> {
  const path = `${collectionPath(collection)}/resolve/${encoded(selector)}`
  return tagged(client, { method: 'GET', path, query: { ...query }, ...options })
}

/** The same for a whole reference; what it leaves out is the caller's own. */
export function resolveRef(
  client: Client,
  ref: string,
  query: ResolveQuery = {},
  options: CallOptions = {},
): Promise<Tagged<wire.Resolution>> {
  return tagged(client, { method: 'GET', path: '/resolve', query: { ref, ...query }, ...options })
}

/** Null: it means what it did when it had this `etag`. A cheap question, to be asked often. */
export function resolveRefIfChanged(
  client: Client,
  ref: string,
  etag: string,
  query: ResolveQuery = {},
  options: CallOptions = {},
): Promise<Tagged<wire.Resolution> | null> {
  const call: Call = {
    method: 'GET',
    path: '/resolve',
    query: { ref, ...query },
    headers: { 'if-none-match': etag },
    alsoGood: [304],
    ...options,
  }
  return client.request(call, async (response) => {
    if (response.status === 304) return null
    const found = (await response.json()) as wire.Resolution
    return { ...found, etag: response.headers.get('etag') ?? '' }
  })
}
