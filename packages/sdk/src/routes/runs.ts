import { json, nothing, type PageQuery } from '../answers.ts'
import type { CallOptions, Client } from '../client.ts'
import { ownerPath, runPath } from '../places.ts'
import type * as wire from '../wire.ts'

export interface RunQuery extends PageQuery {
  readonly state?: wire.RunState | undefined
  readonly jobType?: string | undefined
  readonly group?: string | undefined
  readonly tag?: string | undefined
  readonly createdBy?: string | undefined
  /** In its name or display name; the case does not matter. */
  readonly contains?: string | undefined
  /** `-createdAt` unless told; `-summary.accuracy`: highest first. */
  readonly sort?: string | undefined
}

export function listRuns(
  client: Client,
  owner: wire.OwnerName,
  query: RunQuery = {},
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

export interface RunHistoryQuery {
  /** Lines; where `keys` are named, of each of them. */
  readonly samples?: number | undefined
  /** Only these metrics; the lowest and the highest value of each stretch is among the samples. */
  readonly keys?: readonly string[] | undefined
  readonly fromStep?: number | undefined
  readonly beforeStep?: number | undefined
}

/** A sample of its steps. */
export function getRunHistory(
  client: Client,
  owner: wire.OwnerName,
  run: string,
  query: RunHistoryQuery = {},
  options: CallOptions = {},
): Promise<wire.RunHistory> {
  const path = `${runPath(owner, run)}/history`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

/** Starts a run, or lets one go on (`created: false`). Without a name the registry invents one. */
export function startRun(
  client: Client,
  owner: wire.OwnerName,
  body: wire.NewRun = {},
  options: CallOptions = {},
): Promise<wire.StartedRun> {
  return json(client, { method: 'POST', path: `${ownerPath(owner)}/runs`, body, ...options })
}

/** What is given replaces what was there, whole. */
export function changeRun(
  client: Client,
  owner: wire.OwnerName,
  run: string,
  body: wire.RunChange,
  options: CallOptions = {},
): Promise<wire.Run> {
  return json(client, { method: 'PATCH', path: runPath(owner, run), body, ...options })
}

/** Many steps in one request; the last value of each metric goes into the summary. */
export function recordMetrics(
  client: Client,
  owner: wire.OwnerName,
  run: string,
  body: wire.MetricsPost,
  options: CallOptions = {},
): Promise<wire.RecordedMetrics> {
  const path = `${runPath(owner, run)}/history`
  return json(client, { method: 'POST', path, body, ...options })
}

/** Lines of its console. */
export function recordOutput(
  client: Client,
  owner: wire.OwnerName,
  run: string,
  body: wire.OutputPost,
  options: CallOptions = {},
): Promise<void> {
  const path = `${runPath(owner, run)}/output`
  return nothing(client, { method: 'POST', path, body, ...options })
}

export interface OutputQuery extends PageQuery {
  /** The last `limit` lines. */
  readonly last?: boolean | undefined
}

export function listRunOutput(
  client: Client,
  owner: wire.OwnerName,
  run: string,
  query: OutputQuery = {},
  options: CallOptions = {},
): Promise<wire.RunOutput> {
  const path = `${runPath(owner, run)}/output`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

export function finishRun(
  client: Client,
  owner: wire.OwnerName,
  run: string,
  body: wire.RunFinish = {},
  options: CallOptions = {},
): Promise<wire.Run> {
  return json(client, { method: 'POST', path: `${runPath(owner, run)}/finish`, body, ...options })
}

/** Says that the run used a version: a whole reference, or its id. */
export function useVersion(
  client: Client,
  owner: wire.OwnerName,
  run: string,
  body: wire.UseVersion,
  options: CallOptions = {},
): Promise<void> {
  const path = `${runPath(owner, run)}/inputs`
  return nothing(client, { method: 'POST', path, body, ...options })
}

/** Names of its metrics, with the last value of each. */
export function listMetrics(
  client: Client,
  owner: wire.OwnerName,
  run: string,
  query: PageQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.Metric>> {
  const path = `${runPath(owner, run)}/metrics`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

/** Its lines and files go; the versions that it made stay. */
export function deleteRun(
  client: Client,
  owner: wire.OwnerName,
  run: string,
  options: CallOptions = {},
): Promise<void> {
  return nothing(client, { method: 'DELETE', path: runPath(owner, run), ...options })
}
