import type { OwnerName } from '@greenroom/sdk/wire'
import { Tabs } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { meQuery } from '../api/queries.ts'
import { CodeBlock } from './code-block.tsx'
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
      <Tabs defaultValue={snippets[0]?.client ?? ''} className={styles.ways ?? ''}>
        <Tabs.List>
          {snippets.map(({ client }) => (
            <Tabs.Tab key={client} value={client}>
              {client}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippets.map(({ client, text }) => (
          <Tabs.Panel key={client} value={client} pt="md">
            <CodeBlock text={text} label={`Log a model with ${client}`} />
          </Tabs.Panel>
        ))}
      </Tabs>
      <p>
        The key is {me.user.username}’s; <code>greenroom token create</code> makes another.
      </p>
    </>
  )
}
