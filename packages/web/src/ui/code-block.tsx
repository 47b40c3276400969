import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import styles from './ui.module.css'

/** Lines to paste into a terminal or a program. */
export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
  const { copied, copy } = useClipboard({ timeout: 1500 })
  return (
    <div className={styles.codeBlock}>
      <section aria-label={label}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys must scroll it */}
        <pre tabIndex={0}>
          <code>{text}</code>
        </pre>
      </section>
      <Button
        size="compact-xs"
        variant="default"
        className={styles.codeCopy ?? ''}
        leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        onClick={() => copy(text)}
        aria-label={`Copy: ${label}`}
      >
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  )
}
