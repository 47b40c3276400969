import { MAX_SORTED_RUNS } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import { type Filter, isEverything } from '../model/filter.ts'
import type { OwnerRef } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { checkFilter } from '../rules/filter.ts'
import { isRunField } from '../rules/run-search.ts'
import { examineRuns } from './steps/examine-runs.ts'
import { getOwner } from './steps/owners.ts'

/**
 * How many runs of a project meet a filter, of the newest `MAX_SORTED_RUNS`; without one, of all.
 * Throws `owner_not_found`, `request_invalid`.
 */
export async function countRuns(
  registry: Registry,
  actor: Actor,
  input: { readonly owner: OwnerRef; readonly filter: Filter },
): Promise<number> {
  const { filter } = input
  checkFilter(filter, isRunField)
  const owner = await registry.metadata.read((tx) => getOwner(tx, actor, input.owner, 'read'))
  if (isEverything(filter)) return registry.metadata.read((tx) => tx.runs.count(owner.id))
  const walk = {
    ownerId: owner.id,
    order: 'newest',
    after: null,
    filter,
    withTexts: false,
  } as const
  let examined = 0
  let count = 0
  for await (const chunk of examineRuns(registry, walk)) {
    examined += chunk.length
    for (const { matches } of chunk) if (matches) count += 1
    if (examined >= MAX_SORTED_RUNS) break
  }
  return count
}
