import { RegistryError } from '../errors.ts'
import { MAX_RUN_LINE_BYTES } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import { utf8Bytes } from '../model/names.ts'
import type { Run, RunLineFile } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { recordFact } from './steps/facts.ts'
import { lockRunOf, type OwnedRun, type RunRef } from './steps/runs.ts'

export interface RunProgress {
  readonly run: RunRef
  /** From line `offset` on (null: at the end): sent again, they replace themselves. */
  readonly lines: readonly {
    readonly file: RunLineFile
    readonly offset: number | null
    readonly lines: readonly string[]
  }[]
  /** The whole summary as JSON text, possibly with bare `NaN`. */
  readonly summary?: string
  /** The run has ended with this exit code. */
  readonly exitCode?: number
}

/**
 * What a running program tells of itself: lines, a summary, a sign of life, its end. Asked again
 * after a lost answer it changes nothing.
 *
 * Throws `owner_not_found`, `not_found`, `forbidden`, `request_invalid`, `too_large`.
 */
export async function recordRunProgress(
  registry: Registry,
  actor: Actor,
  input: RunProgress,
): Promise<OwnedRun> {
  checkLines(input)
  return registry.metadata.transaction(async (tx) => {
    const { owner, run } = await lockRunOf(tx, actor, input.run)
    for (const { file, offset, lines } of input.lines) {
      const from = offset ?? (await tx.runs.lineCount(run.id, file))
      if (lines.length > 0) await tx.runs.putLines(run.id, file, from, lines)
    }
    const ended = input.exitCode !== undefined
    const changed: Run = {
      ...run,
      summary: input.summary ?? run.summary,
      heartbeatAt: registry.now(),
      state: ended ? (input.exitCode === 0 ? 'finished' : 'failed') : run.state,
      exitCode: input.exitCode ?? run.exitCode,
    }
    await tx.runs.update(changed)
    if (ended && run.state !== changed.state)
      await recordFact(registry, tx, actor, {
        kind: 'run.finished',
        ownerId: owner.id,
        payload: { run: run.name, exitCode: input.exitCode },
      })
    return { owner, run: changed }
  })
}

function checkLines(input: RunProgress): void {
  for (const { file, offset, lines } of input.lines) {
    if (offset !== null && (!Number.isSafeInteger(offset) || offset < 0))
      throw new RegistryError('request_invalid', `The offset of ${file} is not a line number.`)
    if (lines.some((line) => utf8Bytes(line).length > MAX_RUN_LINE_BYTES))
      throw new RegistryError('too_large', `A line takes at most ${MAX_RUN_LINE_BYTES} bytes.`)
  }
}
