import type { PointerEvent } from '@greenroom/sdk/wire'
import { Button, Slider } from '@mantine/core'
import { useEffect, useState } from 'react'
import { formatExact } from '../../../ui/format.ts'
import styles from './history.module.css'
import { spanOf } from './span.ts'

interface AsOfSliderProps {
  readonly entries: readonly PointerEvent[]
  readonly asOf: string | undefined
  readonly onChange: (asOf: string | undefined) => void
}

/** Turns the whole page back to an instant; at its right end is now. */
export function AsOfSlider({ entries, asOf, onChange }: AsOfSliderProps) {
  const { from, until } = spanOf(entries)
  const chosen = asOf === undefined ? until : Date.parse(asOf)
  const [value, setValue] = useState(chosen)
  useEffect(() => setValue(chosen), [chosen])
  const say = (time: number) => (time >= until ? 'Now' : formatExact(new Date(time)))
  return (
    <div className={styles.asOf}>
      <span className="soft" id="as-of">
        As of
      </span>
      <Slider
        className={styles.slider ?? ''}
        min={from}
        max={until}
        step={Math.max(1, Math.round((until - from) / 500))}
        value={value}
        onChange={setValue}
        onChangeEnd={(time) => onChange(time >= until ? undefined : new Date(time).toISOString())}
        label={say}
        thumbProps={{ 'aria-labelledby': 'as-of' }}
        thumbValueText={say}
      />
      <span className={`num ${styles.asOfWords}`}>{say(value)}</span>
      {asOf !== undefined && (
        <Button size="compact-sm" variant="default" onClick={() => onChange(undefined)}>
          Now
        </Button>
      )}
    </div>
  )
}
