import { RegistryError } from '../core/errors.ts'
import type { Actor } from '../core/model/actor.ts'

const TICK_MILLISECONDS = 1_000
/** How old a yes is when it is asked for anew: a second or two remain to try again. */
const RECHECK_AGE_MILLISECONDS = 2_000
/** A yes that is older at a tick would be older than 5 s before the next one. */
const MAX_AGE_MILLISECONDS = 5_000 - TICK_MILLISECONDS

interface Standing {
  readonly actor: Actor
  readonly end: () => void
}

/** All answers under one key. */
interface Group {
  readonly members: Set<Standing>
  /** When the question was asked to which the answer was yes. */
  confirmedAt: number
  isAsking: boolean
}

/**
 * Ends answers that take long when who asked for them may no longer: 5 s after a key is revoked at
 * the latest. However many answers stand under one key, it is asked about once.
 */
export class StandingRights {
  readonly #ask: (key: string) => Promise<Actor>
  readonly #clock: () => number
  readonly #groups = new Map<string, Group>()
  #timer: ReturnType<typeof setInterval> | undefined

  /** `ask` throws `unauthenticated` for a no; `clock` gives milliseconds that never go back. */
  constructor(ask: (key: string) => Promise<Actor>, clock = () => performance.now()) {
    this.#ask = ask
    this.#clock = clock
  }

  /** From now on `end` is called when the right ends. Gives the way to stop. */
  keep(key: string, actor: Actor, end: () => void): () => void {
    const group = this.#groups.get(key) ?? this.#begin(key)
    const standing = { actor, end }
    group.members.add(standing)
    this.#timer ??= setInterval(() => this.#recheck(), TICK_MILLISECONDS)
    return () => {
      group.members.delete(standing)
      if (group.members.size === 0 && this.#groups.get(key) === group) this.#groups.delete(key)
      if (this.#groups.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  /** Asks at once: the yes that let the first one in may be some seconds old. */
  #begin(key: string): Group {
    const group: Group = { members: new Set(), confirmedAt: this.#clock(), isAsking: false }
    this.#groups.set(key, group)
    void this.#askAbout(key, group)
    return group
  }

  #recheck(): void {
    for (const [key, group] of this.#groups) {
      const age = this.#clock() - group.confirmedAt
      if (age > MAX_AGE_MILLISECONDS) this.#end(group, () => true)
      else if (age >= RECHECK_AGE_MILLISECONDS && !group.isAsking) void this.#askAbout(key, group)
    }
  }

  async #askAbout(key: string, group: Group): Promise<void> {
    const asked = this.#clock()
    group.isAsking = true
    try {
      const now = await this.#ask(key)
      group.confirmedAt = asked
      this.#end(group, ({ actor }) => actor.standing !== now.standing)
    } catch (error) {
      // Anything else says neither yes nor no: the last yes holds until it is too old.
      if (error instanceof RegistryError && error.code === 'unauthenticated')
        this.#end(group, () => true)
    } finally {
      group.isAsking = false
    }
  }

  #end(group: Group, isOver: (standing: Standing) => boolean): void {
    for (const standing of [...group.members]) if (isOver(standing)) standing.end()
  }
}
