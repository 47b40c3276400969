import type { ListedCollection, Move, Stage, Standing } from '@greenroom/sdk/wire'
import type { RegistrySearch } from '../../app/page-search.ts'

// What the registry's table shows of what was loaded: pure, so that it can be tested.

export function standingOf(row: ListedCollection, alias: string): Standing | undefined {
  return row.standings.find((standing) => standing.alias === alias)
}

/** The newest move of a stage; moves of `latest` are those of commits, and tell nothing. */
export function lastMoveOf(row: ListedCollection): (Move & { readonly alias: string }) | undefined {
  const moves = row.standings
    .filter(({ alias }) => alias !== 'latest')
    .map(({ alias, lastMove }) => ({ ...lastMove, alias }))
  return moves.sort((a, b) => (a.time < b.time ? 1 : -1))[0]
}

/** What the server was not asked for: tags, vacant stages, movers. */
export function filterRows(
  rows: readonly ListedCollection[],
  { tag, stage, held, mover }: RegistrySearch,
): readonly ListedCollection[] {
  return rows.filter((row) => {
    if (tag !== undefined && !row.tags.includes(tag)) return false
    if (stage !== undefined && held === 'vacant' && (standingOf(row, stage)?.slotCount ?? 0) > 0)
      return false
    if (mover === undefined) return true
    const wanted = mover.toLowerCase()
    return row.standings.some(
      ({ alias, lastMove }) => alias !== 'latest' && lastMove.actor.toLowerCase().includes(wanted),
    )
  })
}

/** By name unless asked otherwise; what has no value in that column comes last either way. */
export function sortRows(
  rows: readonly ListedCollection[],
  sort: string | undefined,
): readonly ListedCollection[] {
  if (sort === undefined) return rows
  const column = sort.replace(/^-/, '')
  const sign = sort.startsWith('-') ? -1 : 1
  const keyOf = (row: ListedCollection): string | number | undefined => {
    if (column === 'name') return row.name.toLowerCase()
    if (column === 'type') return row.type
    if (column === 'move') return lastMoveOf(row)?.time
    if (column === 'size') return row.newest?.size
    if (column === 'metric') return row.newest?.value ?? undefined
    const standing = standingOf(row, column)
    return standing === undefined || standing.slotCount === 0 ? undefined : standing.lastMove.time
  }
  return rows.toSorted((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)]
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined)
    return left < right ? -sign : left > right ? sign : 0
  })
}

/** As text, for a spreadsheet: who bears each stage, and bytes. */
export function cellsOf(row: ListedCollection, stages: readonly Stage[]): (string | number)[] {
  const borne = stages.map(({ name }) =>
    (standingOf(row, name)?.slots ?? []).map(({ version }) => version).join(', '),
  )
  return [row.name, row.type, row.tags.join(', '), ...borne, row.newest?.size ?? '']
}
