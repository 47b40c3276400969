import Type from 'typebox'
import { MAX_LINEAGE_DEPTH, MAX_RUN_SAMPLES } from '../../core/limits.ts'
import {
  Digest,
  JsonObject,
  Nullable,
  OwnerName,
  PageOf,
  Ref,
  STRICT,
  Time,
  VersionName,
} from './schemas.ts'
import { VersionState } from './schemas-versions.ts'

const Name = Type.String()
const RunState = Type.Enum(['running', 'pending', 'finished', 'failed', 'crashed', 'killed'])

/** A version where it was logged. */
const logged = {
  ref: Ref,
  owner: OwnerName,
  collection: Name,
  version: VersionName,
  id: Type.String(),
  digest: Digest,
  type: Name,
  state: VersionState,
}
export const LoggedVersion = Type.Object(logged)

// ---------- runs ----------

const run = {
  owner: OwnerName,
  run: Type.String({ description: 'Its name in the project, which is its key' }),
  displayName: Name,
  state: RunState,
  jobType: Nullable(Name),
  group: Nullable(Name),
  program: Nullable(Name),
  host: Nullable(Name),
  commit: Nullable(Name),
  notes: Nullable(Name),
  tags: Type.Array(Name),
  exitCode: Nullable(Type.Integer()),
  createdBy: Name,
  createdAt: Time,
  heartbeatAt: Time,
}
export const Run = Type.Object(run)
export const RunPage = PageOf(Run)
export const RunReport = Type.Object({
  ...run,
  config: JsonObject,
  summary: JsonObject,
  historyLines: Type.Integer({ description: 'Steps of its history' }),
  inputs: Type.Array(LoggedVersion, { description: 'What it used; the first thousand' }),
  outputs: Type.Array(LoggedVersion, { description: 'What it made; the first thousand' }),
})

export const RunHistoryQuery = Type.Object(
  {
    samples: Type.Optional(
      Type.Integer({ minimum: 1, maximum: MAX_RUN_SAMPLES, default: MAX_RUN_SAMPLES }),
    ),
  },
  STRICT,
)
export const RunStep = Type.Object({ line: Type.Integer(), values: JsonObject })
export const RunHistory = Type.Object({
  count: Type.Integer({ description: 'Steps that there are' }),
  items: Type.Array(RunStep, { description: 'Evenly spread, the first and the last among them' }),
})

// ---------- lineage ----------

export const LineageQuery = Type.Object(
  {
    depth: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_LINEAGE_DEPTH,
        default: 2,
        description: 'From a version to a run, or from a run to a version, is one',
      }),
    ),
  },
  STRICT,
)

const key = Type.String({ description: 'What edges name it by' })
export const LineageVersion = Type.Object({ key, kind: Type.Literal('version'), ...logged })
export const LineageRun = Type.Object({
  key,
  kind: Type.Literal('run'),
  owner: OwnerName,
  run: Name,
  displayName: Name,
  jobType: Nullable(Name),
  state: RunState,
})
export const Lineage = Type.Object({
  root: Type.String({ description: 'The key of the version asked for' }),
  nodes: Type.Array(Type.Union([LineageVersion, LineageRun])),
  edges: Type.Array(Type.Object({ from: Type.String(), to: Type.String() }), {
    description: '`from` made or fed `to`',
  }),
  cut: Type.Boolean({ description: 'There is more, beyond the depth or the bound of nodes' }),
})
