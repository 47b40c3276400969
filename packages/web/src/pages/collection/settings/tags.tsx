import { type CollectionName, changeCollection, type Tagged } from '@greenroom/sdk'
import type { Collection } from '@greenroom/sdk/wire'
import { Button, TagsInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../../../api/connection.ts'
import { keys } from '../../../api/keys.ts'
import { ErrorNotice } from '../../../ui/states.tsx'
import styles from './settings.module.css'

interface TagsProps {
  readonly collection: CollectionName
  readonly itself: Tagged<Collection>
}

export function Tags({ collection, itself }: TagsProps) {
  const [draft, setDraft] = useState<readonly string[]>()
  const queries = useQueryClient()
  const { mutate, error, isPending } = useMutation({
    mutationFn: (tags: readonly string[]) =>
      changeCollection(client(), collection, { tags }, { ifMatch: itself.etag }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keys.collection(collection) })
      setDraft(undefined)
    },
  })
  const tags = draft ?? itself.tags
  return (
    <section className={styles.part}>
      <h2>Tags</h2>
      <TagsInput
        aria-label="Tags"
        description="Free words to find it by in the registry. A tag is never a pointer."
        placeholder={tags.length === 0 ? 'Type a tag and press Enter' : ''}
        value={[...tags]}
        onChange={setDraft}
      />
      {error !== null && <ErrorNotice error={error} />}
      <div>
        <Button
          variant="default"
          disabled={draft === undefined}
          loading={isPending}
          onClick={() => mutate(tags)}
        >
          Save tags
        </Button>
      </div>
    </section>
  )
}
