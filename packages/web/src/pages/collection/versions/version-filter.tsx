import { Autocomplete, Pill } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useState } from 'react'
import { isCondition, type Known, suggestionsFor } from './filter-help.ts'
import styles from './versions.module.css'

interface VersionFilterProps extends Known {
  readonly filter: readonly string[]
  readonly onChange: (filter: readonly string[] | undefined) => void
}

/** Conditions as the API takes them, `metadata.accuracy:gte:0.9`, with help as one types. */
export function VersionFilter({ filter, onChange, ...known }: VersionFilterProps) {
  const [typed, setTyped] = useState('')
  const [isRefused, setRefused] = useState(false)
  const [isOpen, setOpen] = useState(false)
  const suggestions = suggestionsFor(typed, known)
  const meanings = new Map(suggestions.map(({ text, meaning }) => [text, meaning]))
  const add = (condition: string) => {
    setRefused(!isCondition(condition))
    if (!isCondition(condition)) return
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
        placeholder="Filter: metadata.accuracy:gte:0.9"
        data-page-filter
        leftSection={<IconFilter size={16} aria-hidden />}
        data={suggestions.map(({ text }) => text)}
        filter={({ options }) => options}
        renderOption={({ option }) => (
          <span className={styles.suggestion}>
            <code>{option.value}</code>
            <span className="faint">{meanings.get(option.value)}</span>
          </span>
        )}
        error={isRefused && 'A condition is field:comparison:value, as tag:eq:nightly'}
        value={typed}
        onChange={(text) => {
          setTyped(text)
          setRefused(false)
        }}
        dropdownOpened={isOpen}
        onDropdownOpen={() => setOpen(true)}
        onDropdownClose={() => setOpen(false)}
        // The field closes the list and takes the text after this: what is next comes after that.
        onOptionSubmit={(text) =>
          queueMicrotask(() => (isCondition(text) ? add(text) : setOpen(true)))
        }
        onKeyDown={(event) => {
          if (event.key === 'Enter' && typed.trim() !== '') add(typed.trim())
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
