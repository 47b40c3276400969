import { json, nothing, type PageQuery } from '../answers.ts'
import type { CallOptions, Client } from '../client.ts'
import { type CollectionName, collectionPath, encoded } from '../places.ts'
import type * as wire from '../wire.ts'

/** One page of what it still lacks, with fresh links to send that. */
export function getDraft(
  client: Client,
  collection: CollectionName,
  draft: string,
  query: PageQuery = {},
  options: CallOptions = {},
): Promise<wire.Draft> {
  const path = draftPath(collection, draft)
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

/** Adds entries; one of a path that is there replaces it. */
export function putDraftEntries(
  client: Client,
  collection: CollectionName,
  draft: string,
  body: wire.MoreEntries,
  options: CallOptions = {},
): Promise<wire.Draft> {
  return json(client, { method: 'POST', path: draftPath(collection, draft), body, ...options })
}

export function abandonDraft(
  client: Client,
  collection: CollectionName,
  draft: string,
  options: CallOptions = {},
): Promise<void> {
  return nothing(client, { method: 'DELETE', path: draftPath(collection, draft), ...options })
}

/** Makes the draft a version. Asked again, it gives the same version. */
export function commitVersion(
  client: Client,
  collection: CollectionName,
  draft: string,
  options: CallOptions = {},
): Promise<wire.CommittedVersion> {
  const path = `${draftPath(collection, draft)}/commit`
  return json(client, { method: 'POST', path, ...options })
}

function draftPath(collection: CollectionName, draft: string): string {
  return `${collectionPath(collection)}/drafts/${encoded(draft)}`
}
