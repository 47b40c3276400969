import type { PointerCause, Stage, StandingsAt } from '@greenroom/sdk/wire'

// Who bears what, now or at an instant: what the board and the head of the page show.

export interface Lane {
  readonly alias: string
  /** Undefined: an alias that no stage declares. */
  readonly stage: Stage | undefined
  /** The first 32. */
  readonly versions: readonly string[]
  readonly count: number
  readonly generation: number
  /** Of its last move; null: it was never set. */
  readonly since: string | null
  readonly mover: string | null
}

/** Stages in their order, then other aliases that somebody bears. */
export function lanesOf({ items, stages }: StandingsAt): readonly Lane[] {
  const byName = new Map(items.map((item) => [item.alias, item]))
  const held = items.filter(({ slotCount }) => slotCount > 0).map(({ alias }) => alias)
  return namesOf(stages, held).map((alias) => {
    const item = byName.get(alias)
    return {
      alias,
      stage: stages.find(({ name }) => name === alias),
      versions: item?.slots.map(({ version }) => version) ?? [],
      count: item?.slotCount ?? 0,
      generation: item?.generation ?? 0,
      since: item?.lastMove.time ?? null,
      mover: item?.lastMove.actor ?? null,
    }
  })
}

/** `latest` is where the versions are already. */
function namesOf(stages: readonly Stage[], others: readonly string[]): readonly string[] {
  const declared = stages.map(({ name }) => name)
  return [...new Set([...declared, ...others])].filter((name) => name !== 'latest')
}

export function newestFirst(a: string, b: string): number {
  return indexOf(b) - indexOf(a)
}

export function indexOf(version: string): number {
  return Number(version.slice(1))
}

/** What others are compared with: `production`, or else the last stage that one version bears. */
export function measureOf(lanes: readonly Lane[]): Lane | undefined {
  const single = lanes.filter(({ stage }) => stage !== undefined && stage.capacity !== null)
  return single.find(({ alias }) => alias === 'production') ?? single.at(-1)
}

/** In words, for the history. */
export const CAUSES: Readonly<Record<PointerCause, string>> = {
  promote: 'Move pointer',
  set: 'Set slots',
  remove: 'Take away',
  clear: 'Clear',
  rollback: 'Roll back',
  commit: 'Commit',
  link: 'Link',
  supersede: 'Displaced',
  delete: 'Delete',
  import: 'Import',
  expiry: 'Expiry',
}
