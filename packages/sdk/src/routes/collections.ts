import {
  type ChangeOptions,
  type DeleteQuery,
  ifMatch,
  json,
  nothing,
  type PageQuery,
  type Tagged,
  tagged,
} from '../answers.ts'
import type { CallOptions, Client } from '../client.ts'
import { type CollectionName, collectionPath, ownerPath } from '../places.ts'
import type * as wire from '../wire.ts'

export interface CollectionQuery extends PageQuery {
  /** The artifact type. */
  readonly type?: string | undefined
  /** A part of the name. */
  readonly contains?: string | undefined
  /** Borne by some version there now. */
  readonly stage?: string | undefined
  readonly createdBy?: string | undefined
  /** When it was made. */
  readonly since?: string | undefined
  readonly until?: string | undefined
}

export function listCollections(
  client: Client,
  owner: wire.OwnerName,
  query: CollectionQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.ListedCollection>> {
  const path = `${ownerPath(owner)}/collections`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

export function createCollection(
  client: Client,
  owner: wire.OwnerName,
  body: wire.NewCollection,
  options: CallOptions = {},
): Promise<Tagged<wire.Collection>> {
  return tagged(client, {
    method: 'POST',
    path: `${ownerPath(owner)}/collections`,
    body,
    ...options,
  })
}

export function getCollection(
  client: Client,
  collection: CollectionName,
  options: CallOptions = {},
): Promise<Tagged<wire.Collection>> {
  return tagged(client, { method: 'GET', path: collectionPath(collection), ...options })
}

export function changeCollection(
  client: Client,
  collection: CollectionName,
  body: wire.CollectionChange,
  options: ChangeOptions = {},
): Promise<Tagged<wire.Collection>> {
  const path = collectionPath(collection)
  return tagged(client, { method: 'PATCH', path, body, ...ifMatch(options) })
}

/** With its versions, or the links that it has. */
export function deleteCollection(
  client: Client,
  collection: CollectionName,
  query: DeleteQuery = {},
  options: CallOptions = {},
): Promise<void> {
  const path = collectionPath(collection)
  return nothing(client, { method: 'DELETE', path, query: { ...query }, ...options })
}
