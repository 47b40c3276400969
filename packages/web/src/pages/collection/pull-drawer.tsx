import type { CollectionName } from '@greenroom/sdk'
import { Drawer, Select } from '@mantine/core'
import { useState } from 'react'
import { CopyText } from '../../ui/copy-text.tsx'
import { SnippetTabs } from '../../ui/snippet-tabs.tsx'
import { pullSnippets, refOf } from '../../ui/snippets.ts'
import styles from './collection.module.css'
import type { Lane } from './collection-state.ts'

interface PullDrawerProps {
  readonly collection: CollectionName
  readonly lanes: readonly Lane[]
  readonly opened: boolean
  readonly onClose: () => void
}

/** How to get it, with each client that this server speaks to. */
export function PullDrawer({ collection, lanes, opened, onClose }: PullDrawerProps) {
  const held = lanes.filter(({ count }) => count > 0)
  const preferred = held.find(({ alias }) => alias === 'production') ?? held[0]
  const [chosen, setChosen] = useState<string>()
  const selector = chosen ?? preferred?.alias ?? 'latest'
  const selectors = [
    ...new Set(['latest', ...held.map(({ alias }) => alias), ...held.flatMap((l) => l.versions)]),
  ]
  const snippets = pullSnippets(collection, selector)
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={560}
      title={`Pull ${collection.name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={styles.pull}>
        <Select
          label="Which version"
          description="A stage follows its pointer; a number means the same for ever."
          data={selectors}
          value={selector}
          allowDeselect={false}
          onChange={(value) => setChosen(value ?? undefined)}
        />
        <CopyText text={refOf(collection, selector)} what="reference" />
        <SnippetTabs snippets={snippets} label="Pull" />
      </div>
    </Drawer>
  )
}
