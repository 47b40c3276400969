import type { CollectionName } from '@greenroom/sdk'
import type { Collection } from '@greenroom/sdk/wire'
import { Badge, Button, Skeleton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowUpRight, IconDownload } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { versionsQuery } from '../../api/queries.ts'
import { openMove } from '../../move/open-move.ts'
import { StageChip } from '../../ui/stage-chip.tsx'
import { TagList } from '../../ui/tag-list.tsx'
import { Time } from '../../ui/time.tsx'
import { VersionLink } from '../../ui/version-link.tsx'
import styles from './collection.module.css'
import { type Lane, measureOf } from './collection-state.ts'
import { PullDrawer } from './pull-drawer.tsx'

interface CollectionHeadProps {
  readonly collection: CollectionName
  readonly itself: Collection | undefined
  readonly lanes: readonly Lane[]
  readonly isPast: boolean
}

/** Name, type, first line of the card; how to pull it, and the way to move a pointer. */
export function CollectionHead({ collection, itself, lanes, isPast }: CollectionHeadProps) {
  const [isPulling, { open, close }] = useDisclosure(false)
  const newest = useInfiniteQuery(versionsQuery(collection, { limit: 1 })).data?.pages[0]?.items[0]
  const measure = measureOf(lanes)
  const bearer = measure?.versions[0]
  return (
    <header className={styles.head}>
      <div className={styles.title}>
        <h1>{collection.name}</h1>
        <div className={styles.facts}>
          {itself === undefined ? (
            <Skeleton height={12} width={240} />
          ) : (
            <>
              <Badge variant="default" tt="none" fw={500} className={styles.type ?? ''}>
                {itself.type}
              </Badge>
              <TagList tags={itself.tags} show={3} />
              <span className={`soft clip ${styles.line}`}>{firstLine(itself.description)}</span>
            </>
          )}
        </div>
        {measure !== undefined && (
          <div className={styles.facts}>
            <StageChip name={measure.alias} isProtected={measure.stage?.protected ?? false} />
            {bearer === undefined ? (
              <span className="soft">{measure.since === null ? 'Never set' : 'Vacant'}</span>
            ) : (
              <VersionLink collection={collection} version={bearer} />
            )}
            {measure.since !== null && (
              <span className="soft">
                since <Time at={measure.since} />, by {measure.mover}
              </span>
            )}
          </div>
        )}
      </div>
      <div className={styles.actions}>
        <Button variant="default" leftSection={<IconDownload size={16} />} onClick={open}>
          Pull
        </Button>
        <Button
          leftSection={<IconArrowUpRight size={16} />}
          disabled={newest === undefined || isPast}
          onClick={() =>
            newest !== undefined &&
            openMove({
              collection,
              alias: measure?.alias ?? 'production',
              version:
                lanes.find(({ alias }) => alias === 'staging')?.versions[0] ?? newest.version,
            })
          }
        >
          Promote…
        </Button>
      </div>
      <PullDrawer collection={collection} lanes={lanes} opened={isPulling} onClose={close} />
    </header>
  )
}

/** Of the card, as plain words. */
function firstLine(card: string | null): string {
  const line = card?.split('\n').find((one) => one.trim() !== '') ?? 'No card yet'
  return line.replace(/^#+\s*|[*_`]/g, '')
}
