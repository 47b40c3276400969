import { createCollection } from '@greenroom/sdk'
import type { OwnerName } from '@greenroom/sdk/wire'
import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { client } from '../../api/connection.ts'
import { COLLECTION_PATH, collectionParams } from '../../app/place.ts'
import { ErrorNotice } from '../../ui/states.tsx'
import styles from './registry.module.css'

interface NewCollectionModalProps {
  readonly owner: OwnerName
  readonly opened: boolean
  readonly onClose: () => void
}

export default function NewCollectionModal({ owner, opened, onClose }: NewCollectionModalProps) {
  const navigate = useNavigate()
  const { mutate, error, isPending } = useMutation({
    mutationFn: (form: FormData) => {
      const field = (name: string) => String(form.get(name) ?? '').trim()
      return createCollection(client(), owner, {
        name: field('name'),
        type: field('type'),
        description: field('description') || null,
      })
    },
    onSuccess: ({ name }) =>
      void navigate({ to: COLLECTION_PATH, params: collectionParams({ owner, name }) }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    mutate(new FormData(event.currentTarget))
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="New collection"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit} className={styles.form}>
        <TextInput name="name" label="Name" required data-autofocus />
        <TextInput
          name="type"
          label="Type"
          description="Of all its versions; it cannot be changed later."
          defaultValue="model"
          required
        />
        <Textarea name="description" label="Card" description="Markdown" minRows={3} autosize />
        {error !== null && <ErrorNotice error={error} />}
        <Button type="submit" loading={isPending}>
          Create
        </Button>
      </form>
    </Modal>
  )
}
