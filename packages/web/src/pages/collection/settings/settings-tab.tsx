import {
  type CollectionName,
  changeCollection,
  deleteCollection,
  type Tagged,
} from '@greenroom/sdk'
import type { Collection, Stage } from '@greenroom/sdk/wire'
import { Button, Checkbox, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { client } from '../../../api/connection.ts'
import { stagesQuery } from '../../../api/queries.ts'
import { COLLECTION_PATH, collectionParams, OWNER_PATH, ownerParams } from '../../../app/place.ts'
import { StageChip } from '../../../ui/stage-chip.tsx'
import { ErrorNotice } from '../../../ui/states.tsx'
import table from '../../../ui/table.module.css'
import { Time } from '../../../ui/time.tsx'
import { Measures } from './measures.tsx'
import styles from './settings.module.css'
import { Tags } from './tags.tsx'

interface SettingsTabProps {
  readonly collection: CollectionName
  readonly itself: Tagged<Collection>
}

export default function SettingsTab({ collection, itself }: SettingsTabProps) {
  return (
    <div className={styles.settings}>
      <Measures collection={collection} itself={itself} />
      <Tags collection={collection} itself={itself} />
      <Rename collection={collection} itself={itself} />
      <Stages collection={collection} />
      <Delete collection={collection} />
      <p className="faint">
        Made <Time at={itself.createdAt} /> by {itself.createdBy}; its type is {itself.type}, for
        ever.
      </p>
    </div>
  )
}

function Rename({ collection, itself }: SettingsTabProps) {
  const navigate = useNavigate()
  const { mutate, error, isPending } = useMutation({
    mutationFn: (name: string) =>
      changeCollection(client(), collection, { name }, { ifMatch: itself.etag }),
    onSuccess: ({ name }) =>
      void navigate({
        to: COLLECTION_PATH,
        params: collectionParams({ ...collection, name }),
        search: { tab: 'settings' },
      }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    mutate(String(new FormData(event.currentTarget).get('name') ?? '').trim())
  }
  return (
    <form className={styles.part} onSubmit={submit}>
      <h2>Name</h2>
      <TextInput
        name="name"
        aria-label="Name"
        description="References by the old name end with it; the history stays."
        defaultValue={collection.name}
        required
      />
      {error !== null && <ErrorNotice error={error} />}
      <div>
        <Button type="submit" variant="default" loading={isPending}>
          Rename
        </Button>
      </div>
    </form>
  )
}

/** Declared once for all collections of the owner; read here, since they rule this board. */
function Stages({ collection }: { readonly collection: CollectionName }) {
  const { data, error } = useQuery(stagesQuery(collection.owner))
  return (
    <section className={styles.part}>
      <h2>Stages</h2>
      <p className="soft">
        Those of {collection.owner.entity}/{collection.owner.name}, for all its collections.
      </p>
      {error !== null && <ErrorNotice error={error} />}
      <div className={table.frame}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">Bearers</th>
              <th scope="col">What it does</th>
            </tr>
          </thead>
          <tbody>
            {data?.items.map((stage) => (
              <tr key={stage.name}>
                <td>
                  <StageChip name={stage.name} isProtected={stage.protected} />
                </td>
                <td className="num">{stage.capacity ?? 'any number'}</td>
                <td className="soft">{sentencesOf(stage).join(' ') || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function sentencesOf({ requires, onSupersede, clears, fallback }: Stage): readonly string[] {
  return [
    requires.length > 0 ? `Requires ${requires.join(', ')} before.` : '',
    onSupersede === null ? '' : `Who is displaced becomes ${onSupersede}.`,
    clears.length > 0 ? `Who gains it is ${clears.join(', ')} no longer.` : '',
    fallback.length > 0 ? `Vacant, ${fallback.join(', then ')} may stand in.` : '',
  ].filter(Boolean)
}

function Delete({ collection }: { readonly collection: CollectionName }) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const [dropAliases, setDropAliases] = useState(false)
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => deleteCollection(client(), collection, { dropAliases }),
    onSuccess: () => void navigate({ to: OWNER_PATH, params: ownerParams(collection.owner) }),
  })
  return (
    <section className={styles.part}>
      <h2>Delete</h2>
      <p className="soft">
        Its versions, or the links that it has, go with it. Its numbers are never given again.
      </p>
      <TextInput
        label="Type its name to confirm"
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <Checkbox
        label="Even though stages are held here: vacate them"
        checked={dropAliases}
        onChange={({ currentTarget }) => setDropAliases(currentTarget.checked)}
      />
      {error !== null && <ErrorNotice error={error} />}
      <div>
        <Button
          color="red"
          disabled={typed !== collection.name}
          loading={isPending}
          onClick={() => mutate()}
        >
          Delete the collection
        </Button>
      </div>
    </section>
  )
}
