import type { OwnerName } from '@greenroom/sdk/wire'
import { useSuspenseQuery } from '@tanstack/react-query'
import { meQuery } from '../api/queries.ts'
import { SnippetTabs } from './snippet-tabs.tsx'
import { logSnippets } from './snippets.ts'
import styles from './ui.module.css'

interface LogWaysProps {
  readonly owner: OwnerName
  /** Of the collection; else an example. */
  readonly name?: string
}

/** Three ways to log a model here, ready to be pasted. */
export function LogWays({ owner, name }: LogWaysProps) {
  const { data: me } = useSuspenseQuery(meQuery())
  const snippets = logSnippets(owner, me.entity, name)
  return (
    <>
      <SnippetTabs snippets={snippets} label="Log a model" className={styles.ways ?? ''} />
      <p>
        The key is {me.user.username}’s; <code>greenroom token create</code> makes another.
      </p>
    </>
  )
}
