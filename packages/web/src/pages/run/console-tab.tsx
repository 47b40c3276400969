import type { OwnerName, Run } from '@greenroom/sdk/wire'
import { Button } from '@mantine/core'
import { IconTerminal2 } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { consoleEndQuery, consoleQuery } from '../../api/run-queries.ts'
import { formatCount, plural } from '../../ui/format.ts'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import styles from './run.module.css'

interface ConsoleTabProps {
  readonly project: OwnerName
  readonly run: Run
}

/** What the run printed: its end at first, which is what one comes for. */
export function ConsoleTab({ project, run }: ConsoleTabProps) {
  const [isFromStart, setFromStart] = useState(false)
  const end = useQuery({ ...consoleEndQuery(project, run), enabled: !isFromStart })
  const all = useInfiniteQuery({ ...consoleQuery(project, run), enabled: isFromStart })
  const { error, isPending, refetch } = isFromStart ? all : end
  if (error !== null) return <ErrorNotice error={error} retry={() => void refetch()} />
  if (isPending) return <SkeletonRows rows={10} height={24} />
  const lines = isFromStart ? all.data?.pages.flatMap(({ items }) => items) : end.data?.items
  const count = (isFromStart ? all.data?.pages[0]?.count : end.data?.count) ?? 0
  if (lines === undefined || lines.length === 0)
    return (
      <Empty title="Nothing printed" icon={<IconTerminal2 size={32} aria-hidden />}>
        <p>The run has sent no console lines.</p>
      </Empty>
    )
  return (
    <>
      <div className={styles.bar}>
        <span className="soft num">
          {lines.length < count
            ? `The ${isFromStart ? 'first' : 'last'} ${formatCount(lines.length)} of `
            : ''}
          {plural(count, 'line')}
        </span>
        {lines.length < count && (
          <Button size="compact-sm" variant="default" onClick={() => setFromStart(!isFromStart)}>
            {isFromStart ? 'Show the end' : 'Show from the start'}
          </Button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys must scroll it */}
      <pre className={styles.console} tabIndex={0}>
        {lines.map(({ text }) => plainText(text)).join('\n')}
      </pre>
      {isFromStart && all.hasNextPage && (
        <Button
          variant="default"
          loading={all.isFetchingNextPage}
          onClick={() => void all.fetchNextPage()}
        >
          More lines
        </Button>
      )}
    </>
  )
}

/** Without a terminal's colours, and of a line that wrote over itself its last state. */
function plainText(line: string): string {
  const text = line.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/\r?\n?$/, '')
  return text.slice(text.lastIndexOf('\r') + 1)
}
