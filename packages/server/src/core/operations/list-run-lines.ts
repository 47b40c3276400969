import type { Actor } from '../model/actor.ts'
import { checkPageSize } from '../model/page.ts'
import type { RunLine, RunLineFile } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { getRunOf, type RunRef } from './steps/runs.ts'

/**
 * Lines of a run as they came (they may hold bare `NaN`), from a line number on. Throws
 * `owner_not_found`, `not_found`, `request_invalid`.
 */
export async function listRunLines(
  registry: Registry,
  actor: Actor,
  input: {
    readonly run: RunRef
    readonly file: RunLineFile
    /** Null: the last ones. */
    readonly from: number | null
    readonly limit: number
  },
): Promise<{
  readonly count: number
  readonly lines: readonly RunLine[]
}> {
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const { run } = await getRunOf(tx, actor, input.run, 'read')
    const { file, limit } = input
    const count = await tx.runLines.count(run.id, file)
    const from = input.from ?? Math.max(0, count - limit)
    return { count, lines: await tx.runLines.list({ runId: run.id, file, from, limit }) }
  })
}
