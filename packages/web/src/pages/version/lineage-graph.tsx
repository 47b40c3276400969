import '@xyflow/react/dist/base.css'
import { IconBox, IconPlayerPlay, IconPlus } from '@tabler/icons-react'
import { Link, type LinkProps } from '@tanstack/react-router'
import {
  Background,
  Controls,
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react'
import {
  type CSSProperties,
  createContext,
  type KeyboardEvent,
  useContext,
  useMemo,
  useRef,
  useState,
} from 'react'
import styles from './lineage.module.css'
import type { LineageNode, LineagePicture, PlacedNode } from './lineage-layout.ts'
import { placeOf } from './lineage-node.tsx'

const COLUMN_WIDTH = 280
const ROW_HEIGHT = 88
const NODE_WIDTH = 220
const NODE_HEIGHT = 60

type VersionNode = Extract<LineageNode, { kind: 'version' }>

interface LineageGraphProps {
  readonly picture: LineagePicture
  readonly onMore: (node: VersionNode) => void
}

/** What a drawn node needs to know beside itself. */
interface Walk {
  readonly root: string
  readonly active: string
  readonly onKey: (event: KeyboardEvent, placed: PlacedNode) => void
  readonly onFocus: (key: string) => void
  readonly onMore: (node: VersionNode) => void
}

const WalkContext = createContext<Walk | undefined>(undefined)

type DrawnNode = Node<{ readonly placed: PlacedNode }, 'lineage'>
const NODE_TYPES = { lineage: DrawnLineageNode }

/** Left to right; runs are round, versions square. One stop of Tab, then walked by the arrows. */
export default function LineageGraph(props: LineageGraphProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  )
}

function Drawing({ picture, onMore }: LineageGraphProps) {
  const nodes = useMemo(() => picture.placed.map(drawnNode), [picture])
  const edges = useMemo(() => picture.edges.map(drawnEdge), [picture])
  const walk = useWalk(picture, onMore)
  return (
    <WalkContext.Provider value={walk.context}>
      <section
        className={styles.graph}
        style={{ '--rows': rowsOf(picture) } as CSSProperties}
        aria-label="Lineage graph"
        ref={walk.frame}
      >
        <ReactFlow<DrawnNode>
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          fitView
          fitViewOptions={{ maxZoom: 1, padding: 0.15 }}
          minZoom={0.2}
          maxZoom={1.5}
          preventScrolling={false}
          zoomOnScroll={false}
          panOnScroll={false}
        >
          <Background gap={24} />
          <Controls showInteractive={false} />
        </ReactFlow>
      </section>
      <p className={styles.hint}>
        Arrows walk along the graph, Enter opens, <kbd>+</kbd> shows what a version is tied to.
      </p>
    </WalkContext.Provider>
  )
}

/** One node is in the tab order; the arrows pass that on along the edges. */
function useWalk({ root, placed, before, after }: LineagePicture, onMore: Walk['onMore']) {
  const frame = useRef<HTMLElement>(null)
  const [active, setActive] = useState(root)
  const { setCenter, getZoom } = useReactFlow()
  const go = (key: string | undefined) => {
    const target = placed.find(({ node }) => node.key === key)
    if (target === undefined) return
    setActive(target.node.key)
    const { x, y } = positionOf(target)
    void setCenter(x + NODE_WIDTH / 2, y + NODE_HEIGHT / 2, { zoom: getZoom(), duration: 120 })
    const shown = frame.current?.querySelectorAll<HTMLElement>('[data-lineage]') ?? []
    for (const one of shown)
      if (one.dataset.lineage === target.node.key) one.focus({ preventScroll: true })
  }
  const onKey = (event: KeyboardEvent, { node, column, row }: PlacedNode) => {
    const beside = (step: number) =>
      placed.find((other) => other.column === column && other.row === row + step)?.node.key
    const act: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => go(nearest(placed, before.get(node.key), row)),
      ArrowRight: () => go(nearest(placed, after.get(node.key), row)),
      ArrowUp: () => go(beside(-1)),
      ArrowDown: () => go(beside(1)),
      Home: () => go(root),
      '+': () => node.kind === 'version' && onMore(node),
    }
    if (!Object.hasOwn(act, event.key)) return
    event.preventDefault()
    act[event.key]?.()
  }
  const known = placed.some(({ node }) => node.key === active) ? active : root
  return { frame, context: { root, active: known, onKey, onFocus: setActive, onMore } }
}

function nearest(
  placed: readonly PlacedNode[],
  keys: readonly string[] | undefined,
  row: number,
): string | undefined {
  const ties = placed.filter(({ node }) => keys?.includes(node.key))
  ties.sort((a, b) => Math.abs(a.row - row) - Math.abs(b.row - row))
  return ties[0]?.node.key
}

function DrawnLineageNode({ data: { placed } }: NodeProps<DrawnNode>) {
  const walk = useContext(WalkContext)
  const { node } = placed
  const isRoot = node.key === walk?.root
  const isRun = node.kind === 'run'
  const Icon = isRun ? IconPlayerPlay : IconBox
  return (
    <div className={styles.node} data-kind={node.kind} data-root={isRoot}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Link
        {...(placeOf(node) as LinkProps)}
        className={styles.nodeLink ?? ''}
        data-lineage={node.key}
        tabIndex={walk?.active === node.key ? 0 : -1}
        title={isRun ? node.displayName : node.ref}
        aria-label={
          isRun ? `run ${node.displayName}` : `version ${node.collection} ${node.version}`
        }
        onFocus={() => walk?.onFocus(node.key)}
        onKeyDown={(event) => walk?.onKey(event, placed)}
      >
        <Icon size={18} aria-hidden />
        <span className={styles.nodeWords}>
          <bdi className="clip">{isRun ? node.displayName : node.collection}</bdi>
          <span className="clip faint">
            {isRun ? (node.jobType ?? node.state) : `${node.version} · ${node.type}`}
          </span>
        </span>
      </Link>
      {node.kind === 'version' && !isRoot && (
        <button
          type="button"
          className={styles.more}
          tabIndex={-1}
          aria-label={`Show what ${node.collection} ${node.version} is tied to`}
          onClick={() => walk?.onMore(node)}
        >
          <IconPlus size={14} aria-hidden />
        </button>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  )
}

/** In the fullest column: the frame is no higher than they need. */
function rowsOf({ placed }: LineagePicture): number {
  const columns = Map.groupBy(placed, ({ column }) => column)
  return Math.max(...[...columns.values()].map(({ length }) => length))
}

function positionOf({ column, row }: PlacedNode) {
  return { x: column * COLUMN_WIDTH, y: row * ROW_HEIGHT }
}

function drawnNode(placed: PlacedNode): DrawnNode {
  return {
    id: placed.node.key,
    type: 'lineage',
    position: positionOf(placed),
    width: NODE_WIDTH,
    height: NODE_HEIGHT,
    data: { placed },
  }
}

function drawnEdge({ from, to }: { readonly from: string; readonly to: string }): Edge {
  return { id: `${from} ${to}`, source: from, target: to }
}
