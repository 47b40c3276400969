import { RegistryError } from '../errors.ts'
import {
  LINES_PER_SPAN,
  MAX_EXAMINED_PER_STATEMENT,
  MAX_KEYS_PER_SAMPLE,
  MAX_RUN_SAMPLES,
  MAX_SAMPLED_LINE_BYTES,
} from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { MetricSpan, RunLine, RunLineFile } from '../model/run.ts'
import type { ReadTx, Registry } from '../registry.ts'
import { foldSpans, pickLines, readLine } from '../rules/metrics.ts'
import { getRunOf, type RunRef } from './steps/runs.ts'

export interface SampleRunHistoryInput {
  readonly run: RunRef
  /** Of each metric, or of all lines where none is named. */
  readonly samples: number
  /** `history` unless told. */
  readonly file?: RunLineFile
  /** Of the history, dotted names; none: whole lines, whatever they hold. */
  readonly keys?: readonly string[] | undefined
  /** Only steps from here… */
  readonly fromStep?: number | undefined
  /** …and below. */
  readonly beforeStep?: number | undefined
}

export interface RunSamples {
  /** How many lines the history has. */
  readonly count: number
  /** In order; as the lines came: they may hold bare `NaN`. */
  readonly lines: readonly RunLine[]
}

interface Range {
  readonly from: number
  readonly before: number
}

/**
 * Lines of a run's history that draw its curves, however long it was. Without keys they are spread
 * evenly from the first to the last. Of a key they are the lowest and the highest of each stretch,
 * so that no spike is lost and a rare metric is found (`docs/decisions/0012-run-history.md`). Lines
 * that are no metrics but bytes (above 64 KiB) are left out.
 *
 * Throws `owner_not_found`, `not_found`, `request_invalid`.
 */
export async function sampleRunHistory(
  registry: Registry,
  actor: Actor,
  input: SampleRunHistoryInput,
): Promise<RunSamples> {
  const { samples, file = 'history', keys = [] } = input
  if (!Number.isInteger(samples) || samples < 1 || samples > MAX_RUN_SAMPLES)
    throw new RegistryError('request_invalid', `Samples are 1 to ${MAX_RUN_SAMPLES}.`)
  if (keys.length > MAX_KEYS_PER_SAMPLE)
    throw new RegistryError('request_invalid', `At most ${MAX_KEYS_PER_SAMPLE} keys at once.`)
  const { runId, count, range } = await registry.metadata.read(async (tx) => {
    const { run } = await getRunOf(tx, actor, input.run, 'read')
    const count = await tx.runLines.count(run.id, file)
    return { runId: run.id, count, range: await rangeOf(tx, run.id, count, input) }
  })
  const picked =
    keys.length === 0 ? spread(range, samples) : await pickOf(registry, runId, range, keys, samples)
  const lines = await registry.metadata.read((tx) =>
    tx.runLines.listAt({ runId, file, lines: picked, maxBytes: MAX_SAMPLED_LINE_BYTES }),
  )
  return { count, lines }
}

async function rangeOf(
  tx: ReadTx,
  runId: number,
  count: number,
  { fromStep, beforeStep }: SampleRunHistoryInput,
): Promise<Range> {
  if (fromStep === undefined && beforeStep === undefined) return { from: 0, before: count }
  const before = beforeStep ?? Number.MAX_SAFE_INTEGER
  const found = await tx.runLines.rangeOfSteps(runId, fromStep ?? 0, before)
  return found === undefined
    ? { from: 0, before: 0 }
    : { from: found.first, before: found.last + 1 }
}

/** At most so many lines of a range, evenly, the first and the last among them. */
function spread({ from, before }: Range, samples: number): readonly number[] {
  const count = before - from
  if (count <= samples) return Array.from({ length: Math.max(0, count) }, (_, at) => from + at)
  if (samples === 1) return [before - 1]
  const step = (count - 1) / (samples - 1)
  return Array.from({ length: samples }, (_, at) => from + Math.round(at * step))
}

/** A read for each key: a long run's take some ten milliseconds, and others go between. */
async function pickOf(
  { metadata }: Pick<Registry, 'metadata'>,
  runId: number,
  range: Range,
  keys: readonly string[],
  samples: number,
): Promise<readonly number[]> {
  const picked = new Set<number>()
  // So few lines that spans would be coarser than what is asked for: each line is its own.
  const isShort = (range.before - range.from) / LINES_PER_SPAN < samples / 2
  const ofLines = isShort
    ? await metadata.read((tx) => spansOfLines(tx, runId, range, keys))
    : undefined
  const linesOf = (spans: readonly MetricSpan[]): Iterable<number> => {
    // What was never a number is looked for among lines that are spread evenly.
    if (spans.length === 0) return spread(range, samples)
    // As many as were asked for: no two of them are compared.
    if (ofLines !== undefined && spans.length <= samples) return spans.map((span) => span.lowLine)
    return pickLines(spans, samples)
  }
  for (const key of keys) {
    const spans = ofLines?.get(key) ?? (await metadata.read((tx) => spansOf(tx, runId, range, key)))
    for (const line of linesOf(spans)) picked.add(line)
  }
  return [...picked].filter((line) => line >= range.from && line < range.before)
}

async function spansOf(
  tx: ReadTx,
  runId: number,
  range: Range,
  key: string,
): Promise<readonly MetricSpan[]> {
  const to = Math.floor((range.before - 1) / LINES_PER_SPAN)
  const limit = MAX_EXAMINED_PER_STATEMENT * 10
  const spans: MetricSpan[] = []
  let from = Math.floor(range.from / LINES_PER_SPAN)
  for (;;) {
    const part = await tx.runMetrics.spans({ runId, key, from, to, limit })
    spans.push(...part)
    const last = part.at(-1)
    if (last === undefined || part.length < limit) return spans
    from = last.span + 1
  }
}

/** Each line that has a metric as a span of its own. */
async function spansOfLines(
  tx: ReadTx,
  runId: number,
  { from, before }: Range,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly MetricSpan[]>> {
  const byKey = new Map<string, MetricSpan[]>(keys.map((key) => [key, []]))
  const lines = await tx.runLines.list({
    runId,
    file: 'history',
    from,
    before,
    limit: Math.max(1, before - from),
    maxBytes: MAX_SAMPLED_LINE_BYTES,
  })
  for (const line of lines)
    for (const span of foldSpans([readLine(line)])) byKey.get(span.key)?.push(span)
  return byKey
}
