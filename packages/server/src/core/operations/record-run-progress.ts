import { RegistryError } from '../errors.ts'
import {
  MAX_CLIENT_KEY_CHARACTERS,
  MAX_RUN_LINE_BYTES,
  MAX_RUN_LINES_PER_STAGE,
  MAX_RUN_STAGE_CHARACTERS,
} from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import { looseObject } from '../model/loose-json.ts'
import { utf8Bytes } from '../model/names.ts'
import type { Run, RunLineFile } from '../model/run.ts'
import type { Registry, Tx } from '../registry.ts'
import { recordFact } from './steps/facts.ts'
import { checkRunFields, mergeTexts } from './steps/run-fields.ts'
import { lockRunOf, type OwnedRun, type RunRef } from './steps/runs.ts'
import { writeHistory } from './steps/write-history.ts'

interface Lines {
  readonly file: RunLineFile
  /** From line `offset` on (null: at the end): sent again, they replace themselves. */
  readonly offset: number | null
  readonly lines: readonly string[]
}

export interface RunProgress {
  readonly run: RunRef
  readonly lines: readonly Lines[]
  /**
   * Which of several processes that write this run together. It numbers its lines by itself, from 0
   * on, and its summary is what it knows of the whole one.
   */
  readonly writer?: string
  /** The whole summary as JSON text, possibly with bare `NaN`. */
  readonly summary?: string
  /** The host is about to take the machine away. */
  readonly preempting?: boolean
  /** The run has ended with this exit code. */
  readonly exitCode?: number
}

/**
 * What a running program tells of itself: lines, a summary, a sign of life, its end. Asked again
 * after a lost answer it changes nothing.
 *
 * Many lines are written in several transactions, so that a burst lets others go between; only the
 * last one says what else is told.
 *
 * Throws `owner_not_found`, `not_found`, `forbidden`, `request_invalid`, `too_large`.
 */
export async function recordRunProgress(
  registry: Registry,
  actor: Actor,
  input: RunProgress,
): Promise<OwnedRun> {
  checkLines(input)
  if ((input.writer ?? '').length > MAX_CLIENT_KEY_CHARACTERS)
    throw new RegistryError(
      'request_invalid',
      `A writer of a run is named by at most ${MAX_CLIENT_KEY_CHARACTERS} characters.`,
    )
  checkRunFields({ summary: input.summary })
  const stages = input.lines.flatMap(stagesOf)
  const last = stages.pop()
  for (const stage of stages)
    await registry.metadata.transaction(async (tx) => {
      const { run } = await lockRunOf(tx, actor, input.run)
      await writeLines(tx, run.id, stage, input.writer)
    })
  return registry.metadata.transaction(async (tx) => {
    const { owner, run } = await lockRunOf(tx, actor, input.run)
    if (last !== undefined) await writeLines(tx, run.id, last, input.writer)
    if (input.summary !== undefined) await putSummary(tx, run.id, input.summary, input.writer)
    const changed = afterSignOfLife(run, input, registry.now())
    await tx.runs.update(changed)
    if (input.exitCode !== undefined && run.exitCode !== input.exitCode)
      await recordFact(registry, tx, actor, {
        kind: 'run.finished',
        ownerId: owner.id,
        payload: { run: run.name, exitCode: input.exitCode },
      })
    return { owner, run: changed }
  })
}

/** Who was stopped stays so, however it then ends. */
function afterSignOfLife(run: Run, input: RunProgress, now: number): Run {
  const { exitCode, preempting } = input
  const alive: Run = { ...run, heartbeatAt: now, exitCode: exitCode ?? run.exitCode }
  if (run.state === 'killed') return alive
  if (exitCode !== undefined) return { ...alive, state: exitCode === 0 ? 'finished' : 'failed' }
  return preempting === true ? { ...alive, state: 'preempting' } : alive
}

/** Lines in parts that one transaction writes. Those without a place stay together. */
function stagesOf({ file, offset, lines }: Lines): readonly Lines[] {
  if (offset === null) return [{ file, offset, lines }]
  const stages: Lines[] = []
  for (let from = 0; from < lines.length; ) {
    const part = stageFrom(lines, from)
    stages.push({ file, offset: offset + from, lines: part })
    from += part.length
  }
  return stages
}

function stageFrom(lines: readonly string[], from: number): readonly string[] {
  const most = Math.min(lines.length, from + MAX_RUN_LINES_PER_STAGE)
  let characters = 0
  let to = from
  do {
    characters += lines[to]?.length ?? 0
    to += 1
  } while (to < most && characters + (lines[to]?.length ?? 0) <= MAX_RUN_STAGE_CHARACTERS)
  return lines.slice(from, to)
}

async function putSummary(tx: Tx, runId: number, summary: string, writer?: string): Promise<void> {
  const texts = { summary }
  await tx.runs.putTexts(runId, writer === undefined ? texts : await mergeTexts(tx, runId, texts))
}

async function writeLines(tx: Tx, runId: number, told: Lines, writer?: string): Promise<void> {
  const { file, offset, lines } = told
  if (offset === null || writer === undefined)
    return putLines(tx, runId, file, offset ?? (await tx.runLines.count(runId, file)), lines)
  const written = await tx.runLines.countBy(runId, file, writer)
  // What was sent again is here: lines of others may stand behind it, so it stays as it is.
  const known = Math.max(written - offset, 0)
  if (known >= lines.length) return
  const fresh = lines.slice(known)
  const rows =
    file === 'history' ? fresh.map((text, at) => withStep(text, offset + known + at)) : fresh
  await putLines(tx, runId, file, await tx.runLines.count(runId, file), rows)
  await tx.runLines.putCountBy(runId, file, writer, offset + lines.length)
}

/** The wandb client before 0.31 leaves the steps to the server where several processes write. */
function withStep(text: string, step: number): string {
  const values = looseObject(text)
  if (Object.hasOwn(values, '_step') || Object.keys(values).length === 0) return text
  return text.replace('{', `{"_step":${step},`)
}

async function putLines(
  tx: Tx,
  runId: number,
  file: RunLineFile,
  from: number,
  lines: readonly string[],
): Promise<void> {
  if (file === 'history') return writeHistory(tx, runId, from, lines)
  await tx.runLines.put(
    runId,
    file,
    from,
    lines.map((text) => ({ text, step: null })),
  )
}

function checkLines(input: RunProgress): void {
  for (const { file, offset, lines } of input.lines) {
    if (offset !== null && (!Number.isSafeInteger(offset) || offset < 0))
      throw new RegistryError('request_invalid', `The offset of ${file} is not a line number.`)
    if (lines.some((line) => utf8Bytes(line).length > MAX_RUN_LINE_BYTES))
      throw new RegistryError('too_large', `A line takes at most ${MAX_RUN_LINE_BYTES} bytes.`)
  }
}
