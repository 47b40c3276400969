import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { Button } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { versionQuery } from '../../../api/queries.ts'
import { openMove } from '../../../move/open-move.ts'
import { formatCount } from '../../../ui/format.ts'
import { StageChip } from '../../../ui/stage-chip.tsx'
import { stageLook } from '../../../ui/stage-look.ts'
import { Time } from '../../../ui/time.tsx'
import type { Lane } from '../collection-state.ts'
import styles from './board.module.css'
import type { BoardContext } from './board.tsx'
import { VersionCard } from './version-card.tsx'

const CARDS_AT_FIRST = 8

interface StageLaneProps {
  readonly lane: Lane
  readonly context: BoardContext
}

/** One stage: who bears it. A card that is dropped here opens the dialog, and moves nothing yet. */
export function StageLane({ lane, context }: StageLaneProps) {
  const { collection, search } = context
  const { alias, stage, versions, count, since, mover } = lane
  const [isAll, setAll] = useState(false)
  const shown = isAll ? versions : versions.slice(0, CARDS_AT_FIRST)
  const answers = useQueries({
    queries: shown.map((version) => versionQuery(collection, version)),
  })
  const isPast = search.asOf !== undefined
  const { target, isOver } = useDropLane(alias, context, !isPast)
  return (
    <section
      ref={target}
      className={styles.lane}
      data-over={isOver}
      data-colour={stageLook(alias).colour}
      aria-label={`${alias}, ${countOf(lane)}`}
    >
      <header className={styles.laneHead}>
        <StageChip name={alias} isProtected={stage?.protected ?? false} />
        <span className="faint num">{countOf(lane)}</span>
      </header>
      <div className={styles.cards}>
        {count === 0 && (
          <p className={styles.vacant}>
            {since === null && isPast && 'Not set by then'}
            {since === null && !isPast && 'Never set. Drag a version here, or press m on its card.'}
            {since !== null && (
              <>
                Vacant since <Time at={since} />, by {mover}
              </>
            )}
          </p>
        )}
        {shown.map((version, at) => (
          <VersionCard
            key={version}
            name={version}
            version={answers[at]?.data}
            lane={alias}
            position={at}
            context={context}
          />
        ))}
        {versions.length > shown.length && (
          <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
            {formatCount(versions.length - shown.length)} more
          </Button>
        )}
        {count > versions.length && (
          <p className="faint">
            and {formatCount(count - versions.length)} more: filter the versions by this alias
          </p>
        )}
      </div>
    </section>
  )
}

function countOf({ stage, count }: Lane): string {
  if (stage?.capacity === null) return formatCount(count)
  return `${formatCount(count)} of ${formatCount(stage?.capacity ?? 1)}`
}

function useDropLane(alias: string, { collection }: BoardContext, isOpen: boolean) {
  const target = useRef<HTMLElement>(null)
  const [isOver, setOver] = useState(false)
  const { owner, name } = collection
  const { kind, entity, name: ownerName } = owner
  useEffect(() => {
    const element = target.current
    if (element === null || !isOpen) return undefined
    return dropTargetForElements({
      element,
      canDrop: ({ source }) => source.data.lane !== alias,
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source }) => {
        setOver(false)
        openMove({
          collection: { owner: { kind, entity, name: ownerName }, name },
          alias,
          version: String(source.data.version),
        })
      },
    })
  }, [alias, isOpen, kind, entity, ownerName, name])
  return { target, isOver }
}
