import { type CollectionName, deleteAlias, rollBack } from '@greenroom/sdk'
import type { AliasChange } from '@greenroom/sdk/wire'
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { client } from '../api/connection.ts'

const UNDO_MILLISECONDS = 10_000

/** A toast that says what was done, and takes it back. */
export function tellDone(
  collection: CollectionName,
  change: AliasChange,
  before: string | undefined,
): void {
  const { alias, generation, slots } = change
  const version = slots[0]?.version ?? ''
  if (!change.changed) {
    notifications.show({ message: `${alias} was at ${version} already; nothing was changed.` })
    return
  }
  const id = `moved-${collection.name}-${alias}-${generation}`
  const undo = async () => {
    notifications.hide(id)
    const expected = { ifMatch: generation }
    try {
      // What had no bearer before has nothing to roll back to: then its slot is taken away.
      if (before === undefined)
        await deleteAlias(client(), collection, alias, { version, reason: 'Undo' }, expected)
      else await rollBack(client(), collection, alias, { reason: 'Undo' }, expected)
      notifications.show({ message: `${alias} is back at ${before ?? 'nobody'}.` })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      notifications.show({ color: 'red', title: 'Not undone', message })
    }
  }
  notifications.show({
    id,
    autoClose: UNDO_MILLISECONDS,
    title: `${alias} is ${version} now`,
    message: (
      <Button size="compact-sm" variant="default" onClick={() => void undo()}>
        Undo
      </Button>
    ),
  })
}
