import type { Lineage, LineageRun, LineageVersion } from '@greenroom/sdk/wire'

// Lineage as columns: what a version came from at its left, what came from it at its right.

export type LineageNode = LineageVersion | LineageRun

export interface PlacedNode {
  readonly node: LineageNode
  /** 0 is the version asked for, -1 what made it, 1 what used it. */
  readonly column: number
  /** Within its column, from above. */
  readonly row: number
}

export interface LineagePicture {
  /** The key of the version asked for. */
  readonly root: string
  readonly placed: readonly PlacedNode[]
  readonly edges: Lineage['edges']
  /** Of each key, those that made or fed it, and those that it made or fed. */
  readonly before: ReadonlyMap<string, readonly string[]>
  readonly after: ReadonlyMap<string, readonly string[]>
}

/** Several answers as one graph: those of versions that were opened on demand among them. */
export function mergeLineage(root: string, answers: readonly Lineage[]): Omit<Lineage, 'cut'> {
  const nodes = new Map(answers.flatMap((answer) => answer.nodes.map((one) => [one.key, one])))
  const edges = new Map(
    answers.flatMap((answer) => answer.edges.map((edge) => [`${edge.from} ${edge.to}`, edge])),
  )
  return { root, nodes: [...nodes.values()], edges: [...edges.values()] }
}

/**
 * Columns are the shortest way from the version asked for, against or along the edges; within one,
 * nodes stand near the middle of those that they are tied to.
 */
export function placeLineage({ root, nodes, edges }: Omit<Lineage, 'cut'>): LineagePicture {
  const before = neighbours(edges, ({ to, from }) => [to, from])
  const after = neighbours(edges, ({ to, from }) => [from, to])
  const columns = columnsFrom(root, before, after)
  const byColumn = Map.groupBy(nodes, ({ key }) => columns.get(key) ?? 0)
  const rows = new Map<string, number>()
  const placed: PlacedNode[] = []
  for (const column of [...byColumn.keys()].sort((a, b) => Math.abs(a) - Math.abs(b) || a - b)) {
    const inner = column === 0 ? [] : column < 0 ? [after, before] : [before, after]
    const weight = ({ key }: LineageNode) => {
      for (const ties of inner) {
        const known = (ties.get(key) ?? []).flatMap((other) => rows.get(other) ?? [])
        if (known.length > 0) return known.reduce((sum, row) => sum + row, 0) / known.length
      }
      return 0
    }
    const members = [...(byColumn.get(column) ?? [])]
    members.sort((a, b) => weight(a) - weight(b) || (a.key < b.key ? -1 : 1))
    members.forEach((node, at) => {
      const row = at - (members.length - 1) / 2
      rows.set(node.key, row)
      placed.push({ node, column, row })
    })
  }
  return { root, placed, edges, before, after }
}

function columnsFrom(root: string, before: Ties, after: Ties): ReadonlyMap<string, number> {
  const columns = new Map([[root, 0]])
  const walk: string[] = [root]
  for (let at = 0; at < walk.length; at++) {
    const key = walk[at] ?? ''
    const column = columns.get(key) ?? 0
    const reach = (keys: readonly string[] | undefined, step: number) => {
      for (const next of keys ?? []) {
        if (columns.has(next)) continue
        columns.set(next, column + step)
        walk.push(next)
      }
    }
    reach(before.get(key), -1)
    reach(after.get(key), 1)
  }
  return columns
}

type Ties = ReadonlyMap<string, readonly string[]>

function neighbours(
  edges: Lineage['edges'],
  pair: (edge: Lineage['edges'][number]) => readonly [string, string],
): Ties {
  const ties = new Map<string, string[]>()
  for (const edge of edges) {
    const [key, other] = pair(edge)
    const known = ties.get(key)
    if (known === undefined) ties.set(key, [other])
    else known.push(other)
  }
  return ties
}
