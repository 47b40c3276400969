/**
 * What `verify` may find. Damage: something that was promised does not hold. Garbage: something is
 * left over that a crash may leave; the next collection removes it.
 */
export const FINDINGS = {
  database_damaged: 'damage',
  log_broken: 'damage',
  stack_broken: 'damage',
  pointer_differs: 'damage',
  bearer_differs: 'damage',
  alias_dangling: 'damage',
  number_missing: 'damage',
  counter_too_low: 'damage',
  membership_broken: 'damage',
  content_differs: 'damage',
  entry_without_blob: 'damage',
  holder_missing: 'damage',
  draft_broken: 'damage',
  stream_broken: 'damage',
  bytes_missing: 'damage',
  bytes_differ: 'damage',
  bytes_without_row: 'garbage',
  removal_unfinished: 'garbage',
  upload_forgotten: 'garbage',
} as const satisfies Record<string, 'damage' | 'garbage'>

export type FindingKind = keyof typeof FINDINGS

export interface Finding {
  readonly kind: FindingKind
  /** What it is about: a kind of thing and its id, e.g. `collection 0f3…`. */
  readonly about: string
  /** For people: what is wrong there. */
  readonly message: string
}

/** More of one collection would hide the others'. */
const MAX_FINDINGS_PER_THING = 100

/** Gathers findings about one thing. */
export class Findings {
  readonly found: Finding[] = []
  readonly #about: string
  #left = MAX_FINDINGS_PER_THING

  constructor(about: string) {
    this.#about = about
  }

  add(kind: FindingKind, message: string): void {
    this.#left -= 1
    if (this.#left > 0) this.found.push({ kind, about: this.#about, message })
    else if (this.#left === 0)
      this.found.push({ kind, about: this.#about, message: `${message} (and more like this)` })
  }
}
