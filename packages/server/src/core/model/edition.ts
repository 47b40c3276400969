import type { Measure } from './collection.ts'
import { digestOf } from './digest.ts'
import type { Stage } from './stage.ts'

/**
 * Names the state of what a caller can change, so that two people do not overwrite each other: 32
 * hex digits over the given fields. What changes by itself (times, numbers, pointers) is no part.
 */
function editionOf(fields: unknown): string {
  return digestOf(JSON.stringify(fields)).slice('sha256:'.length, 'sha256:'.length + 32)
}

/** Of a collection or an owner: what a rename, a new description, other tags or measures change. */
export function describedEdition(thing: {
  readonly name: string
  readonly description: string | null
  readonly tags?: readonly string[]
  readonly measures?: readonly Measure[]
}): string {
  const { name, description, tags = [], measures = [] } = thing
  return editionOf([
    name,
    description,
    ...tags,
    ...measures.map(({ path, better }) => [path, better]),
  ])
}

/** Of an owner's stages, all of them in order. */
export function stagesEdition(stages: readonly Stage[]): string {
  return editionOf(
    stages.map((stage) => [
      stage.name,
      stage.capacity,
      stage.protected,
      stage.requires,
      stage.onSupersede,
      stage.clears,
      stage.fallback,
    ]),
  )
}
