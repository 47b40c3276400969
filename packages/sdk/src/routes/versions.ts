import {
  type ChangeOptions,
  type DeleteQuery,
  ifMatch,
  json,
  nothing,
  type PageQuery,
} from '../answers.ts'
import type { CallOptions, Client } from '../client.ts'
import { type CollectionName, collectionPath, encoded, versionPath } from '../places.ts'
import type * as wire from '../wire.ts'

export interface VersionQuery extends PageQuery {
  /** All must hold: `metadata.accuracy:gte:0.9`, `tag:eq:good`; "Searching" of `docs/API.md`. */
  readonly filter?: readonly string[] | undefined
  /** `-metadata.accuracy`: highest first. */
  readonly sort?: string | undefined
}

export function listVersions(
  client: Client,
  collection: CollectionName,
  query: VersionQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.Version>> {
  const path = `${collectionPath(collection)}/versions`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

/**
 * Begins a version: a draft with upload links for what is missing, or (`created: false`) the
 * version that has this content already. `isCommitted` tells them apart.
 */
export function createVersion(
  client: Client,
  collection: CollectionName,
  body: wire.NewVersion,
  options: CallOptions = {},
): Promise<wire.Draft | wire.CommittedVersion> {
  const path = `${collectionPath(collection)}/versions`
  return json(client, { method: 'POST', path, body, ...options })
}

export function isCommitted(
  begun: wire.Draft | wire.CommittedVersion,
): begun is wire.CommittedVersion {
  return 'created' in begun
}

export function getVersion(
  client: Client,
  collection: CollectionName,
  selector: string,
  options: CallOptions = {},
): Promise<wire.Version> {
  return json(client, { method: 'GET', path: versionPath(collection, selector), ...options })
}

/** What is left out stays. `ifMatch`: the version's `revision`. */
export function changeVersion(
  client: Client,
  collection: CollectionName,
  selector: string,
  body: wire.VersionChange,
  options: ChangeOptions = {},
): Promise<wire.Version> {
  const path = versionPath(collection, selector)
  return json(client, { method: 'PATCH', path, body, ...ifMatch(options) })
}

/** Everywhere. Its number is never given again. */
export function deleteVersion(
  client: Client,
  collection: CollectionName,
  selector: string,
  query: DeleteQuery = {},
  options: CallOptions = {},
): Promise<void> {
  const path = versionPath(collection, selector)
  return nothing(client, { method: 'DELETE', path, query: { ...query }, ...options })
}

export function quarantineVersion(
  client: Client,
  collection: CollectionName,
  selector: string,
  body: wire.Quarantine,
  options: CallOptions = {},
): Promise<wire.Version> {
  const path = `${versionPath(collection, selector)}/quarantine`
  return json(client, { method: 'POST', path, body, ...options })
}

export function releaseVersion(
  client: Client,
  collection: CollectionName,
  selector: string,
  options: CallOptions = {},
): Promise<wire.Version> {
  const path = `${versionPath(collection, selector)}/quarantine`
  return json(client, { method: 'DELETE', path, ...options })
}

/** Gives a version from elsewhere a place here: a pointer, no copy. */
export function linkVersion(
  client: Client,
  collection: CollectionName,
  body: wire.NewLink,
  options: CallOptions = {},
): Promise<wire.CommittedVersion> {
  const path = `${collectionPath(collection)}/links`
  return json(client, { method: 'POST', path, body, ...options })
}

export function unlinkVersion(
  client: Client,
  collection: CollectionName,
  selector: string,
  query: { readonly reason?: string | undefined } = {},
  options: CallOptions = {},
): Promise<void> {
  const path = `${collectionPath(collection)}/links/${encoded(selector)}`
  return nothing(client, { method: 'DELETE', path, query: { ...query }, ...options })
}

export interface CompareQuery extends PageQuery {
  /** Selectors, or whole references to versions elsewhere. */
  readonly base: string
  readonly head: string
}

export function compareVersions(
  client: Client,
  collection: CollectionName,
  query: CompareQuery,
  options: CallOptions = {},
): Promise<wire.Comparison> {
  const path = `${collectionPath(collection)}/compare`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

/** What it came from, and what came from it. */
export function getLineage(
  client: Client,
  collection: CollectionName,
  selector: string,
  query: { readonly depth?: number | undefined } = {},
  options: CallOptions = {},
): Promise<wire.Lineage> {
  const path = `${versionPath(collection, selector)}/lineage`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}
