import type { CollectionName } from '@greenroom/sdk'
import { Autocomplete } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { aliasesQuery, versionsQuery } from '../../api/queries.ts'

interface AddVersionProps {
  readonly collection: CollectionName
  readonly taken: readonly string[]
  readonly onAdd: (selector: string) => void
}

/** By alias or number, as typed or chosen; a whole reference to a version elsewhere does too. */
export function AddVersion({ collection, taken, onAdd }: AddVersionProps) {
  const [typed, setTyped] = useState('')
  const { data: aliases } = useQuery(aliasesQuery(collection))
  const { data: versions } = useInfiniteQuery(versionsQuery(collection, { limit: 200 }))
  const held = aliases?.items.filter(({ slotCount }) => slotCount > 0) ?? []
  const choices = [
    ...held.map(({ alias }) => alias),
    ...(versions?.pages[0]?.items.map(({ version }) => version) ?? []),
  ]
  const add = (selector: string) => {
    if (selector.trim() === '') return
    setTyped('')
    onAdd(selector.trim())
  }
  return (
    <Autocomplete
      aria-label="Add a version"
      placeholder="Add a version or alias"
      leftSection={<IconPlus size={16} aria-hidden />}
      data={choices.filter((one) => !taken.includes(one))}
      limit={40}
      maxDropdownHeight={320}
      value={typed}
      onChange={setTyped}
      onOptionSubmit={add}
      selectFirstOptionOnChange={false}
      onKeyDown={(event) => {
        // With an option under the cursor the list itself answers.
        const chosen = event.currentTarget.getAttribute('aria-activedescendant')
        if (event.key === 'Enter' && chosen === null) add(typed)
      }}
    />
  )
}
