import { MAX_EXAMINED_PER_STATEMENT } from '../../limits.ts'
import type { Filter } from '../../model/filter.ts'
import { asSeenAt } from '../../model/run.ts'
import type { Registry } from '../../registry.ts'
import { meets } from '../../rules/filter.ts'
import { needsTexts, type SearchedRun, valuesOfRun } from '../../rules/run-search.ts'

export interface ExaminedRun {
  readonly searched: SearchedRun
  readonly matches: boolean
}

/**
 * A project's runs in the order in which they were made, some hundred in one read, with whether
 * each is wanted. Their large texts are read only where the condition, or `withTexts`, needs them.
 */
export async function* examineRuns(
  registry: Pick<Registry, 'metadata' | 'now'>,
  input: {
    readonly ownerId: number
    readonly order: 'newest' | 'oldest'
    readonly after: number | null
    readonly filter: Filter
    readonly withTexts: boolean
  },
): AsyncGenerator<readonly ExaminedRun[]> {
  const { ownerId, order, filter } = input
  const limit = MAX_EXAMINED_PER_STATEMENT
  const readsTexts = input.withTexts || needsTexts(filter)
  for (let after = input.after; ; ) {
    const from = after
    const examined = await registry.metadata.read(async (tx) => {
      const runs = await tx.runs.list({ ownerId, order, after: from, limit })
      const users = await tx.users.findMany([...new Set(runs.map((run) => run.createdBy))])
      const usernames = new Map(users.map(({ id, username }) => [id, username]))
      const texts = readsTexts ? await tx.runs.texts(runs.map(({ id }) => id)) : undefined
      const now = registry.now()
      return runs.map(
        (run): SearchedRun => ({
          run: asSeenAt(run, now),
          username: usernames.get(run.createdBy) ?? '',
          texts: texts?.get(run.id),
        }),
      )
    })
    yield examined.map((searched) => ({
      searched,
      matches: meets(filter, (field) => valuesOfRun(searched, field)),
    }))
    if (examined.length < limit) return
    after = examined.at(-1)?.run.id ?? null
  }
}
