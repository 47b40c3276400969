import { RegistryError } from '../errors.ts'
import { MAX_EXAMINED_PER_PAGE, MAX_SORTED_RUNS } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Filter } from '../model/filter.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import { checkPageSize, type Page } from '../model/page.ts'
import type { Run } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { checkFilter } from '../rules/filter.ts'
import { compareKeys, isOfTexts, isRunField, keyOfRun } from '../rules/run-search.ts'
import { examineRuns } from './steps/examine-runs.ts'
import { getOwner } from './steps/owners.ts'

export interface ListRunsInput {
  readonly owner: OwnerRef
  readonly filter: Filter
  /** By another field than `createdAt` at most `MAX_SORTED_RUNS` runs are sorted. */
  readonly sort: RunSort
  /** Where the list goes on; null: at its beginning. */
  readonly after: RunListKey | null
  readonly limit: number
}

export interface RunSort {
  /** As in a filter; a leaf of its config or summary is `config.rate`, `summary.loss`. */
  readonly field: string
  readonly direction: 'asc' | 'desc'
}

/** A place in a list: a run, and by what it was sorted. */
export interface RunListKey {
  readonly id: number
  readonly value: number | string | null
}

/**
 * A project's runs. A page looks at a bounded number of them: it may hold fewer than `limit` and
 * still have a next one.
 *
 * Throws `owner_not_found`, `request_invalid`, `too_large` (to be sorted).
 */
export async function listRuns(
  registry: Registry,
  actor: Actor,
  input: ListRunsInput,
): Promise<{ readonly owner: Owner; readonly page: Page<Run, RunListKey> }> {
  checkPageSize(input.limit)
  checkFilter(input.filter, isRunField)
  if (!isRunField(input.sort.field))
    throw new RegistryError('request_invalid', `Runs are not sorted by "${input.sort.field}".`)
  const owner = await registry.metadata.read((tx) => getOwner(tx, actor, input.owner, 'read'))
  const isByTime = input.sort.field === 'createdAt'
  const page = isByTime
    ? await listByTime(registry, owner, input)
    : await listSorted(registry, owner, input)
  return { owner, page }
}

async function listByTime(
  registry: Registry,
  owner: Owner,
  { filter, sort, after, limit }: ListRunsInput,
): Promise<Page<Run, RunListKey>> {
  const order = sort.direction === 'desc' ? 'newest' : 'oldest'
  const items: Run[] = []
  const from = after?.id ?? null
  const walk = { ownerId: owner.id, order, after: from, filter, withTexts: false } as const
  let examined = 0
  let last: Run | undefined
  for await (const chunk of examineRuns(registry, walk))
    for (const { searched, matches } of chunk) {
      // One more is looked at only to know that there is more.
      if (items.length === limit || examined === MAX_EXAMINED_PER_PAGE)
        return { items, next: last === undefined ? null : { id: last.id, value: null } }
      examined += 1
      last = searched.run
      if (matches) items.push(searched.run)
    }
  return { items, next: null }
}

async function listSorted(
  registry: Registry,
  owner: Owner,
  { filter, sort, after, limit }: ListRunsInput,
): Promise<Page<Run, RunListKey>> {
  const withTexts = isOfTexts(sort.field)
  const walk = { ownerId: owner.id, order: 'newest', after: null, filter, withTexts } as const
  const found: { readonly run: Run; readonly key: RunListKey }[] = []
  let examined = 0
  for await (const chunk of examineRuns(registry, walk)) {
    examined += chunk.length
    if (examined > MAX_SORTED_RUNS)
      throw new RegistryError(
        'too_large',
        `At most ${MAX_SORTED_RUNS} runs are sorted by this. Any number is sorted by createdAt.`,
      )
    for (const { searched, matches } of chunk) {
      if (!matches) continue
      const value = keyOfRun(searched, sort.field)
      found.push({ run: searched.run, key: { id: searched.run.id, value } })
    }
  }
  const compare = comparator(sort.direction)
  const sorted = found.toSorted((a, b) => compare(a.key, b.key))
  const rest = after === null ? sorted : sorted.filter(({ key }) => compare(key, after) > 0)
  const items = rest.slice(0, limit)
  const next = rest.length > limit ? (items.at(-1)?.key ?? null) : null
  return { items: items.map(({ run }) => run), next }
}

/** Runs without the field come last; equal ones newest first. */
function comparator(direction: RunSort['direction']) {
  const sign = direction === 'asc' ? 1 : -1
  return (a: RunListKey, b: RunListKey): number => {
    if (a.value === null || b.value === null)
      return Number(a.value === null) - Number(b.value === null) || b.id - a.id
    return sign * compareKeys(a.value, b.value) || b.id - a.id
  }
}
