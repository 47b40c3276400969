import type { Actor } from '../model/actor.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { MetricKey } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { getRunOf, type RunRef } from './steps/runs.ts'

/** A run's metrics in order of name. Throws `owner_not_found`, `not_found`, `request_invalid`. */
export async function listMetrics(
  registry: Registry,
  actor: Actor,
  input: {
    readonly run: RunRef
    /** Names above this one. */
    readonly after: string
    readonly limit: number
  },
): Promise<Page<MetricKey, string>> {
  const { after, limit } = input
  checkPageSize(limit)
  return registry.metadata.read(async (tx) => {
    const { run } = await getRunOf(tx, actor, input.run, 'read')
    const rows = await tx.runMetrics.keys({ runId: run.id, after, limit: limit + 1 })
    return pageOf(rows, limit, ({ key }) => key)
  })
}
