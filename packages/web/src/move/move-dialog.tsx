import { putAlias } from '@greenroom/sdk'
import { Select } from '@mantine/core'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../api/connection.ts'
import { aliasesQuery, dryRunQuery, versionsQuery } from '../api/queries.ts'
import { effectsOf } from './effects.ts'
import styles from './move.module.css'
import { MoveFrame } from './move-frame.tsx'
import { MoveBegins, MoveWaits } from './move-waits.tsx'
import type { MoveRequest } from './open-move.ts'

/** Move a pointer to a version: first what it would do, then the button. */
export function MoveDialog({ collection, ...wanted }: Extract<MoveRequest, { kind: 'move' }>) {
  const [alias, setAlias] = useState(wanted.alias)
  const [version, setVersion] = useState(wanted.version)
  const [reason, setReason] = useState('')
  const queries = useQueryClient()
  const dryRun = useQuery({
    ...dryRunQuery(collection, alias ?? '', version),
    enabled: alias !== undefined,
  })
  const choice = (
    <Choice
      collection={collection}
      alias={alias}
      version={version}
      onAlias={setAlias}
      onVersion={setVersion}
    />
  )
  if (alias === undefined)
    return <MoveBegins title={`Set an alias on ${version}`}>{choice}</MoveBegins>
  const title = `Move ${alias} to ${version}`
  if (dryRun.data === undefined)
    return (
      <MoveWaits title={title} error={dryRun.error} retry={() => void dryRun.refetch()}>
        {choice}
      </MoveWaits>
    )
  const { generation, allowed, changed, removed, rules } = dryRun.data
  return (
    <MoveFrame
      title={title}
      collection={collection}
      alias={alias}
      choice={choice}
      now={changed ? removed[0] : version}
      then={version}
      effects={effectsOf(dryRun.data)}
      rules={rules}
      generation={generation}
      obstacle={
        !changed
          ? `${alias} is at ${version} already.`
          : allowed
            ? undefined
            : 'The rules above do not allow it.'
      }
      confirm={`Move ${alias}`}
      reason={reason}
      onReason={setReason}
      act={(why) =>
        putAlias(client(), collection, alias, { version, reason: why }, expecting(generation))
      }
      lookAgain={() => void queries.resetQueries(dryRunQuery(collection, alias, version))}
    />
  )
}

/** A pointer that was never set has no generation to match: it must still be vacant. */
function expecting(generation: number) {
  return { ifMatch: generation, attempts: 1 }
}

interface ChoiceProps {
  readonly collection: MoveRequest['collection']
  readonly alias: string | undefined
  readonly version: string
  readonly onAlias: (alias: string) => void
  readonly onVersion: (version: string) => void
}

function Choice({ collection, alias, version, onAlias, onVersion }: ChoiceProps) {
  const aliases = useQuery(aliasesQuery(collection))
  const versions = useInfiniteQuery(versionsQuery(collection, { limit: 100 }))
  const names = new Set([
    ...(aliases.data?.stages.map(({ name }) => name) ?? []),
    ...(aliases.data?.items.map((item) => item.alias) ?? []),
  ])
  names.delete('latest')
  const numbers = new Set([
    version,
    ...(versions.data?.pages.flatMap(({ items }) => items.map((item) => item.version)) ?? []),
  ])
  return (
    <div className={styles.choice}>
      <PointerSelect names={names} alias={alias} onAlias={onAlias} />
      <Select
        label="Version"
        searchable
        allowDeselect={false}
        data={[...numbers]}
        value={version}
        onChange={(value) => value !== null && onVersion(value)}
        onSearchChange={(typed) => {
          // One beyond the newest hundred is typed in full.
          if (/^v\d+$/.test(typed) && !numbers.has(typed)) onVersion(typed)
        }}
      />
    </div>
  )
}

interface PointerSelectProps extends Pick<ChoiceProps, 'alias' | 'onAlias'> {
  /** What there is: stages, and aliases that were set. */
  readonly names: ReadonlySet<string>
}

/** A pointer that there is, or any name that is typed: whether it may be one, the server says. */
function PointerSelect({ names, alias, onAlias }: PointerSelectProps) {
  const [typed, setTyped] = useState('')
  const own = typed.trim()
  const offered = new Set([...names, ...(alias === undefined ? [] : [alias]), own])
  offered.delete('')
  return (
    <Select
      label="Pointer"
      placeholder="Choose one, or type a new name"
      searchable
      selectFirstOptionOnChange
      allowDeselect={false}
      data-autofocus={alias === undefined || undefined}
      data={[...offered]}
      renderOption={({ option }) =>
        names.has(option.value) ? option.value : `New alias “${option.value}”`
      }
      value={alias ?? null}
      onChange={(value) => value !== null && onAlias(value)}
      onSearchChange={setTyped}
    />
  )
}
