import { UnstyledButton } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { shortDigest } from './format.ts'
import styles from './ui.module.css'

interface CopyTextProps {
  /** What is copied. */
  readonly text: string
  /** What is read; else the text itself. */
  readonly children?: ReactNode
  /** For readers: "reference", "digest". */
  readonly what: string
}

/** A reference, digest or path in the monospaced face: the whole on hover, a click copies it. */
export function CopyText({ text, children = text, what }: CopyTextProps) {
  const { copied, copy } = useClipboard({ timeout: 1500 })
  return (
    <UnstyledButton
      className={styles.copyText}
      title={`${text}\nClick to copy`}
      aria-label={`Copy ${what} ${text}`}
      onClick={(event) => {
        event.stopPropagation()
        copy(text)
      }}
    >
      <span className="clip mono">{children}</span>
      {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      <span className="visually-hidden" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </UnstyledButton>
  )
}

export function Digest({ digest }: { readonly digest: string }) {
  return (
    <CopyText text={digest} what="digest">
      {shortDigest(digest)}
    </CopyText>
  )
}
