import type * as wire from '@greenroom/sdk/wire'
import type { Collection } from '../../core/model/collection.ts'
import { leafOf } from '../../core/model/dotted.ts'
import { looseObject } from '../../core/model/loose-json.ts'
import type { Owner } from '../../core/model/owner.ts'
import type { MetricKey, Run } from '../../core/model/run.ts'
import { configValues } from '../../core/model/run-config.ts'
import { formatTime } from '../../core/model/time.ts'
import type { Version } from '../../core/model/version.ts'
import type { Lineage, LineageNode } from '../../core/operations/get-lineage.ts'
import type { RunReport } from '../../core/operations/get-run.ts'
import type { RunSamples } from '../../core/operations/sample-run-history.ts'
import { nameOf, refOf, renderOwner, type Usernames, versionName } from './render.ts'

export function renderRun(owner: Owner, run: Run, usernames: Usernames): wire.Run {
  return {
    owner: renderOwner(owner),
    run: run.name,
    displayName: run.displayName,
    state: run.state,
    jobType: run.jobType,
    group: run.group,
    program: run.program,
    host: run.host,
    commit: run.commit,
    notes: run.notes,
    tags: run.tags,
    exitCode: run.exitCode,
    createdBy: nameOf(usernames, run.createdBy),
    createdAt: formatTime(run.createdAt),
    heartbeatAt: formatTime(run.heartbeatAt),
  }
}

export function renderRunReport(report: RunReport, usernames: Usernames): wire.RunReport {
  const { owner, run, texts } = report
  return {
    ...renderRun(owner, run, usernames),
    config: configValues(blankBare(texts.config)),
    summary: parseLogged(texts.summary),
    historyLines: report.historyLines,
    inputs: report.inputs.map(renderLogged),
    outputs: report.outputs.map(renderLogged),
  }
}

/** Of a line only what was asked for (all where nothing was), and when it was. */
export function renderRunHistory(
  { count, lines }: RunSamples,
  keys: readonly string[],
): wire.RunHistory {
  const items = lines.map(({ line, text }) => ({ line, values: parseLogged(text) }))
  if (keys.length === 0) return { count, items }
  const cut = items.map(({ line, values }) => ({ line, values: pick(values, keys) }))
  return { count, items: cut.filter(({ values }) => keys.some((key) => key in values)) }
}

function pick(values: LoggedValues, keys: readonly string[]): LoggedValues {
  const found = [...keys, '_step', '_timestamp', '_runtime'].map((key) => [
    key,
    leafOf(values, key),
  ])
  return Object.fromEntries(found.filter(([, value]) => value !== undefined))
}

export function renderMetric({ key, kind, count, last }: MetricKey): wire.Metric {
  return { name: key, kind, count, last: last === null ? null : JSON.parse(last) }
}

export function renderLineage(root: string, { nodes, edges, cut }: Lineage): wire.Lineage {
  return { root, nodes: [...nodes].map(([key, node]) => renderNode(key, node)), edges, cut }
}

function renderNode(key: string, node: LineageNode): wire.LineageVersion | wire.LineageRun {
  if (node.kind === 'version') return { key, kind: node.kind, ...renderLogged(node) }
  const { name, displayName, jobType, state } = node.run
  return {
    key,
    kind: node.kind,
    owner: renderOwner(node.owner),
    run: name,
    displayName,
    jobType,
    state,
  }
}

interface Logged {
  readonly version: Version
  readonly owner: Owner
  readonly collection: Collection
}

function renderLogged({ version, owner, collection }: Logged): wire.LoggedVersion {
  const index = version.sourceIndex
  return {
    ref: refOf({ owner, name: collection.name }, { index }),
    owner: renderOwner(owner),
    collection: collection.name,
    version: versionName(index),
    id: version.id,
    digest: version.digest,
    type: collection.artifactType,
    state: version.state,
  }
}

const TEXT_OR_BARE = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g

type LoggedValues = Readonly<Record<string, unknown>>

/** What a client logged: Python's bare `NaN` and `Infinity`, which are no JSON, become null. */
function parseLogged(text: string): LoggedValues {
  return looseObject(blankBare(text))
}

function blankBare(text: string): string {
  return text.replace(TEXT_OR_BARE, (part) => (part[0] === '"' ? part : 'null'))
}
