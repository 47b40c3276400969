import { UnstyledButton } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import styles from './ui.module.css'

// What floats costs time in a long table, and code: it is made for the one that is asked for.
const TagPopover = lazy(() => import('./tag-popover.tsx'))

/** Tags of a version: some of them, and the rest on a click. */
export function TagList({
  tags,
  show = 4,
}: {
  readonly tags: readonly string[]
  readonly show?: number
}) {
  const [isAsked, setAsked] = useState(false)
  const rest = tags.slice(show)
  if (tags.length === 0) return null
  const label = `${rest.length} more tags`
  const button = (
    <UnstyledButton className={styles.tag} aria-label={label} onClick={() => setAsked(true)}>
      +{rest.length}
    </UnstyledButton>
  )
  return (
    <span className={styles.chips}>
      {tags.slice(0, show).map((tag) => (
        <Tag key={tag} tag={tag} />
      ))}
      {rest.length > 0 && !isAsked && button}
      {rest.length > 0 && isAsked && (
        <Suspense fallback={button}>
          <TagPopover label={label} words={`+${rest.length}`}>
            {rest.map((tag) => (
              <Tag key={tag} tag={tag} />
            ))}
          </TagPopover>
        </Suspense>
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
