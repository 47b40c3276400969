import type { Actor } from '../model/actor.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { RunFile } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { getRunOf, type RunRef } from './steps/runs.ts'

/**
 * A run's saved files in order of name. Throws `owner_not_found`, `not_found`, `request_invalid`.
 */
export async function listRunFiles(
  registry: Registry,
  actor: Actor,
  input: {
    readonly run: RunRef
    /** Names above this one. */
    readonly after: string
    readonly limit: number
  },
): Promise<Page<RunFile, string>> {
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const { run } = await getRunOf(tx, actor, input.run, 'download')
    const { after, limit } = input
    const rows = await tx.runFiles.list({ runId: run.id, after, limit: limit + 1 })
    return pageOf(rows, limit, (file) => file.name)
  })
}
