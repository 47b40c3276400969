import type { Version } from '@greenroom/sdk/wire'

// The metadata of several versions, leaf by leaf.

export interface LeafRow {
  /** Dotted. */
  readonly path: string
  /** One for each version; undefined: not there. */
  readonly values: readonly (number | string | undefined)[]
  readonly differs: boolean
  /** All that are there are numbers: they can be measured against each other. */
  readonly isMetric: boolean
}

const MAX_DEPTH = 32

/** Every leaf that some version has, in the order in which they come up. */
export function leafRows(versions: readonly Pick<Version, 'metadata'>[]): readonly LeafRow[] {
  const leaves = versions.map(({ metadata }) => leavesOf(metadata))
  const paths = new Set(leaves.flatMap((one) => [...one.keys()]))
  return [...paths].map((path) => {
    const values = leaves.map((one) => one.get(path))
    const there = values.filter((value) => value !== undefined)
    return {
      path,
      values,
      differs: new Set(values).size > 1,
      isMetric: there.every((value) => typeof value === 'number'),
    }
  })
}

/** Lists are leaves: their places say little, and two of them are compared as a whole. */
function leavesOf(metadata: Readonly<Record<string, unknown>>) {
  const leaves = new Map<string, number | string>()
  const walk = (value: unknown, path: string, depth: number) => {
    if (typeof value === 'number') leaves.set(path, value)
    else if (typeof value === 'string') leaves.set(path, value)
    else if (
      typeof value !== 'object' ||
      value === null ||
      Array.isArray(value) ||
      depth > MAX_DEPTH
    )
      leaves.set(path, JSON.stringify(value))
    else
      for (const [name, inner] of Object.entries(value))
        walk(inner, path === '' ? name : `${path}.${name}`, depth + 1)
  }
  walk(metadata, '', 0)
  return leaves
}
