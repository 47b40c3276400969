import type { CollectionName } from '@greenroom/sdk'
import { Link } from '@tanstack/react-router'
import { collectionParams, VERSION_PATH } from '../app/place.ts'
import { stageLook } from './stage-look.ts'
import styles from './ui.module.css'

interface VersionLinkProps {
  readonly collection: CollectionName
  readonly version: string
  /** Worn as a chip in the colour of this stage. */
  readonly stage?: string
}

/** A version by its number, which leads to it. */
export function VersionLink({ collection, version, stage }: VersionLinkProps) {
  const look = stage === undefined ? undefined : stageLook(stage)
  return (
    <Link
      to={VERSION_PATH}
      params={{ ...collectionParams(collection), version }}
      className={look === undefined ? styles.version : styles.chip}
      data-colour={look?.colour}
      onClick={(event) => event.stopPropagation()}
    >
      {look !== undefined && <look.Icon size={14} aria-hidden />}
      <span className="num">{version}</span>
    </Link>
  )
}
