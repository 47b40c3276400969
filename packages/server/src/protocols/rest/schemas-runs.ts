import Type from 'typebox'
import {
  DEFAULT_RUN_SAMPLES,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_DISPLAY_NAME_CHARACTERS,
  MAX_ITEMS_PER_PAGE,
  MAX_KEYS_PER_SAMPLE,
  MAX_LINEAGE_DEPTH,
  MAX_RUN_NAME_CHARACTERS,
  MAX_RUN_SAMPLES,
  MAX_TAGS_PER_VERSION,
} from '../../core/limits.ts'
import {
  Cursor,
  Digest,
  JsonObject,
  Nullable,
  OwnerName,
  PageOf,
  pageQuery,
  Ref,
  STRICT,
  Text,
  Time,
  VersionName,
} from './schemas.ts'
import { VersionState } from './schemas-versions.ts'

const Name = Type.String()
const RunState = Type.Enum([
  'running',
  'pending',
  'preempting',
  'preempted',
  'finished',
  'failed',
  'crashed',
  'killed',
])

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
export const RunQuery = Type.Object(
  {
    ...pageQuery(),
    state: Type.Optional(RunState),
    jobType: Type.Optional(Name),
    group: Type.Optional(Name),
    tag: Type.Optional(Name),
    createdBy: Type.Optional(Name),
    contains: Type.Optional(
      Type.String({ description: 'In its name or display name; the case does not matter' }),
    ),
    sort: Type.Optional(
      Type.String({
        description:
          '`-createdAt` unless told; `createdAt`, `heartbeatAt`, `displayName`, `name`, ' +
          '`duration`, `summary.<path>`, `config.<path>`, each also with "-" before it',
      }),
    ),
  },
  STRICT,
)
export const RunReport = Type.Object({
  ...run,
  config: JsonObject,
  summary: JsonObject,
  historyLines: Type.Integer({ description: 'Steps of its history' }),
  inputs: Type.Array(LoggedVersion, { description: 'What it used; the first thousand' }),
  outputs: Type.Array(LoggedVersion, { description: 'What it made; the first thousand' }),
})

const Step = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const ShortText = Text(MAX_DISPLAY_NAME_CHARACTERS)
const changeable = {
  displayName: Type.Optional(ShortText),
  jobType: Type.Optional(ShortText),
  group: Type.Optional(ShortText),
  notes: Type.Optional(Text(MAX_DESCRIPTION_CHARACTERS)),
  tags: Type.Optional(Type.Array(Name, { maxItems: MAX_TAGS_PER_VERSION })),
  config: Type.Optional(JsonObject),
  summary: Type.Optional(JsonObject),
}
export const NewRun = Type.Object(
  {
    run: Type.Optional(Text(MAX_RUN_NAME_CHARACTERS, 1)),
    resume: Type.Optional(
      Type.Enum(['allow', 'must', 'never'], {
        description: 'Whether a run of this name must be there, or must not; `allow` unless told',
      }),
    ),
    program: Type.Optional(ShortText),
    host: Type.Optional(ShortText),
    commit: Type.Optional(ShortText),
    ...changeable,
  },
  { ...STRICT, description: 'Without `run` the registry invents a name' },
)
export const StartedRun = Type.Object({
  ...run,
  created: Type.Boolean({ description: 'False: it was there, and goes on' }),
  historyLines: Type.Integer({ description: 'Steps that it has: where its history goes on' }),
})
export const RunChange = Type.Object({ ...changeable, state: Type.Optional(RunState) }, STRICT)
export const RunFinish = Type.Object(
  {
    exitCode: Type.Optional(
      Type.Integer({ description: '0, also when left out: finished; else failed' }),
    ),
  },
  STRICT,
)

export const MetricRow = Type.Object(
  {
    step: Type.Optional(Type.Integer({ minimum: 0, description: 'Left out: the next one' })),
    time: Type.Optional(Type.String({ description: 'RFC 3339; left out: now' })),
    values: JsonObject,
  },
  STRICT,
)
const from = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Where the first one stands: sent again, they replace themselves. Else at the end',
  }),
)
export const MetricsPost = Type.Object(
  { rows: Type.Array(MetricRow, { minItems: 1, maxItems: MAX_ITEMS_PER_PAGE }), from },
  STRICT,
)
export const RecordedMetrics = Type.Object({
  historyLines: Type.Integer(),
  lastStep: Nullable(Type.Integer()),
})
export const OutputPost = Type.Object(
  {
    lines: Type.Array(Text(MAX_DESCRIPTION_CHARACTERS), {
      minItems: 1,
      maxItems: MAX_ITEMS_PER_PAGE,
    }),
    from,
  },
  STRICT,
)
export const OutputQuery = Type.Object(
  {
    ...pageQuery(),
    last: Type.Optional(Type.Boolean({ description: 'True: the last `limit` lines' })),
  },
  STRICT,
)
export const OutputPage = Type.Object({
  count: Type.Integer({ description: 'Lines that there are' }),
  items: Type.Array(Type.Object({ line: Type.Integer(), text: Type.String() })),
  next: Cursor,
})
export const UseVersion = Type.Object(
  {
    version: Type.String({
      minLength: 1,
      description: 'A whole reference, or the id of a version',
    }),
    usedAs: Type.Optional(ShortText),
  },
  STRICT,
)

export const RunHistoryQuery = Type.Object(
  {
    samples: Type.Optional(
      Type.Integer({ minimum: 1, maximum: MAX_RUN_SAMPLES, default: DEFAULT_RUN_SAMPLES }),
    ),
    keys: Type.Optional(
      Type.Union([Name, Type.Array(Name, { maxItems: MAX_KEYS_PER_SAMPLE })], {
        description: 'Only these metrics, `keys=loss&keys=val.loss`: `samples` is then of each',
      }),
    ),
    fromStep: Type.Optional(Step),
    beforeStep: Type.Optional(Step),
  },
  STRICT,
)
export const RunStep = Type.Object({ line: Type.Integer(), values: JsonObject })
export const RunHistory = Type.Object({
  count: Type.Integer({ description: 'Lines that there are' }),
  items: Type.Array(RunStep, {
    description:
      'Evenly spread, the first and the last among them; of a metric the lowest and the highest ' +
      'value of each stretch',
  }),
})
export const Metric = Type.Object({
  name: Type.String({ description: 'Of a value within an object its dotted path' }),
  kind: Type.Enum(['number', 'string', 'other']),
  count: Type.Integer({ description: 'Lines that have it' }),
  last: Nullable(Type.Unknown({ description: 'Its last value; null also for a large one' })),
})
export const MetricPage = PageOf(Metric)

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
