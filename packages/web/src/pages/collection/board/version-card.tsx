import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import type { Version } from '@greenroom/sdk/wire'
import { IconArrowBackUp, IconArrowUpRight, IconDots, IconTag } from '@tabler/icons-react'
import { type KeyboardEvent, memo, useEffect, useRef, useState } from 'react'
import { openMove, openRollback } from '../../../move/open-move.ts'
import { ActionMenu, type MenuEntry } from '../../../ui/action-menu.tsx'
import { formatMetric, formatSize } from '../../../ui/format.ts'
import { MetricDifference } from '../../../ui/metric-difference.tsx'
import { metricsOf } from '../../../ui/metrics.ts'
import { TagList } from '../../../ui/tag-list.tsx'
import { Age } from '../../../ui/time.tsx'
import { VersionLink } from '../../../ui/version-link.tsx'
import styles from './board.module.css'
import type { BoardContext } from './board.tsx'
import { walkCards } from './walk-cards.ts'

interface VersionCardProps {
  readonly name: string
  /** Undefined: it is still asked for. */
  readonly version: Version | undefined
  readonly lane: string
  /** In its lane, for the arrow keys. */
  readonly position: number
  readonly context: BoardContext
}

/** A version on the board. It is dragged, or focused and `m` pressed, or moved by its menu. */
export const VersionCard = memo(function VersionCard({
  name,
  version,
  lane,
  position,
  context,
}: VersionCardProps) {
  const { collection, search } = context
  const isPast = search.asOf !== undefined
  const { card, isDragged } = useDraggable(name, lane, !isPast)
  const move = () => openMove({ collection, alias: nextStage(lane, context), version: name })
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) return
    if (event.key === 'm' && !isPast) move()
    else if (!walkCards(event.currentTarget, event.key)) return
    event.preventDefault()
  }
  return (
    <article
      ref={card}
      className={styles.card}
      data-card={lane}
      data-position={position}
      data-dragged={isDragged}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: focused, it takes m and the arrow keys
      tabIndex={0}
      aria-label={`${name} in ${lane}; press m to move a pointer to it`}
      onKeyDown={onKeyDown}
    >
      <div className={styles.cardHead}>
        <VersionLink collection={collection} version={name} />
        {version !== undefined && (
          <span className="faint clip">
            <Age since={version.createdAt} /> · {version.createdBy} · {formatSize(version.size)}
          </span>
        )}
        {!isPast && (
          <ActionMenu
            label={`Actions for ${name}`}
            icon={<IconDots size={16} />}
            size="sm"
            className={styles.cardMenu}
            entries={entriesFor(name, lane, context)}
          />
        )}
      </div>
      {version !== undefined && <CardMetrics version={version} context={context} />}
      {version !== undefined && <TagList tags={version.tags} show={3} />}
      {version?.state === 'quarantined' && (
        <p className={styles.quarantined}>Quarantined: {version.stateReason}</p>
      )}
    </article>
  )
})

function CardMetrics({
  version,
  context,
}: {
  readonly version: Version
  readonly context: BoardContext
}) {
  const { measures, metrics, measure, measureName } = context
  const own = metricsOf(version.metadata)
  const shown = metrics.flatMap((key) => {
    const value = own.get(key)
    return value === undefined ? [] : [{ key, value, before: measure?.get(key) }]
  })
  if (shown.length === 0) return null
  return (
    <dl className={styles.metrics}>
      {shown.map(({ key, value, before }) => (
        <div key={key}>
          <dt className="clip" title={key}>
            {key}
          </dt>
          <dd className="num">
            <span>{formatMetric(value)}</span>
            <span>
              {before !== undefined && version.version !== measureName && (
                <MetricDifference metric={key} measures={measures} before={before} now={value} />
              )}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function entriesFor(name: string, lane: string, { collection, lanes }: BoardContext): MenuEntry[] {
  const toLanes = lanes
    .filter(({ alias, versions }) => alias !== lane && !versions.includes(name))
    .map(({ alias }) => ({
      label: `Move ${alias} here…`,
      icon: <IconArrowUpRight size={16} />,
      onClick: () => openMove({ collection, alias, version: name }),
    }))
  const moves = [
    ...toLanes,
    {
      label: 'Set alias…',
      icon: <IconTag size={16} />,
      onClick: () => openMove({ collection, alias: undefined, version: name }),
    },
  ]
  const isStage = lanes.some(({ alias, stage }) => alias === lane && stage?.capacity !== null)
  if (!isStage) return moves
  const back = {
    label: `Roll back ${lane}…`,
    icon: <IconArrowBackUp size={16} />,
    onClick: () => openRollback({ collection, alias: lane }),
  }
  return [...moves, back]
}

/** Where `m` proposes to go: the stage after this one, or the first. */
function nextStage(lane: string, { lanes }: BoardContext): string {
  const at = lanes.findIndex(({ alias }) => alias === lane)
  return lanes[at + 1]?.alias ?? lanes[0]?.alias ?? 'production'
}

function useDraggable(version: string, lane: string, isOpen: boolean) {
  const card = useRef<HTMLElement>(null)
  const [isDragged, setDragged] = useState(false)
  useEffect(() => {
    const element = card.current
    if (element === null || !isOpen) return undefined
    return draggable({
      element,
      getInitialData: () => ({ version, lane }),
      onDragStart: () => setDragged(true),
      onDrop: () => setDragged(false),
    })
  }, [version, lane, isOpen])
  return { card, isDragged }
}
