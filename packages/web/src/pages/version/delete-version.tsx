import { type CollectionName, deleteVersion, isGreenroomError } from '@greenroom/sdk'
import type { Version } from '@greenroom/sdk/wire'
import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { client } from '../../api/connection.ts'
import { keys } from '../../api/keys.ts'
import { COLLECTION_PATH, collectionParams } from '../../app/place.ts'
import { plural } from '../../ui/format.ts'
import { AliasChips } from '../../ui/stage-chip.tsx'
import { ErrorNotice } from '../../ui/states.tsx'

interface DeleteVersionProps {
  readonly collection: CollectionName
  readonly version: Version
  readonly onClose: () => void
}

/**
 * Says what holds the version, here and elsewhere, and deletes it only when told to vacate that.
 */
export function DeleteVersion({ collection, version, onClose }: DeleteVersionProps) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [reason, setReason] = useState('')
  const [drop, setDrop] = useState(false)
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      deleteVersion(client(), collection, version.version, {
        dropAliases: drop,
        reason: reason.trim() === '' ? undefined : reason,
      }),
    onSuccess: async () => {
      await navigate({ to: COLLECTION_PATH, params: collectionParams(collection) })
      await queries.invalidateQueries({ queryKey: keys.collection(collection) })
    },
  })
  const own = version.aliases.filter((alias) => alias !== 'latest')
  const holders = holdersIn(error)
  const isHeld = own.length > 0 || holders !== undefined
  return (
    <Modal opened onClose={onClose} title={`Delete ${version.version}`} size="lg">
      <Stack>
        <p>
          {version.version} of <bdi>{collection.name}</bdi> goes everywhere, from collections that
          it is linked into too. Its number is never given again, its history stays.
        </p>
        {own.length > 0 && (
          <p>
            It bears <AliasChips aliases={own} /> here.
          </p>
        )}
        {holders !== undefined && <Holders {...holders} />}
        {error !== null && holders === undefined && <ErrorNotice error={error} />}
        {isHeld && (
          <Checkbox
            label="Vacate these aliases, and delete it"
            checked={drop}
            onChange={({ currentTarget }) => setDrop(currentTarget.checked)}
          />
        )}
        <TextInput
          label="Reason"
          description="Kept in the history"
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Keep it
          </Button>
          <Button
            color="red"
            disabled={isHeld && !drop}
            loading={isPending}
            onClick={() => mutate()}
          >
            Delete {version.version}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

interface HoldersFound {
  readonly holders: readonly string[]
  readonly hidden: number
}

function Holders({ holders, hidden }: HoldersFound) {
  return (
    <div role="alert">
      <p>It is in use. These point to it:</p>
      <ul>
        {holders.map((holder) => (
          <li key={holder} className="mono">
            {holder}
          </li>
        ))}
        {hidden > 0 && <li>{plural(hidden, 'alias', 'aliases')} that you may not see</li>}
      </ul>
    </div>
  )
}

/** What the refusal names, when it is the one that says the version is in use. */
function holdersIn(error: unknown): HoldersFound | undefined {
  if (!isGreenroomError(error, 'version_in_use')) return undefined
  const { holders, hidden } = error.details
  return {
    holders: Array.isArray(holders) ? holders.map(String) : [],
    hidden: typeof hidden === 'number' ? hidden : 0,
  }
}
