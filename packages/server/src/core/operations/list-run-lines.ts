import type { Actor } from '../model/actor.ts'
import { checkPageSize } from '../model/page.ts'
import type { RunLineFile } from '../model/run.ts'
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
    readonly from: number
    readonly limit: number
  },
): Promise<readonly { readonly line: number; readonly text: string }[]> {
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const { run } = await getRunOf(tx, actor, input.run, 'read')
    const { file, from, limit } = input
    return tx.runs.lines({ runId: run.id, file, from, limit })
  })
}
