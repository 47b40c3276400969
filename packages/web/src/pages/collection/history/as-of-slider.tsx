import { Button, Slider, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { formatExact } from '../../../ui/format.ts'
import styles from './history.module.css'
import type { Span } from './span.ts'

interface AsOfSliderProps {
  readonly span: Span
  readonly asOf: string | undefined
  readonly onChange: (asOf: string | undefined) => void
}

/** Turns the whole page back to an instant, by hand or to the second; at its right end is now. */
export function AsOfSlider({ span, asOf, onChange }: AsOfSliderProps) {
  const { from, until } = span
  const chosen = asOf === undefined ? until : Date.parse(asOf)
  const [value, setValue] = useState(chosen)
  useEffect(() => setValue(chosen), [chosen])
  const isNow = value >= until
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
      <TextInput
        type="datetime-local"
        step={1}
        size="xs"
        aria-label="As of this date and time"
        value={isNow ? '' : localTime(value)}
        onChange={({ currentTarget }) => {
          const time = Date.parse(currentTarget.value)
          if (!Number.isNaN(time)) onChange(new Date(time).toISOString())
        }}
      />
      <Button
        size="compact-sm"
        variant="default"
        disabled={asOf === undefined}
        onClick={() => onChange(undefined)}
      >
        Now
      </Button>
    </div>
  )
}

/** As the browser's field of a date and time takes it: in the reader's zone, without saying so. */
function localTime(milliseconds: number): string {
  const offset = new Date(milliseconds).getTimezoneOffset() * 60_000
  return new Date(milliseconds - offset).toISOString().slice(0, 19)
}
