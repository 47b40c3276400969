import { Popover, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import styles from './ui.module.css'

/** Tags of a version: some of them, and the rest on a click. */
export function TagList({
  tags,
  show = 4,
}: {
  readonly tags: readonly string[]
  readonly show?: number
}) {
  // What floats costs time in a long table: it is made for the one that is asked for.
  const [isAsked, setAsked] = useState(false)
  const rest = tags.slice(show)
  if (tags.length === 0) return null
  return (
    <span className={styles.chips}>
      {tags.slice(0, show).map((tag) => (
        <Tag key={tag} tag={tag} />
      ))}
      {rest.length > 0 && !isAsked && (
        <UnstyledButton
          className={styles.tag}
          aria-label={`${rest.length} more tags`}
          onClick={() => setAsked(true)}
        >
          +{rest.length}
        </UnstyledButton>
      )}
      {rest.length > 0 && isAsked && (
        <Popover shadow="md" width={320} position="bottom-start" defaultOpened trapFocus>
          <Popover.Target>
            <UnstyledButton className={styles.tag} aria-label={`${rest.length} more tags`}>
              +{rest.length}
            </UnstyledButton>
          </Popover.Target>
          <Popover.Dropdown>
            <span className={styles.chips}>
              {rest.map((tag) => (
                <Tag key={tag} tag={tag} />
              ))}
            </span>
          </Popover.Dropdown>
        </Popover>
      )}
    </span>
  )
}

function Tag({ tag }: { readonly tag: string }) {
  return (
    <span className={styles.tag} title={tag}>
      <span className="clip">{tag}</span>
    </span>
  )
}
