import { type CollectionName, deleteAlias } from '@greenroom/sdk'
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../../api/connection.ts'
import { keys } from '../../api/keys.ts'
import { aliasQuery } from '../../api/queries.ts'
import { StageChip } from '../../ui/stage-chip.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import styles from './version.module.css'

interface TakeAliasProps {
  readonly collection: CollectionName
  readonly alias: string
  readonly version: string
  readonly onClose: () => void
}

/** Takes an alias from a version: says who bears it then, and is refused if somebody moved it. */
export function TakeAlias({ collection, alias, version, onClose }: TakeAliasProps) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const { data, error, refetch } = useQuery(aliasQuery(collection, alias))
  const change = useMutation({
    mutationFn: (generation: number) =>
      deleteAlias(
        client(),
        collection,
        alias,
        { version, reason: reason.trim() === '' ? undefined : reason },
        { ifMatch: generation },
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keys.collection(collection) })
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={`Take ${alias} from ${version}`} size="lg">
      {error !== null && <ErrorNotice error={error} retry={() => void refetch()} />}
      {error === null && data === undefined && <SkeletonRows rows={3} />}
      {data !== undefined && (
        <Stack>
          <p className={styles.consequence}>
            <StageChip name={alias} />
            {whoRemains(
              version,
              data.slots.map((slot) => slot.version),
            )}
          </p>
          <TextInput
            label="Reason"
            description="Kept in the history"
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
            data-autofocus
          />
          {change.error !== null && (
            <ErrorNotice
              error={change.error}
              retry={() => {
                change.reset()
                void refetch()
              }}
            />
          )}
          <p className="faint">
            Expects generation {data.generation}; refused if somebody moves it first.
          </p>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Leave it
            </Button>
            <Button loading={change.isPending} onClick={() => change.mutate(data.generation)}>
              Take {alias} away
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}

function whoRemains(version: string, bearers: readonly string[]): string {
  const others = bearers.filter((bearer) => bearer !== version)
  if (others.length === bearers.length) return `has left ${version} already.`
  return others.length === 0
    ? 'becomes vacant: whoever resolves it is refused until it is moved again.'
    : `stays with ${others.join(', ')}.`
}
