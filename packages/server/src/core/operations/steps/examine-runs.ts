import { MAX_EXAMINED_PER_STATEMENT } from '../../limits.ts'
import { asSeenAt } from '../../model/run.ts'
import { meets, needsTexts, type RunCondition, type SearchedRun } from '../../model/run-search.ts'
import type { Registry } from '../../registry.ts'

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
    readonly where: RunCondition | null
    readonly withTexts: boolean
  },
): AsyncGenerator<readonly ExaminedRun[]> {
  const { ownerId, order, where } = input
  const limit = MAX_EXAMINED_PER_STATEMENT
  const readsTexts = input.withTexts || needsTexts(where)
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
      matches: where === null || meets(searched, where),
    }))
    if (examined.length < limit) return
    after = examined.at(-1)?.run.id ?? null
  }
}
