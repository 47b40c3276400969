import type { User } from '../../core/model/actor.ts'
import type { TextPattern } from '../../core/model/filter.ts'
import type { Owner } from '../../core/model/owner.ts'
import type {
  LineageDirection,
  Run,
  RunLineFile,
  RunState,
  RunTexts,
} from '../../core/model/run.ts'
import { clientsOwn } from '../../core/model/run-config.ts'
import { findRun, type RunView } from '../../core/operations/find-run.ts'
import { findRunFiles } from '../../core/operations/find-run-files.ts'
import { listRunFiles } from '../../core/operations/list-run-files.ts'
import { listRunLines } from '../../core/operations/list-run-lines.ts'
import { listVersionsOfRun } from '../../core/operations/list-versions-of-run.ts'
import { type UpsertRunInput, upsertRun } from '../../core/operations/upsert-run.ts'
import { ownerNamed } from './accounts.ts'
import { connection, dateTime, keyAfter, orNull, type PageArguments, pageSize } from './answers.ts'
import type { Call, FieldResolvers } from './call.ts'
import { type FileArguments, fileOfRun } from './files.ts'
import { nodeId, readIntegerId } from './node-ids.ts'
import type { UserSource } from './people.ts'
import { RUN_HISTORY } from './run-history.ts'

/** A run; how many lines it has is looked up when it is asked for and not known. */
export interface RunSource {
  readonly type: 'Run'
  readonly owner: Owner
  readonly run: Run
  readonly view: RunView | null
}

export function runSource(view: RunView): RunSource {
  return { type: 'Run', owner: view.owner, run: view.run, view }
}

export async function findRunIn(call: Call, owner: Owner, name: string): Promise<RunSource | null> {
  const found = await findRun(call.app.registry, call.actor, { run: { owner, name } })
  return found === undefined ? null : runSource(found)
}

export interface UpsertBucketInput {
  readonly id?: string
  readonly name?: string
  readonly modelName?: string
  readonly entityName?: string
  readonly groupName?: string
  readonly displayName?: string
  readonly notes?: string
  readonly commit?: string
  readonly config?: string
  readonly host?: string
  readonly jobProgram?: string
  readonly jobType?: string
  readonly state?: string
  readonly tags?: readonly string[]
  readonly summaryMetrics?: string
}

const DEFAULT_PROJECT = 'uncategorized'
const STATES: ReadonlySet<string> = new Set<RunState>([
  'running',
  'pending',
  'preempting',
  'preempted',
  'finished',
  'failed',
  'crashed',
  'killed',
])

export async function upsertBucket(call: Call, input: UpsertBucketInput) {
  const { registry } = call.app
  const fields: UpsertRunInput['fields'] = {
    displayName: input.displayName ?? null,
    jobType: input.jobType ?? null,
    group: input.groupName ?? null,
    program: input.jobProgram ?? null,
    host: input.host ?? null,
    commit: input.commit ?? null,
    notes: input.notes ?? null,
    tags: input.tags ?? null,
    config: input.config ?? null,
    summary: input.summaryMetrics ?? null,
  }
  const upserted = await upsertRun(registry, call.actor, {
    id: input.id === undefined ? null : readIntegerId('Run', input.id),
    owner: await ownerNamed(call, input.entityName, input.modelName || DEFAULT_PROJECT),
    // A change by id names no run; a resumed one is named by both.
    name: input.name || (input.id === undefined ? registry.randomHex(4) : null),
    fields,
    isPart: call.isShared,
    fork: branchPoint(input),
    state: input.state !== undefined && STATES.has(input.state) ? (input.state as RunState) : null,
  })
  const { owner, run, inserted } = upserted
  return { bucket: { type: 'Run', owner, run, view: null } satisfies RunSource, inserted }
}

/** Where `wandb.init(fork_from=…)` says so: in the client's own part of the config. */
function branchPoint({ name, config }: UpsertBucketInput): UpsertRunInput['fork'] {
  const { branch_point: point } = clientsOwn(config ?? '{}')
  const { run_id: run, step } = (point ?? {}) as Readonly<Record<string, unknown>>
  if (typeof run !== 'string' || run === name || !Number.isSafeInteger(step)) return null
  return { run, step: Number(step) }
}

async function viewOf(source: RunSource, call: Call): Promise<RunView | null> {
  return source.view ?? (await call.runs.load(source.run.id)) ?? null
}

/** Where a run's user is gone, its project's owner stands in: the client cannot bear none. */
async function userOf(source: RunSource, call: Call): Promise<UserSource> {
  const user = (await viewOf(source, call))?.user
  const standIn: User = {
    id: source.run.createdBy,
    kind: 'user',
    username: source.owner.entityName,
    displayName: source.owner.entityName,
    email: null,
    admin: false,
    entityId: source.owner.entityId,
    homeEntityId: source.owner.entityId,
    createdAt: source.run.createdAt,
    removedAt: null,
  }
  return { type: 'User', user: user ?? standIn, viewer: null }
}

/** The last line of a file as the client resumes from it: a JSON array of lines, as text. */
async function tail(source: RunSource, call: Call, file: RunLineFile): Promise<string> {
  const view = await viewOf(source, call)
  const count = file === 'history' ? view?.historyLines : view?.eventsLines
  if (count === undefined || count === 0) return '[]'
  const { owner, run } = source
  const { lines } = await listRunLines(call.app.registry, call.actor, {
    run: { owner, name: run.name },
    file,
    from: count - 1,
    limit: 1,
  })
  return JSON.stringify(lines.map((line) => line.text))
}

async function textsOf({ run }: RunSource, call: Call): Promise<RunTexts> {
  return (await call.runTexts.load(run.id)) ?? { config: '{}', summary: '{}' }
}

/** The client's own part of the config, cut down to the keys asked for. */
function wandbConfig(config: string, keys: readonly string[] | undefined): string {
  const all = Object.entries(clientsOwn(config))
  const kept = keys === undefined ? all : all.filter(([key]) => keys.includes(key))
  return JSON.stringify(Object.fromEntries(kept))
}

async function runFiles(
  source: RunSource,
  args: FileArguments & { readonly pattern?: string },
  call: Call,
) {
  const { registry } = call.app
  const run = { owner: source.owner, name: source.run.name }
  // The client asks for `./a.txt` where it saved `a.txt`.
  const names = (args.names ?? []).map((name) => name.replace(/^(\.\/)+/, ''))
  const found = names.length === 0 ? null : await findRunFiles(registry, call.actor, { run, names })
  const { page, count } =
    found === null
      ? await listRunFiles(registry, call.actor, {
          run,
          after: String(keyAfter('run files', args) ?? ''),
          limit: pageSize(args, 50),
          like: likeOf(args.pattern),
        })
      : { page: { items: found, next: null }, count: found.length }
  const listed = await connection(
    'run files',
    page,
    (file) => file.name,
    (file) => fileOfRun(call, file),
  )
  return { ...listed, totalCount: count }
}

/** `%` stands for anything, as in SQL's LIKE. */
function likeOf(pattern: string | undefined): TextPattern | undefined {
  if (pattern === undefined || pattern === '') return undefined
  return { parts: pattern.split('%'), fromStart: true, toEnd: true }
}

async function runArtifacts(
  source: RunSource,
  direction: LineageDirection,
  args: PageArguments,
  call: Call,
) {
  const key = keyAfter('run artifacts', args)
  const [time, versionId = ''] = String(key).split(' ')
  const { page, count } = await listVersionsOfRun(call.app.registry, call.actor, {
    run: { owner: source.owner, name: source.run.name },
    direction,
    after: key === undefined ? null : { time: Number(time) || 0, versionId },
    limit: pageSize(args, 50),
  })
  const listed = await connection(
    'run artifacts',
    { items: page.items, next: page.next?.versionId ?? null },
    (item) => `${item.time} ${item.versionId}`,
    (item) => call.artifacts.load(item.versionId),
  )
  return { ...listed, totalCount: count }
}

export const RUN: FieldResolvers<RunSource> = {
  id: ({ run }) => nodeId('Run', run.id),
  name: ({ run }) => run.name,
  projectId: ({ owner }) => owner.id,
  project: ({ owner }) => owner,
  displayName: ({ run }) => run.displayName,
  description: ({ run }) => run.notes,
  notes: ({ run }) => run.notes,
  state: ({ run }) => run.state,
  tags: ({ run }) => run.tags,
  group: ({ run }) => run.group,
  jobType: ({ run }) => run.jobType,
  commit: ({ run }) => run.commit,
  sweepName: () => null,
  readOnly: () => false,
  createdAt: ({ run }) => dateTime(run.createdAt),
  heartbeatAt: ({ run }) => dateTime(run.heartbeatAt),
  user: (source, _args, call) => userOf(source, call),
  config: async (source, _args, call) => (await textsOf(source, call)).config,
  wandbConfig: async (source, args: { keys?: readonly string[] }, call) =>
    wandbConfig((await textsOf(source, call)).config, args.keys),
  summaryMetrics: async (source, _args, call) => (await textsOf(source, call)).summary,
  ...RUN_HISTORY,
  historyLineCount: async (source, _args, call) => (await viewOf(source, call))?.historyLines ?? 0,
  eventsLineCount: async (source, _args, call) => (await viewOf(source, call))?.eventsLines ?? 0,
  logLineCount: async (source, _args, call) => (await viewOf(source, call))?.outputLines ?? 0,
  historyTail: (source, _args, call) => tail(source, call, 'history'),
  eventsTail: (source, _args, call) => tail(source, call, 'events'),
  fileCount: async ({ owner, run }, _args, call) => {
    const asked = { run: { owner, name: run.name }, after: '', limit: 1 }
    return (await orNull(listRunFiles(call.app.registry, call.actor, asked)))?.count ?? 0
  },
  files: runFiles,
  outputArtifacts: (source, args: PageArguments, call) =>
    runArtifacts(source, 'output', args, call),
  inputArtifacts: (source, args: PageArguments, call) => runArtifacts(source, 'input', args, call),
}
