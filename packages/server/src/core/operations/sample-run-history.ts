import { RegistryError } from '../errors.ts'
import { MAX_RUN_SAMPLES, MAX_SAMPLED_LINE_BYTES } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { getRunOf, type RunRef } from './steps/runs.ts'

export interface RunSamples {
  /** How many steps there are. */
  readonly count: number
  /** In order; as the lines came: they may hold bare `NaN`. */
  readonly lines: readonly { readonly line: number; readonly text: string }[]
}

/**
 * Steps of a run's history, spread evenly from the first to the last, so that a curve can be drawn
 * however long the run was. Lines that are no metrics but bytes (above 64 KiB) are left out.
 *
 * Throws `owner_not_found`, `not_found`, `request_invalid`.
 */
export async function sampleRunHistory(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunRef; readonly samples: number },
): Promise<RunSamples> {
  const { samples } = input
  if (!Number.isInteger(samples) || samples < 1 || samples > MAX_RUN_SAMPLES)
    throw new RegistryError('request_invalid', `Samples are 1 to ${MAX_RUN_SAMPLES}.`)
  return registry.metadata.read(async (tx) => {
    const { run } = await getRunOf(tx, actor, input.run, 'read')
    const count = await tx.runs.lineCount(run.id, 'history')
    const lines = await tx.runs.linesAt({
      runId: run.id,
      file: 'history',
      lines: spread(count, samples),
      maxBytes: MAX_SAMPLED_LINE_BYTES,
    })
    return { count, lines }
  })
}

/** At most so many of 0…count − 1, evenly, the first and the last among them. */
function spread(count: number, samples: number): readonly number[] {
  if (count <= samples) return Array.from({ length: count }, (_, line) => line)
  if (samples === 1) return [count - 1]
  const step = (count - 1) / (samples - 1)
  return Array.from({ length: samples }, (_, at) => Math.round(at * step))
}
