import type { AliasList, LoggedSlot, PointerCause, PointerEvent, Stage } from '@greenroom/sdk/wire'

// Who bears what, now or at an instant: what the board and the head of the page show.

export interface Lane {
  readonly alias: string
  /** Undefined: an alias that no stage declares. */
  readonly stage: Stage | undefined
  readonly versions: readonly string[]
  readonly count: number
  readonly generation: number
  /** Of its last move; null: it was never set. */
  readonly since: string | null
}

/** The lanes as they are now: stages in their order, then other aliases that somebody bears. */
export function lanesNow({ items, stages }: AliasList): readonly Lane[] {
  const byName = new Map(items.map((item) => [item.alias, item]))
  return namesOf(
    stages,
    items.filter(({ slotCount }) => slotCount > 0).map(({ alias }) => alias),
  ).map((alias) => {
    const item = byName.get(alias)
    return {
      alias,
      stage: stages.find(({ name }) => name === alias),
      versions: item?.slots.map(({ version }) => version) ?? [],
      count: item?.slotCount ?? 0,
      generation: item?.generation ?? 0,
      since: item?.updatedAt ?? null,
    }
  })
}

/**
 * The lanes as they were when the last of `entries` was written; they come newest first, and reach
 * back to the first of the log.
 */
export function lanesAt(
  entries: readonly PointerEvent[],
  stages: readonly Stage[],
): readonly Lane[] {
  const borne = new Map<string, { versions: string[]; event: PointerEvent }>()
  for (const event of entries.toReversed()) {
    const before = borne.get(event.alias)?.versions ?? []
    borne.set(event.alias, { versions: after(before, event), event })
  }
  const held = [...borne].filter(([, { versions }]) => versions.length > 0).map(([alias]) => alias)
  return namesOf(stages, held).map((alias) => {
    const found = borne.get(alias)
    return {
      alias,
      stage: stages.find(({ name }) => name === alias),
      versions: found?.versions ?? [],
      count: found?.versions.length ?? 0,
      generation: found?.event.generation ?? 0,
      since: found?.event.time ?? null,
    }
  })
}

function after(before: readonly string[], { to, added, removed }: PointerEvent): string[] {
  if (to !== null) return to.map(({ version }: LoggedSlot) => version)
  return [...before.filter((version) => !removed.includes(version)), ...added].toSorted(newestFirst)
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
