/** How many versions may bear an alias at once; null is unlimited. */
export type Capacity = number | null

/** A declared alias of an owner: a place in the life cycle, with rules. */
export interface Stage {
  readonly name: string
  /** 0 comes first. */
  readonly position: number
  readonly capacity: Capacity
  /** Only who holds the right to promote may move it, through every door. */
  readonly protected: boolean
  /** Stages that the candidate must have borne at any time in this collection. */
  readonly requires: readonly string[]
  /** The alias that a displaced version gains in the same transaction. */
  readonly onSupersede: string | null
  /** Aliases that a version which gains this stage loses in the same transaction. */
  readonly clears: readonly string[]
  /** Tried in order by resolve when this stage is vacant and the caller asks for it. */
  readonly fallback: readonly string[]
}

/** The stages that every project and registry is born with. */
export const DEFAULT_STAGES: readonly Stage[] = [
  stage('staging', 0, {}),
  stage('production', 1, { onSupersede: 'archived', clears: ['archived'] }),
  stage('archived', 2, { capacity: null }),
]

function stage(name: string, position: number, rest: Partial<Stage>): Stage {
  return {
    name,
    position,
    capacity: 1,
    protected: false,
    requires: [],
    onSupersede: null,
    clears: [],
    fallback: [],
    ...rest,
  }
}
