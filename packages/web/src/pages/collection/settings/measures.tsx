import { type CollectionName, changeCollection, type Tagged } from '@greenroom/sdk'
import type { Collection, Measure } from '@greenroom/sdk/wire'
import { ActionIcon, Button, SegmentedControl, Select } from '@mantine/core'
import { IconArrowUp, IconX } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../../../api/connection.ts'
import { keys } from '../../../api/keys.ts'
import { versionsQuery } from '../../../api/queries.ts'
import { directionOf, metricKeysOf } from '../../../ui/metrics.ts'
import { ErrorNotice } from '../../../ui/states.tsx'
import styles from './settings.module.css'

interface MeasuresProps {
  readonly collection: CollectionName
  readonly itself: Tagged<Collection>
}

/** What versions are measured by and which way is better: said once, used by every comparison. */
export function Measures({ collection, itself }: MeasuresProps) {
  const [draft, setDraft] = useState<readonly Measure[]>()
  const queries = useQueryClient()
  const { mutate, error, isPending } = useMutation({
    mutationFn: (measures: readonly Measure[]) =>
      changeCollection(client(), collection, { measures }, { ifMatch: itself.etag }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keys.collection(collection) })
      setDraft(undefined)
    },
  })
  const measures = draft ?? itself.measures
  const change = (path: string, better: Measure['better']) =>
    setDraft(measures.map((one) => (one.path === path ? { path, better } : one)))
  const lift = (at: number) => {
    const moved = measures[at]
    if (moved === undefined) return
    const rest = measures.filter((one) => one !== moved)
    setDraft([...rest.slice(0, at - 1), moved, ...rest.slice(at - 1)])
  }
  return (
    <section className={styles.part}>
      <h2>Metrics</h2>
      <p className="soft">
        Which numbers of a version tell how good it is, and which way. The first is the key metric:
        the registry’s trend follows it. What is not named here is guessed by its name.
      </p>
      <ol className={styles.measures}>
        {measures.map(({ path, better }, at) => (
          <li key={path}>
            <span className="clip mono" title={path}>
              {path}
            </span>
            <SegmentedControl
              size="xs"
              aria-label={`Which way of ${path} is better`}
              value={better}
              onChange={(value) => change(path, value === 'lower' ? 'lower' : 'higher')}
              data={[
                { value: 'higher', label: 'Higher is better' },
                { value: 'lower', label: 'Lower is better' },
              ]}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Move ${path} up`}
              disabled={at === 0}
              onClick={() => lift(at)}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove ${path}`}
              onClick={() => setDraft(measures.filter((one) => one.path !== path))}
            >
              <IconX size={16} />
            </ActionIcon>
          </li>
        ))}
      </ol>
      <AddMeasure
        collection={collection}
        measures={measures}
        onAdd={(path) => setDraft([...measures, { path, better: directionOf(path) ?? 'higher' }])}
      />
      {error !== null && <ErrorNotice error={error} />}
      <div className={styles.buttons}>
        <Button
          variant="default"
          disabled={draft === undefined}
          loading={isPending}
          onClick={() => mutate(measures)}
        >
          Save metrics
        </Button>
        {draft !== undefined && (
          <Button variant="subtle" color="gray" onClick={() => setDraft(undefined)}>
            Cancel
          </Button>
        )}
      </div>
    </section>
  )
}

/** Of the newest versions the numbers that are not named yet. */
function AddMeasure({
  collection,
  measures,
  onAdd,
}: {
  readonly collection: CollectionName
  readonly measures: readonly Measure[]
  readonly onAdd: (path: string) => void
}) {
  const { data } = useInfiniteQuery(versionsQuery(collection, { limit: 30 }))
  const known = metricKeysOf(data?.pages[0]?.items ?? [])
  const others = known.filter((key) => measures.every(({ path }) => path !== key))
  return (
    <Select
      aria-label="Add a metric"
      placeholder={others.length === 0 ? 'The newest versions have no other' : 'Add a metric'}
      searchable
      disabled={others.length === 0}
      data={others}
      value={null}
      onChange={(path) => path !== null && onAdd(path)}
    />
  )
}
