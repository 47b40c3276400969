import { Autocomplete, Pill } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useState } from 'react'
import styles from './versions.module.css'

interface VersionFilterProps {
  readonly filter: readonly string[]
  readonly metrics: readonly string[]
  readonly onChange: (filter: readonly string[] | undefined) => void
}

const OPERATORS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'contains', 'exists']
const FIELDS = ['alias', 'tag', 'createdBy', 'createdAt', 'digest', 'size', 'state']

/** Conditions as the API takes them, `metadata.accuracy:gte:0.9`, with help as one types. */
export function VersionFilter({ filter, metrics, onChange }: VersionFilterProps) {
  const [typed, setTyped] = useState('')
  const add = (condition: string) => {
    // Three parts make one: what was chosen from the list may be only the first or second.
    if (!/^[^:]+:[a-z]+(:.+)?$/.test(condition) || condition.endsWith(':')) return
    onChange([...new Set([...filter, condition])])
    setTyped('')
  }
  const remove = (condition: string) => {
    const rest = filter.filter((one) => one !== condition)
    onChange(rest.length === 0 ? undefined : rest)
  }
  return (
    <div className={styles.filter}>
      <Autocomplete
        aria-label="Filter versions"
        placeholder="metadata.accuracy:gte:0.9, tag:eq:nightly, alias:eq:production"
        data-page-filter
        leftSection={<IconFilter size={16} aria-hidden />}
        data={suggestionsFor(typed, metrics)}
        filter={({ options }) => options}
        value={typed}
        onChange={setTyped}
        onKeyDown={(event) => {
          if (event.key === 'Enter') add(typed.trim())
        }}
        comboboxProps={{ shadow: 'md' }}
      />
      {filter.map((condition) => (
        <Pill
          key={condition}
          withRemoveButton
          onRemove={() => remove(condition)}
          removeButtonProps={{ 'aria-label': `Remove ${condition}`, 'aria-hidden': false }}
        >
          {condition}
        </Pill>
      ))}
    </div>
  )
}

/** What may come next: a field, then how it is compared. */
function suggestionsFor(typed: string, metrics: readonly string[]): readonly string[] {
  const [field = '', operator] = typed.split(':', 2)
  const fields = [...FIELDS, ...metrics.map((key) => `metadata.${key}`)]
  if (!typed.includes(':'))
    return fields
      .filter((one) => one.includes(field))
      .map((one) => `${one}:`)
      .slice(0, 12)
  if (typed.split(':').length === 2)
    return OPERATORS.filter((one) => one.startsWith(operator ?? '')).map((o) => `${field}:${o}:`)
  return []
}
