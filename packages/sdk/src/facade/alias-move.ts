import { formatRef } from '../ref.ts'
import type { PointerCause, StreamEvent } from '../wire.ts'

/** A move of an alias, out of the event that tells of it. */
export interface AliasMove {
  /** Its place in the stream: watch on with it as `after`. */
  readonly revision: number
  readonly time: string
  readonly actor: string
  readonly cause: PointerCause
  readonly alias: string
  readonly generation: number
  /** Who bears the alias now; for one of unlimited capacity, who came. */
  readonly versions: readonly string[]
  /** The first of them with its number, to be pulled; null: nobody bears it. */
  readonly ref: string | null
  readonly event: StreamEvent
}

export function aliasMoveOf(event: StreamEvent): AliasMove {
  const { revision, time, actor, owner, collection, alias, payload } = event
  const versions = bearersOf(payload)
  const [selector] = versions
  const isNamed = owner !== null && collection !== null && selector !== undefined
  return {
    revision,
    time,
    actor,
    cause: payload.cause as PointerCause,
    alias: alias ?? '',
    generation: Number(payload.generation),
    versions,
    ref: isNamed ? formatRef({ collection: { owner, name: collection }, selector }) : null,
    event,
  }
}

function bearersOf({ to, added }: StreamEvent['payload']): string[] {
  if (Array.isArray(to)) return to.map(({ index }) => `v${index}`)
  return Array.isArray(added) ? added.map((index) => `v${index}`) : []
}
