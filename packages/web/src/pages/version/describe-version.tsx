import { type CollectionName, changeVersion } from '@greenroom/sdk'
import type { Version } from '@greenroom/sdk/wire'
import { Button, Group, Modal, Stack, TagsInput, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../../api/connection.ts'
import { keys } from '../../api/keys.ts'
import { ErrorNotice } from '../../ui/states.tsx'

interface DescribeVersionProps {
  readonly collection: CollectionName
  readonly version: Version
  readonly onClose: () => void
}

/** Description and tags. Refused when somebody else changed them meanwhile. */
export function DescribeVersion({ collection, version, onClose }: DescribeVersionProps) {
  const queries = useQueryClient()
  const [description, setDescription] = useState(version.description ?? '')
  const [tags, setTags] = useState([...version.tags])
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      changeVersion(
        client(),
        collection,
        version.version,
        { description: description.trim() === '' ? null : description, tags },
        { ifMatch: version.revision },
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keys.collection(collection) })
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={`Describe ${version.version}`} size="lg">
      <Stack>
        <Textarea
          label="Description"
          autosize
          minRows={3}
          maxRows={12}
          value={description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
        <TagsInput label="Tags" value={tags} onChange={setTags} clearable />
        {error !== null && <ErrorNotice error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button loading={isPending} onClick={() => mutate()}>
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
