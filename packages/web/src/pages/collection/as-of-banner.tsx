import { Button } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { formatExact } from '../../ui/format.ts'
import styles from './collection.module.css'

/** The page shows the past: nothing can be moved from here. */
export function AsOfBanner({
  asOf,
  onLeave,
}: {
  readonly asOf: string
  readonly onLeave: () => void
}) {
  return (
    <div className={styles.asOf} role="status">
      <IconHistory size={18} aria-hidden />
      <p>
        As of <strong>{formatExact(new Date(asOf))}</strong>. This is the past: it can be read, not
        changed. Who bore what is as it was; cards, tags and numbers are today’s.
      </p>
      <Button size="compact-sm" variant="default" onClick={onLeave}>
        Back to now
      </Button>
    </div>
  )
}
