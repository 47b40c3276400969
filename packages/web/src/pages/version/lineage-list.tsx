import { IconArrowNarrowRight, IconBox, IconPlayerPlay } from '@tabler/icons-react'
import styles from './lineage.module.css'
import type { LineageNode, LineagePicture, PlacedNode } from './lineage-layout.ts'
import { NodeLink } from './lineage-node.tsx'

/** The same as the graph, for readers and small screens: far left first, far right last. */
export function LineageList({ picture }: { readonly picture: LineagePicture }) {
  const columns = Map.groupBy(picture.placed, ({ column }) => column)
  const order = [...columns.keys()].sort((a, b) => a - b)
  const names = new Map(picture.placed.map(({ node }) => [node.key, nameOf(node)]))
  return (
    <ol className={styles.list}>
      {order.map((column) => (
        <li key={column} data-root={column === 0}>
          <h3>{titleOf(column)}</h3>
          <ul>
            {columns.get(column)?.map((placed) => (
              <Line key={placed.node.key} placed={placed} picture={picture} names={names} />
            ))}
          </ul>
        </li>
      ))}
    </ol>
  )
}

interface LineProps {
  readonly placed: PlacedNode
  readonly picture: LineagePicture
  readonly names: ReadonlyMap<string, string>
}

const SHOWN_TIES = 4

function Line({ placed: { node }, picture, names }: LineProps) {
  const to = picture.after.get(node.key) ?? []
  const Icon = node.kind === 'run' ? IconPlayerPlay : IconBox
  return (
    <li className={styles.line}>
      <Icon size={16} aria-label={node.kind} />
      <NodeLink node={node} />
      {to.length > 0 && (
        <span className={styles.ties}>
          <IconArrowNarrowRight size={16} aria-label="led to" />
          <bdi>
            {to
              .slice(0, SHOWN_TIES)
              .map((key) => names.get(key) ?? key)
              .join(', ')}
          </bdi>
          {to.length > SHOWN_TIES ? ` and ${to.length - SHOWN_TIES} more` : ''}
        </span>
      )}
    </li>
  )
}

function titleOf(column: number): string {
  if (column === 0) return 'This version'
  const steps = Math.abs(column) === 1 ? 'one step' : `${Math.abs(column)} steps`
  return column < 0 ? `Came from, ${steps} back` : `Led to, ${steps} on`
}

function nameOf(node: LineageNode): string {
  return node.kind === 'run' ? node.displayName : `${node.collection}:${node.version}`
}
