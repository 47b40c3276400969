import type { CollectionName } from '@greenroom/sdk'
import type { PointerEvent } from '@greenroom/sdk/wire'
import { ActionIcon } from '@mantine/core'
import { IconZoomIn, IconZoomOut } from '@tabler/icons-react'
import { useState } from 'react'
import { formatExact, plural } from '../../../ui/format.ts'
import { StageChip } from '../../../ui/stage-chip.tsx'
import { stageLook } from '../../../ui/stage-look.ts'
import type { Lane } from '../collection-state.ts'
import styles from './history.module.css'
import { type Holding, holdingsOf } from './holdings.ts'
import { type Span, spanOf } from './span.ts'

interface SwimLanesProps {
  readonly collection: CollectionName
  readonly entries: readonly PointerEvent[]
  readonly lanes: readonly Lane[]
  readonly asOf: string | undefined
}

const MAX_ZOOM = 32

/** One lane an alias; a bar is a version that held it from when to when. Zoomed, it scrolls. */
export function SwimLanes({ entries, lanes, asOf }: SwimLanesProps) {
  const [zoom, setZoom] = useState(1)
  const holdings = holdingsOf(entries)
  const span = spanOf(entries)
  const names = [...new Set([...lanes.map(({ alias }) => alias), ...holdings.keys()])].filter(
    (name) => name !== 'latest' && holdings.has(name),
  )
  return (
    <section className={styles.swim} aria-label="Who held which pointer when">
      <div className={styles.zoom}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Zoom out"
          disabled={zoom === 1}
          onClick={() => setZoom(zoom / 2)}
        >
          <IconZoomOut size={18} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Zoom in"
          disabled={zoom === MAX_ZOOM}
          onClick={() => setZoom(zoom * 2)}
        >
          <IconZoomIn size={18} />
        </ActionIcon>
      </div>
      <div className={styles.swimGrid}>
        <div className={styles.swimNames}>
          {names.map((name) => (
            <div key={name} className={styles.swimName}>
              <StageChip name={name} />
            </div>
          ))}
        </div>
        <section
          className={styles.swimScroll}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must scroll it
          tabIndex={0}
          aria-label="Timeline"
        >
          <div className={styles.swimTime} style={{ width: `${zoom * 100}%` }}>
            {names.map((name) => (
              <div key={name} className={styles.swimLane}>
                {(holdings.get(name) ?? []).map((holding) => (
                  <Bar key={holding.seq} alias={name} holding={holding} span={span} />
                ))}
              </div>
            ))}
            {asOf !== undefined && (
              <div
                className={styles.asOfLine}
                style={{ left: `${span.share(Date.parse(asOf))}%` }}
              />
            )}
          </div>
        </section>
      </div>
    </section>
  )
}

interface BarProps {
  readonly alias: string
  readonly holding: Holding
  readonly span: Span
}

function Bar({ alias, holding, span }: BarProps) {
  const { versions, from, until, event } = holding
  if (versions.length === 0) return null
  const left = span.share(from)
  const right = until === null ? 100 : span.share(until)
  const words = versions.length === 1 ? versions[0] : plural(versions.length, 'version')
  const end = until === null ? 'now' : formatExact(new Date(until))
  return (
    <div
      className={styles.bar}
      data-colour={stageLook(alias).colour}
      data-open={until === null}
      style={{ left: `${left}%`, width: `${Math.max(right - left, 0.3)}%` }}
      title={`${versions.join(', ')}\n${formatExact(new Date(from))} to ${end}\nby ${event.actor}`}
    >
      <span className="clip">{words}</span>
    </div>
  )
}
