import type { ListedCollection, Stage } from '@greenroom/sdk/wire'
import { Button, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch, IconX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { RegistrySearch } from '../../app/page-search.ts'
import styles from './registry.module.css'

interface RegistryFiltersProps {
  readonly search: RegistrySearch
  readonly stages: readonly Stage[]
  readonly rows: readonly ListedCollection[] | undefined
  readonly onChange: (part: RegistrySearch) => void
}

export function RegistryFilters({ search, stages, rows = [], onChange }: RegistryFiltersProps) {
  const types = [
    ...new Set([...rows.map(({ type }) => type), ...(search.type ? [search.type] : [])]),
  ]
  const movers = [
    ...new Set([
      ...rows.flatMap(({ standings }) => standings.map(({ lastMove }) => lastMove.actor)),
      ...(search.mover ? [search.mover] : []),
    ]),
  ]
  const tags = [
    ...new Set([...rows.flatMap((row) => row.tags), ...(search.tag ? [search.tag] : [])]),
  ]
  const isFiltered = [search.q, search.type, search.tag, search.stage, search.mover].some(Boolean)
  return (
    <search className={styles.filters} aria-label="Filters">
      <TextFilter value={search.q ?? ''} onChange={(q) => onChange({ q })} />
      <div className={styles.choices}>
        <Select
          aria-label="Type"
          placeholder="Any type"
          clearable
          data={types.sort()}
          value={search.type ?? null}
          onChange={(type) => onChange({ type: type ?? undefined })}
        />
        {tags.length > 0 && (
          <Select
            aria-label="Tag"
            placeholder="Any tag"
            clearable
            searchable
            data={tags.sort()}
            value={search.tag ?? null}
            onChange={(tag) => onChange({ tag: tag ?? undefined })}
          />
        )}
        <Select
          aria-label="Stage"
          placeholder="Any stage"
          clearable
          data={stages.map(({ name }) => name)}
          value={search.stage ?? null}
          onChange={(stage) => onChange({ stage: stage ?? undefined, held: undefined })}
        />
        {search.stage !== undefined && (
          <SegmentedControl
            aria-label="Held or vacant"
            size="sm"
            value={search.held ?? 'held'}
            onChange={(held) => onChange({ held: held === 'vacant' ? 'vacant' : 'held' })}
            data={[
              { value: 'held', label: 'Held' },
              { value: 'vacant', label: 'Vacant' },
            ]}
          />
        )}
        <Select
          aria-label="Moved by"
          placeholder="Moved by anybody"
          clearable
          data={movers.sort()}
          value={search.mover ?? null}
          onChange={(mover) => onChange({ mover: mover ?? undefined })}
        />
      </div>
      {isFiltered && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconX size={16} aria-hidden />}
          onClick={() =>
            onChange({
              q: undefined,
              type: undefined,
              tag: undefined,
              stage: undefined,
              held: undefined,
              mover: undefined,
            })
          }
        >
          Clear
        </Button>
      )}
    </search>
  )
}

interface TextFilterProps {
  readonly value: string
  readonly onChange: (value: string | undefined) => void
}

/** Typed here, and in the address a moment later: each key is not a question to the server. */
function TextFilter({ value, onChange }: TextFilterProps) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  const tell = useDebouncedCallback((text: string) => onChange(text || undefined), 200)
  return (
    <TextInput
      className={styles.textFilter ?? ''}
      aria-label="Filter by name"
      placeholder="Filter by name"
      data-page-filter
      leftSection={<IconSearch size={16} aria-hidden />}
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value)
        tell(currentTarget.value)
      }}
    />
  )
}
