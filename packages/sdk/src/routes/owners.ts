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
import { ownerPath } from '../places.ts'
import type * as wire from '../wire.ts'

export interface OwnerQuery extends PageQuery {
  /** An organization's, a user's or a team's; else all that one may see. */
  readonly entity?: string | undefined
}

export function listRegistries(
  client: Client,
  query: OwnerQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.Owner>> {
  return json(client, { method: 'GET', path: '/registries', query: { ...query }, ...options })
}

export function createRegistry(
  client: Client,
  body: wire.NewRegistry,
  options: CallOptions = {},
): Promise<wire.Owner> {
  return json(client, { method: 'POST', path: '/registries', body, ...options })
}

export function listProjects(
  client: Client,
  query: OwnerQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.Owner>> {
  return json(client, { method: 'GET', path: '/projects', query: { ...query }, ...options })
}

/** One that is there already is answered as it is. */
export function createProject(
  client: Client,
  body: wire.NewProject,
  options: CallOptions = {},
): Promise<wire.Owner> {
  return json(client, { method: 'POST', path: '/projects', body, ...options })
}

export function getOwner(
  client: Client,
  owner: wire.OwnerName,
  options: CallOptions = {},
): Promise<Tagged<wire.Owner>> {
  return tagged(client, { method: 'GET', path: ownerPath(owner), ...options })
}

export function changeOwner(
  client: Client,
  owner: wire.OwnerName,
  body: wire.OwnerChange,
  options: ChangeOptions = {},
): Promise<Tagged<wire.Owner>> {
  return tagged(client, { method: 'PATCH', path: ownerPath(owner), body, ...ifMatch(options) })
}

/** With all that it holds. */
export function deleteOwner(
  client: Client,
  owner: wire.OwnerName,
  query: DeleteQuery = {},
  options: CallOptions = {},
): Promise<void> {
  return nothing(client, {
    method: 'DELETE',
    path: ownerPath(owner),
    query: { ...query },
    ...options,
  })
}

export function listStages(
  client: Client,
  owner: wire.OwnerName,
  options: CallOptions = {},
): Promise<Tagged<wire.StageList>> {
  return tagged(client, { method: 'GET', path: `${ownerPath(owner)}/stages`, ...options })
}

/** Declares the whole life cycle anew. */
export function putStages(
  client: Client,
  owner: wire.OwnerName,
  body: wire.StagesPut,
  options: ChangeOptions = {},
): Promise<Tagged<wire.StageList>> {
  const path = `${ownerPath(owner)}/stages`
  return tagged(client, { method: 'PUT', path, body, ...ifMatch(options) })
}

/** Newest first. */
export function listStageChanges(
  client: Client,
  owner: wire.OwnerName,
  query: PageQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.StageChange>> {
  const path = `${ownerPath(owner)}/stages/history`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}
