import { MAX_ITEMS_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { TextPattern } from '../model/filter.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { RunFile } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { meets } from '../rules/filter.ts'
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
    /** Only those of such a name; a page looks at a bounded number of files. */
    readonly like?: TextPattern | undefined
  },
): Promise<{
  readonly page: Page<RunFile, string>
  /** How many files it has, of whatever name. */
  readonly count: number
}> {
  checkPageSize(input.limit)
  const { after, limit, like } = input
  return registry.metadata.read(async (tx) => {
    const { run } = await getRunOf(tx, actor, input.run, 'download')
    const count = await tx.runFiles.count(run.id)
    const examined = like === undefined ? limit : MAX_ITEMS_PER_PAGE
    const rows = await tx.runFiles.list({ runId: run.id, after, limit: examined + 1 })
    const { items, next } = pageOf(rows, examined, (file) => file.name)
    if (like === undefined) return { page: { items, next }, count }
    const fitting = items.filter(({ name }) =>
      meets({ kind: 'field', field: 'name', test: 'like', pattern: like }, () => [name]),
    )
    const page = pageOf(fitting, limit, (file) => file.name)
    return { page: { items: page.items, next: page.next ?? next }, count }
  })
}
