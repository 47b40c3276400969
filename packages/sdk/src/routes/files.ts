import { json, type PageQuery } from '../answers.ts'
import type { CallOptions, Client } from '../client.ts'
import { type CollectionName, encoded, versionPath } from '../places.ts'
import type * as wire from '../wire.ts'

/** The manifest, by path; up to 5,000 entries a page. */
export function listFiles(
  client: Client,
  collection: CollectionName,
  selector: string,
  query: PageQuery = {},
  options: CallOptions = {},
): Promise<wire.EntryPage> {
  const path = `${versionPath(collection, selector)}/files`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

export interface FileOptions extends CallOptions {
  /** From this byte on. The answer says by its status whether it does so: 206, else 200. */
  readonly offset?: number | undefined
  /** An `ETag` of these bytes: with an offset, only a rest of the same ones is given. */
  readonly ifRange?: string | undefined
}

/** The bytes of a path, as the answer's `body`. Its `ETag` is their SHA-256 in hex. */
export function getFile(
  client: Client,
  collection: CollectionName,
  selector: string,
  file: string,
  { offset = 0, ifRange, ...options }: FileOptions = {},
): Promise<Response> {
  const path = `${versionPath(collection, selector)}/files/${encoded(...file.split('/'))}`
  const headers = {
    ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
    ...(offset > 0 && ifRange !== undefined ? { 'if-range': ifRange } : {}),
  }
  return client.request({ method: 'GET', path, headers, ...options }, async (answer) => answer)
}
