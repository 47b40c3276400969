import { Tabs } from '@mantine/core'
import { CodeBlock } from './code-block.tsx'
import type { Snippet } from './snippets.ts'

interface SnippetTabsProps {
  readonly snippets: readonly Snippet[]
  /** What they do, for readers: it goes on "with" the client. */
  readonly label: string
  readonly className?: string
}

/** The same done with each client, ready to be pasted. */
export function SnippetTabs({ snippets, label, className = '' }: SnippetTabsProps) {
  return (
    <Tabs defaultValue={snippets[0]?.client ?? ''} className={className}>
      <Tabs.List>
        {snippets.map(({ client }) => (
          <Tabs.Tab key={client} value={client}>
            {client}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map(({ client, text }) => (
        <Tabs.Panel key={client} value={client} pt="md">
          <CodeBlock text={text} label={`${label} with ${client}`} />
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
