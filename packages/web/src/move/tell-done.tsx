import { type CollectionName, deleteAlias, rollBack } from '@greenroom/sdk'
import type { AliasChange } from '@greenroom/sdk/wire'
import { Button } from '@mantine/core'
import { client } from '../api/connection.ts'
import { dropToast, toast } from '../ui/toast.tsx'

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
    void toast({ message: `${alias} was at ${version} already; nothing was changed.` })
    return
  }
  const id = `moved-${collection.name}-${alias}-${generation}`
  const undo = async () => {
    void dropToast(id)
    const expected = { ifMatch: generation }
    try {
      // What had no bearer before has nothing to roll back to: then its slot is taken away.
      if (before === undefined)
        await deleteAlias(client(), collection, alias, { version, reason: 'Undo' }, expected)
      else await rollBack(client(), collection, alias, { reason: 'Undo' }, expected)
      void toast({ message: `${alias} is back at ${before ?? 'nobody'}.` })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      void toast({ color: 'red', title: 'Not undone', message })
    }
  }
  void toast({
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
