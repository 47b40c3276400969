import type { RunState } from '@greenroom/sdk/wire'
import {
  IconAlertTriangle,
  IconCheck,
  IconClock,
  IconPlayerPlay,
  IconPlayerStop,
  IconX,
} from '@tabler/icons-react'
import styles from './runs.module.css'

interface Look {
  readonly tone: 'good' | 'bad' | 'warn' | 'accent' | 'quiet'
  readonly Icon: typeof IconCheck
}

const LOOKS: Readonly<Record<RunState, Look>> = {
  running: { tone: 'accent', Icon: IconPlayerPlay },
  pending: { tone: 'quiet', Icon: IconClock },
  preempting: { tone: 'warn', Icon: IconClock },
  preempted: { tone: 'warn', Icon: IconPlayerStop },
  finished: { tone: 'good', Icon: IconCheck },
  failed: { tone: 'bad', Icon: IconX },
  crashed: { tone: 'bad', Icon: IconAlertTriangle },
  killed: { tone: 'quiet', Icon: IconPlayerStop },
}

/** Colour, mark and word together. */
export function RunStateMark({ state }: { readonly state: RunState }) {
  const { tone, Icon } = LOOKS[state]
  return (
    <span className={styles.state} data-tone={tone}>
      <Icon size={14} aria-hidden />
      {state}
    </span>
  )
}
