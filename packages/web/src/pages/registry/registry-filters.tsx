import type { ListedCollection, Stage } from '@greenroom/sdk/wire'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch, IconX } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import type { RegistrySearch } from '../../app/page-search.ts'
import styles from './registry.module.css'

interface RegistryFiltersProps {
  readonly search: RegistrySearch
  readonly stages: readonly Stage[]
  readonly rows: readonly ListedCollection[] | undefined
  readonly onChange: (part: RegistrySearch) => void
  /** Beside them. */
  readonly children: ReactNode
}

export function RegistryFilters(props: RegistryFiltersProps) {
  const { search, stages, rows = [], onChange, children } = props
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
        <Choice
          label="Type"
          any="Any type"
          data={types.sort()}
          value={search.type}
          onChange={(type) => onChange({ type })}
        />
        {tags.length > 0 && (
          <Choice
            label="Tag"
            any="Any tag"
            data={tags.sort()}
            value={search.tag}
            onChange={(tag) => onChange({ tag })}
          />
        )}
        <Choice
          label="Stage"
          any="Any stage"
          data={stages.flatMap(({ name }) => [`${name} held`, `${name} vacant`])}
          value={search.stage && `${search.stage} ${search.held ?? 'held'}`}
          onChange={(chosen) => onChange(stageOf(chosen))}
        />
        <Choice
          label="Moved by"
          any="Moved by anybody"
          data={movers.sort()}
          value={search.mover}
          onChange={(mover) => onChange({ mover })}
        />
      </div>
      {children}
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

function stageOf(chosen: string | undefined): RegistrySearch {
  const [, stage, held] = /^(.*) (held|vacant)$/s.exec(chosen ?? '') ?? []
  return { stage, held: held === 'vacant' ? 'vacant' : undefined }
}

interface ChoiceProps {
  readonly label: string
  /** When nothing is chosen. */
  readonly any: string
  readonly data: readonly string[]
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
}

/** The browser's own: it works on every device, and is a part of no first load. */
function Choice({ label, any, data, value, onChange }: ChoiceProps) {
  return (
    <NativeSelect
      aria-label={label}
      data-chosen={value !== undefined}
      data={[{ value: '', label: any }, ...data]}
      value={value ?? ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
    />
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
