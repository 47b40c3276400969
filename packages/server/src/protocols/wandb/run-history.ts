import { RegistryError } from '../../core/errors.ts'
import { MAX_RUN_SAMPLES, MAX_STEPS_PER_PAGE } from '../../core/limits.ts'
import { leafOf } from '../../core/model/dotted.ts'
import { looseObject, parseLooseJson } from '../../core/model/loose-json.ts'
import { encodeCursor } from '../../core/model/page.ts'
import type { RunLine } from '../../core/model/run.ts'
import { getRunKeys } from '../../core/operations/get-run-keys.ts'
import { listRunLines } from '../../core/operations/list-run-lines.ts'
import { listRunSteps } from '../../core/operations/list-run-steps.ts'
import { sampleRunHistory } from '../../core/operations/sample-run-history.ts'
import { keyAfter, type PageArguments, pageSize } from './answers.ts'
import type { Call, FieldResolvers } from './call.ts'
import type { RunSource } from './runs.ts'

/** What the client asks for when it names no number. */
const USUAL_SAMPLES = 500

function refOf({ owner, run }: RunSource) {
  return { owner, name: run.name }
}

function samplesOf(samples: number | undefined): number {
  return Math.min(Math.max(samples ?? USUAL_SAMPLES, 1), MAX_RUN_SAMPLES)
}

interface HistoryArguments {
  readonly minStep?: number
  readonly maxStep?: number
  readonly samples?: number
}

/** Lines as they came: all of a span of steps, or a sample of all. */
async function history(source: RunSource, args: HistoryArguments, call: Call) {
  const { registry } = call.app
  const { minStep, maxStep, samples } = args
  const run = refOf(source)
  if (minStep === undefined && maxStep === undefined) {
    const sampled = { run, samples: samplesOf(samples) }
    return textsOf((await sampleRunHistory(registry, call.actor, sampled)).lines)
  }
  return textsOf(await linesOfSteps(source, call, minStep ?? 0, maxStep))
}

/**
 * All lines of a span of steps: the client goes on behind it, so that what is left out is never
 * seen. Where several processes write, a step has several lines. Throws `too_large`.
 */
async function linesOfSteps(
  source: RunSource,
  call: Call,
  from: number,
  before = Number.MAX_SAFE_INTEGER,
): Promise<readonly RunLine[]> {
  const asked = { run: refOf(source), from, before, limit: MAX_STEPS_PER_PAGE }
  const lines = await listRunSteps(call.app.registry, call.actor, asked)
  if (lines.length < MAX_STEPS_PER_PAGE) return lines
  throw new RegistryError(
    'too_large',
    `A page of a history has fewer than ${MAX_STEPS_PER_PAGE} lines. Ask for a smaller page_size.`,
  )
}

async function events(source: RunSource, args: { readonly samples?: number }, call: Call) {
  const asked = { run: refOf(source), file: 'events', samples: samplesOf(args.samples) } as const
  return textsOf((await sampleRunHistory(call.app.registry, call.actor, asked)).lines)
}

function textsOf(lines: readonly RunLine[]): readonly string[] {
  return lines.map(({ text }) => text)
}

interface Spec {
  readonly keys: readonly string[]
  readonly samples?: number | undefined
  readonly minStep?: number | undefined
  readonly maxStep?: number | undefined
}

function readSpec(text: string): Spec {
  const { keys, samples, minStep, maxStep } = looseObject(text)
  const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined)
  return {
    keys: Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [],
    samples: numberOf(samples),
    minStep: numberOf(minStep),
    maxStep: numberOf(maxStep),
  }
}

/** Of each spec the rows that have all its keys, as values: a bare `NaN` is the text "NaN". */
async function sampledHistory(
  source: RunSource,
  args: { readonly specs: readonly string[] },
  call: Call,
) {
  const answers = []
  for (const spec of args.specs.map(readSpec)) {
    const lines = isPage(spec)
      ? await linesOfSteps(source, call, spec.minStep, spec.maxStep + 1)
      : await sampledLines(source, call, spec)
    answers.push(lines.flatMap((line) => rowOf(line, spec.keys)))
  }
  return answers
}

/** `scan_history(keys=…)`: as many samples as steps are the whole page. */
function isPage(spec: Spec): spec is Spec & { readonly minStep: number; readonly maxStep: number } {
  const { minStep, maxStep, samples = USUAL_SAMPLES } = spec
  return minStep !== undefined && maxStep !== undefined && samples > maxStep - minStep
}

async function sampledLines(
  source: RunSource,
  call: Call,
  spec: Spec,
): Promise<readonly RunLine[]> {
  const { keys, samples, minStep, maxStep } = spec
  const { lines } = await sampleRunHistory(call.app.registry, call.actor, {
    run: refOf(source),
    samples: samplesOf(samples),
    // The client's own are on every line.
    keys: keys.filter((key) => !key.startsWith('_')),
    ...(minStep === undefined ? {} : { fromStep: minStep }),
    ...(maxStep === undefined ? {} : { beforeStep: maxStep + 1 }),
  })
  return lines
}

function rowOf({ text }: RunLine, keys: readonly string[]): Record<string, unknown>[] {
  const row = looseObject(text)
  if (keys.length === 0) return [{ ...row }]
  const values = keys.map((key) => [key, leafOf(row, key)] as const)
  return values.some(([, value]) => value === undefined) ? [] : [Object.fromEntries(values)]
}

async function historyKeys(source: RunSource, _args: unknown, call: Call) {
  const found = await getRunKeys(call.app.registry, call.actor, { run: refOf(source) })
  if (found === undefined) return null
  const keys = found.keys.map(({ key, kind, count, monotonic, last }) => [
    key,
    {
      typeCounts: [{ type: kind, count }],
      monotonic,
      previousValue: last === null ? null : parseLooseJson(last),
    },
  ])
  return { sets: [], keys: Object.fromEntries(keys), lastStep: found.lastStep }
}

/** What the machine last said of itself. */
async function systemMetrics(source: RunSource, _args: unknown, call: Call): Promise<string> {
  const { lines } = await listRunLines(call.app.registry, call.actor, {
    run: refOf(source),
    file: 'events',
    from: null,
    limit: 1,
  })
  const row = Object.entries(looseObject(lines[0]?.text ?? '{}'))
  return JSON.stringify(Object.fromEntries(row.filter(([key]) => !key.startsWith('_'))))
}

interface LogArguments extends PageArguments {
  readonly last?: number
}

async function logLines(source: RunSource, args: LogArguments, call: Call) {
  const limit = pageSize({ first: args.last ?? args.first ?? 0 }, 1_000)
  const after = Number(keyAfter('log lines', args) ?? -1)
  const { lines, count } = await listRunLines(call.app.registry, call.actor, {
    run: refOf(source),
    file: 'output',
    from: args.last === undefined ? after + 1 : null,
    limit,
  })
  const last = lines.at(-1)?.line
  return {
    edges: lines.map((line) => ({ node: logLine(line) })),
    pageInfo: {
      endCursor: last === undefined ? null : encodeCursor('log lines', last),
      hasNextPage: last !== undefined && last + 1 < count,
    },
  }
}

/**
 * Nothing is exported to Parquet: all steps are live, from the first one on. The client then pages
 * the lines, and refuses `download_history_exports()` instead of giving nothing for all.
 */
async function parquetHistory({ run }: RunSource, _args: unknown, call: Call) {
  const view = await call.runs.load(run.id)
  return { parquetUrls: [], liveData: view?.historyLines ? [{ _step: 0 }] : [] }
}

const LOG_LINE = /^(?:(ERROR) )?(\d{4}-\d{2}-\d{2}T[\d:.]+Z?) (.*)$/s

/** `ERROR 2026-11-24T12:00:00.000000 text`, as the client writes it; any other line is text. */
function logLine({ line, text }: RunLine) {
  const [, level, time, rest] = LOG_LINE.exec(text) ?? []
  return {
    number: line,
    timestamp: time === undefined ? null : time.replace(/Z?$/, 'Z'),
    level: level === undefined ? null : level.toLowerCase(),
    label: null,
    line: rest ?? text,
  }
}

/** What a run has logged, as the `Run` type shows it. */
export const RUN_HISTORY: FieldResolvers<RunSource> = {
  history,
  events,
  sampledHistory,
  parquetHistory,
  historyKeys,
  systemMetrics,
  logLines,
}
