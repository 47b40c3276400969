import type { OwnerName } from '@greenroom/sdk/wire'
import { Tabs } from '@mantine/core'
import { IconRocket } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { meQuery } from '../../api/queries.ts'
import { CodeBlock } from '../../ui/code-block.tsx'
import { logSnippets } from '../../ui/snippets.ts'
import { Empty } from '../../ui/states.tsx'
import styles from './registry.module.css'

/** Three ways to log the first model, ready to be pasted. */
export default function EmptyRegistry({ owner }: { readonly owner: OwnerName }) {
  const { data: me } = useSuspenseQuery(meQuery())
  const snippets = logSnippets(owner, me.entity)
  return (
    <Empty title="Nothing is here yet" icon={<IconRocket size={32} aria-hidden />}>
      <p>Log the first model with the client that you use already:</p>
      <Tabs defaultValue={snippets[0]?.client ?? ''} className={styles.ways}>
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
    </Empty>
  )
}
