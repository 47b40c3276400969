import type { StreamEvent } from '@greenroom/sdk/wire'
import {
  IconArrowsExchange,
  IconBox,
  IconFolders,
  IconPlayerPlay,
  IconUser,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { ActivityKind } from '../../app/page-search.ts'
import {
  COLLECTION_PATH,
  collectionParams,
  OWNER_PATH,
  ownerParams,
  RUN_PATH,
  VERSION_PATH,
} from '../../app/place.ts'
import { StageChip } from '../../ui/stage-chip.tsx'
import { Time } from '../../ui/time.tsx'
import styles from './activity.module.css'
import { groupOf, sentenceOf } from './sentence.ts'

const ICONS: Readonly<Record<ActivityKind, typeof IconBox>> = {
  moves: IconArrowsExchange,
  versions: IconBox,
  runs: IconPlayerPlay,
  places: IconFolders,
  people: IconUser,
}

/** One event: who, what, where, when. Every thing that it names leads to it. */
export const EventLine = memo(function EventLine({ event }: { readonly event: StreamEvent }) {
  const { actor, owner, collection, revision, time } = event
  const { verb, alias, version, tail, run } = sentenceOf(event)
  const group = groupOf(event.kind)
  const Icon = ICONS[group]
  return (
    <li className={styles.event} data-group={group}>
      <span className={styles.mark}>
        <Icon size={16} aria-hidden />
      </span>
      <span className={styles.words}>
        <Link to="/activity" search={{ actor }} className={styles.actor}>
          <bdi>{actor}</bdi>
        </Link>
        <span>{verb}</span>
        {alias !== undefined && <StageChip name={alias} />}
        {version !== undefined && owner !== null && collection !== null && (
          <>
            {alias !== undefined && <span>to</span>}
            <Link
              to={VERSION_PATH}
              params={{ ...collectionParams({ owner, name: collection }), version }}
              className="mono"
            >
              {version}
            </Link>
          </>
        )}
        {run !== undefined && owner?.kind === 'project' && (
          <Link to={RUN_PATH} params={{ ...runPlace(owner), run }} className="mono">
            {run}
          </Link>
        )}
        {tail !== undefined && tail !== '' && <bdi className="soft">{tail}</bdi>}
        <Place event={event} />
      </span>
      <span className={styles.when} title={`Revision ${revision}`}>
        <Time at={time} />
      </span>
    </li>
  )
})

function runPlace(owner: NonNullable<StreamEvent['owner']>) {
  const { entity, owner: name } = ownerParams(owner)
  return { entity, owner: name }
}

function Place({ event: { kind, owner, collection } }: { readonly event: StreamEvent }) {
  if (owner === null) return null
  // "created the collection" is followed by its name, everything else happens in one.
  const isItself = kind.startsWith('collection.') && collection !== null
  return (
    <span className={styles.place}>
      {!isItself && <span className="faint">in</span>}
      {collection !== null && (
        <>
          <Link
            to={COLLECTION_PATH}
            params={collectionParams({ owner, name: collection })}
            className={`clip ${styles.collection}`}
          >
            <bdi>{collection}</bdi>
          </Link>
          <span className={`faint ${styles.owner}`}>of</span>
        </>
      )}
      <Link to={OWNER_PATH} params={ownerParams(owner)} className={styles.owner}>
        {owner.entity}/{owner.name}
      </Link>
    </span>
  )
}
