import { type ChangeOptions, ifMatch, json, type PageQuery } from '../answers.ts'
import type { CallOptions, Client } from '../client.ts'
import { aliasPath, type CollectionName, collectionPath } from '../places.ts'
import type * as wire from '../wire.ts'

/** Every alias ever set, and the declared stages. */
export function listAliases(
  client: Client,
  collection: CollectionName,
  options: CallOptions = {},
): Promise<wire.AliasList> {
  return json(client, { method: 'GET', path: `${collectionPath(collection)}/aliases`, ...options })
}

/** What it points to. Throws `alias_unknown`, `alias_vacant`. */
export function getAlias(
  client: Client,
  collection: CollectionName,
  alias: string,
  options: CallOptions = {},
): Promise<wire.Alias> {
  return json(client, { method: 'GET', path: aliasPath(collection, alias), ...options })
}

/** Promotes: moves an alias to a version, or sets its slots. `ifMatch`: the generation. */
export function putAlias(
  client: Client,
  collection: CollectionName,
  alias: string,
  body: wire.AliasPut,
  options: ChangeOptions = {},
): Promise<wire.AliasChange> {
  const path = aliasPath(collection, alias)
  return json(client, { method: 'PUT', path, body, ...ifMatch(options) })
}

export interface AliasDeleteQuery {
  /** Only this version's slot, as `v3`. */
  readonly version?: string | undefined
  readonly reason?: string | undefined
}

/** Clears an alias, or takes one version's slot away. `ifMatch`: the generation. */
export function deleteAlias(
  client: Client,
  collection: CollectionName,
  alias: string,
  query: AliasDeleteQuery = {},
  options: ChangeOptions = {},
): Promise<wire.AliasChange> {
  const path = aliasPath(collection, alias)
  return json(client, { method: 'DELETE', path, query: { ...query }, ...ifMatch(options) })
}

/**
 * What saving an edited list of aliases means: a move for each one added, a removal of this
 * version's own slot for each one taken away, in one transaction, without expectation.
 */
export function changeAliases(
  client: Client,
  collection: CollectionName,
  body: wire.AliasesChange,
  options: CallOptions = {},
): Promise<wire.ChangedAliases> {
  const path = `${collectionPath(collection)}/aliases`
  return json(client, { method: 'POST', path, body, ...options })
}

/** Takes the last move back, or goes down to a version. `ifMatch`: the generation. */
export function rollBack(
  client: Client,
  collection: CollectionName,
  alias: string,
  body: wire.Rollback = {},
  options: ChangeOptions = {},
): Promise<wire.AliasChange> {
  const path = `${aliasPath(collection, alias)}/rollback`
  return json(client, { method: 'POST', path, body, ...ifMatch(options) })
}

/** What a promotion would do now, rule by rule. Changes nothing. */
export function dryRunPromotion(
  client: Client,
  collection: CollectionName,
  alias: string,
  body: wire.DryRunRequest,
  options: CallOptions = {},
): Promise<wire.DryRun> {
  const path = `${aliasPath(collection, alias)}/dry-run`
  return json(client, { method: 'POST', path, body, ...options })
}

/** What a rollback would put back now, and the stack that it walks. Changes nothing. */
export function dryRunRollback(
  client: Client,
  collection: CollectionName,
  alias: string,
  body: wire.RollbackDryRunRequest = {},
  options: CallOptions = {},
): Promise<wire.RollbackDryRun> {
  const path = `${aliasPath(collection, alias)}/rollback/dry-run`
  return json(client, { method: 'POST', path, body, ...options })
}

/** Who bore each alias at an instant (RFC 3339; else now), and who had moved it there. */
export function listStandingsAt(
  client: Client,
  collection: CollectionName,
  query: { readonly at?: string } = {},
  options: CallOptions = {},
): Promise<wire.StandingsAt> {
  const path = `${collectionPath(collection)}/standings`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

export interface HistoryQuery extends PageQuery {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly actor?: string | undefined
  readonly cause?: wire.PointerCause | undefined
}

/** The pointer log, newest first. */
export function listHistory(
  client: Client,
  collection: CollectionName,
  query: HistoryQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.PointerEvent>> {
  const path = `${collectionPath(collection)}/history`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

/** That of one alias. */
export function listAliasHistory(
  client: Client,
  collection: CollectionName,
  alias: string,
  query: HistoryQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.PointerEvent>> {
  const path = `${aliasPath(collection, alias)}/history`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

/** Who held it from when to when, newest first. */
export function listHolders(
  client: Client,
  collection: CollectionName,
  alias: string,
  query: PageQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.Holding>> {
  const path = `${aliasPath(collection, alias)}/holders`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}
