import { json, type PageQuery } from '../answers.ts'
import type { CallOptions, Client } from '../client.ts'
import { ownerPath, runPath } from '../places.ts'
import type * as wire from '../wire.ts'

/** Newest first. */
export function listRuns(
  client: Client,
  owner: wire.OwnerName,
  query: PageQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.Run>> {
  const path = `${ownerPath(owner)}/runs`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

export function getRun(
  client: Client,
  owner: wire.OwnerName,
  run: string,
  options: CallOptions = {},
): Promise<wire.RunReport> {
  return json(client, { method: 'GET', path: runPath(owner, run), ...options })
}

/** A sample of its steps. */
export function getRunHistory(
  client: Client,
  owner: wire.OwnerName,
  run: string,
  query: { readonly samples?: number | undefined } = {},
  options: CallOptions = {},
): Promise<wire.RunHistory> {
  const path = `${runPath(owner, run)}/history`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}
