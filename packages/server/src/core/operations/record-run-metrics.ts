import { RegistryError } from '../errors.ts'
import { MAX_ITEMS_PER_PAGE, MAX_RUN_LINE_BYTES } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import { looseObject } from '../model/loose-json.ts'
import { utf8Bytes } from '../model/names.ts'
import type { Run } from '../model/run.ts'
import type { Micros } from '../model/time.ts'
import type { Registry, Tx } from '../registry.ts'
import { checkRunFields } from './steps/run-fields.ts'
import { lockRunOf, type OwnedRun, type RunRef } from './steps/runs.ts'
import { writeHistory } from './steps/write-history.ts'

/** One step of a run. */
export interface MetricRow {
  /** Undefined: one more than the step before. */
  readonly step?: number | undefined
  /** Undefined: now. */
  readonly time?: Micros | undefined
  readonly values: Readonly<Record<string, unknown>>
}

export interface RecordRunMetricsInput {
  readonly run: RunRef
  readonly rows: readonly MetricRow[]
  /** The line of the first row: sent again, rows replace themselves. Undefined: at the end. */
  readonly from?: number | undefined
}

export interface RecordedMetrics extends OwnedRun {
  readonly historyLines: number
  readonly lastStep: number | null
}

/**
 * Records steps of a run's metrics; the last value of each goes into the run's summary. Written as
 * the lines that the wandb client sends, so both are read in the same way.
 *
 * Throws `owner_not_found`, `not_found`, `forbidden`, `request_invalid`, `too_large`.
 */
export async function recordRunMetrics(
  registry: Registry,
  actor: Actor,
  input: RecordRunMetricsInput,
): Promise<RecordedMetrics> {
  const { rows, from } = input
  if (rows.length > MAX_ITEMS_PER_PAGE)
    throw new RegistryError('too_large', `One call takes at most ${MAX_ITEMS_PER_PAGE} rows.`)
  if (from !== undefined && (!Number.isSafeInteger(from) || from < 0))
    throw new RegistryError('request_invalid', 'The line of the first row is 0, 1, …')
  return registry.metadata.transaction(async (tx) => {
    const { owner, run } = await lockRunOf(tx, actor, input.run)
    const offset = from ?? (await tx.runLines.count(run.id, 'history'))
    const time = registry.now()
    const before = await stepBefore(tx, run.id, offset)
    const steps = stepsOf(rows, before)
    const lines = rows.map((row, at) => lineOf(run, row, steps[at] ?? 0, time))
    await writeHistory(tx, run.id, offset, lines)
    const summary = (await tx.runs.texts([run.id])).get(run.id)?.summary ?? '{}'
    const texts = { summary: summaryAfter(summary, rows, steps) }
    checkRunFields(texts)
    await tx.runs.putTexts(run.id, texts)
    const changed = { ...run, heartbeatAt: time }
    await tx.runs.update(changed)
    const historyLines = await tx.runLines.count(run.id, 'history')
    return { owner, run: changed, historyLines, lastStep: steps.at(-1) ?? before }
  })
}

async function stepBefore(tx: Tx, runId: number, offset: number): Promise<number | null> {
  if (offset === 0) return null
  const [last] = await tx.runLines.list({ runId, file: 'history', from: offset - 1, limit: 1 })
  const step = last === undefined ? undefined : looseObject(last.text)._step
  return typeof step === 'number' ? step : offset - 1
}

function stepsOf(rows: readonly MetricRow[], before: number | null): readonly number[] {
  let last = before ?? -1
  return rows.map((row) => {
    last = row.step ?? last + 1
    return last
  })
}

function lineOf(run: Run, row: MetricRow, step: number, now: Micros): string {
  const time = row.time ?? now
  const line = JSON.stringify({
    ...row.values,
    _step: step,
    _timestamp: time / 1_000_000,
    _runtime: Math.max(0, (time - run.createdAt) / 1_000_000),
  })
  if (utf8Bytes(line).length > MAX_RUN_LINE_BYTES)
    throw new RegistryError('too_large', `A row takes at most ${MAX_RUN_LINE_BYTES} bytes.`)
  return line
}

/** The last value of each metric, as the wandb client keeps its summary. */
function summaryAfter(
  summary: string,
  rows: readonly MetricRow[],
  steps: readonly number[],
): string {
  if (rows.length === 0) return summary
  const last = Object.assign({}, ...rows.map((row) => row.values), { _step: steps.at(-1) })
  return JSON.stringify({ ...looseObject(summary), ...last })
}
