import {
  type CollectionName,
  changeCollection,
  isGreenroomError,
  type Tagged,
} from '@greenroom/sdk'
import type { Collection } from '@greenroom/sdk/wire'
import { Button, Textarea } from '@mantine/core'
import { IconFileText, IconPencil } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../../../api/connection.ts'
import { collectionQuery } from '../../../api/queries.ts'
import { Markdown } from '../../../ui/markdown.tsx'
import { Empty, ErrorNotice } from '../../../ui/states.tsx'
import styles from './card.module.css'

interface CardTabProps {
  readonly collection: CollectionName
  readonly card: Tagged<Collection>
  /** The page shows the past: nothing is changed from there. */
  readonly isPast: boolean
}

/** What the collection is and is not for; edited where it is read. */
export default function CardTab({ collection, card, isPast }: CardTabProps) {
  const [draft, setDraft] = useState<string>()
  // What one began with: a change of somebody else's in between is not written over.
  const [etag, setEtag] = useState(card.etag)
  const queries = useQueryClient()
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: (description: string) =>
      changeCollection(client(), collection, { description }, { ifMatch: etag }),
    onSuccess: async () => {
      await queries.invalidateQueries(collectionQuery(collection))
      setDraft(undefined)
    },
  })
  const edit = () => {
    reset()
    setEtag(card.etag)
    setDraft(card.description ?? '')
  }
  if (draft === undefined)
    return (
      <div className={styles.frame}>
        {card.description === null || card.description.trim() === '' ? (
          <Empty title="No card yet" icon={<IconFileText size={32} aria-hidden />}>
            <p>Say what it is for, what it is not for, and how it was measured.</p>
            {!isPast && <Button onClick={edit}>Write the card</Button>}
          </Empty>
        ) : (
          <>
            {!isPast && (
              <Button
                variant="default"
                className={styles.edit ?? ''}
                leftSection={<IconPencil size={16} />}
                onClick={edit}
              >
                Edit
              </Button>
            )}
            <Markdown text={card.description} />
          </>
        )}
      </div>
    )
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        mutate(draft)
      }}
    >
      <div className={styles.panes}>
        <Textarea
          label="Card"
          description="Markdown; HTML is shown as nothing."
          autosize
          minRows={16}
          value={draft}
          onChange={({ currentTarget }) => setDraft(currentTarget.value)}
          data-autofocus
        />
        <section aria-label="As it will look">
          <Markdown text={draft} />
        </section>
      </div>
      {isGreenroomError(error, 'generation_mismatch') ? (
        <ErrorNotice
          error={
            new Error('Somebody changed the card meanwhile. Copy what you wrote, then begin again.')
          }
        />
      ) : (
        error !== null && <ErrorNotice error={error} />
      )}
      <div className={styles.buttons}>
        <Button variant="default" onClick={() => setDraft(undefined)}>
          Cancel
        </Button>
        <Button type="submit" loading={isPending}>
          Save
        </Button>
      </div>
    </form>
  )
}
