import type { PointerEvent } from '@greenroom/sdk/wire'
import { ActionIcon } from '@mantine/core'
import { IconZoomIn, IconZoomOut } from '@tabler/icons-react'
import { formatDay, formatExact, plural } from '../../../ui/format.ts'
import { StageChip } from '../../../ui/stage-chip.tsx'
import { stageLook } from '../../../ui/stage-look.ts'
import type { Lane } from '../collection-state.ts'
import styles from './history.module.css'
import { type Holding, holdingsOf } from './holdings.ts'
import { type Span, spanOf, ticksOf } from './span.ts'
import type { Log } from './use-log.ts'
import { MAX_ZOOM, useZoom } from './use-zoom.ts'

interface SwimLanesProps {
  readonly log: Log
  readonly entries: readonly PointerEvent[]
  readonly lanes: readonly Lane[]
  readonly asOf: string | undefined
}

const TICKS_A_SCREEN = 5

/** One lane an alias; a bar is a version that held it from when to when. Zoomed and dragged. */
export function SwimLanes({ log, entries, lanes, asOf }: SwimLanesProps) {
  const { zoom, zoomBy, frame, handlers } = useZoom()
  const holdings = holdingsOf(entries)
  const span = spanOf(entries)
  const names = [...new Set([...lanes.map(({ alias }) => alias), ...holdings.keys()])].filter(
    (name) => name !== 'latest' && holdings.has(name),
  )
  return (
    <section className={styles.swim} aria-label="Who held which pointer when">
      <div className={styles.zoom}>
        <span className="faint">
          {log.isWhole ? '' : `From ${formatDay(new Date(span.from))}; older ones are not loaded.`}
        </span>
        <ZoomButton label="Zoom out" disabled={zoom === 1} onClick={() => zoomBy(1 / 2)} />
        <ZoomButton label="Zoom in" disabled={zoom === MAX_ZOOM} onClick={() => zoomBy(2)} />
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
          ref={frame}
          className={styles.swimScroll}
          data-zoomed={zoom > 1}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must scroll it
          tabIndex={0}
          aria-label="Timeline; plus and minus zoom"
          {...handlers}
        >
          <div className={styles.swimTime} style={{ width: `${zoom * 100}%` }}>
            {names.map((name) => (
              <div key={name} className={styles.swimLane}>
                {(holdings.get(name) ?? []).map((holding) => (
                  <Bar key={holding.seq} alias={name} holding={holding} span={span} />
                ))}
              </div>
            ))}
            <div className={styles.axis} aria-hidden>
              {ticksOf(span, TICKS_A_SCREEN * zoom).map(({ share, label }) => (
                <span key={share} style={{ left: `${share}%` }}>
                  {label}
                </span>
              ))}
            </div>
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

interface ZoomButtonProps {
  readonly label: 'Zoom in' | 'Zoom out'
  readonly disabled: boolean
  readonly onClick: () => void
}

function ZoomButton({ label, disabled, onClick }: ZoomButtonProps) {
  const Icon = label === 'Zoom in' ? IconZoomIn : IconZoomOut
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={18} />
    </ActionIcon>
  )
}

interface BarProps {
  readonly alias: string
  readonly holding: Holding
  readonly span: Span
}

function Bar({ alias, holding, span }: BarProps) {
  const { versions, from, until, mover } = holding
  if (versions.length === 0) return null
  const left = span.share(from)
  const right = until === null ? 100 : span.share(until)
  const words = versions.length === 1 ? versions[0] : plural(versions.length, 'version')
  const end = until === null ? 'now' : formatExact(new Date(until))
  const start = mover === null ? 'earlier' : formatExact(new Date(from))
  const by = mover === null ? '' : `\nby ${mover}`
  return (
    <div
      className={styles.bar}
      data-colour={stageLook(alias).colour}
      data-open={until === null}
      style={{ left: `${left}%`, width: `${Math.max(right - left, 0.3)}%` }}
      title={`${versions.join(', ')}\n${start} to ${end}${by}`}
    >
      <span className="clip">{words}</span>
    </div>
  )
}
