import { type CollectionName, isGreenroomError } from '@greenroom/sdk'
import { Button } from '@mantine/core'
import { IconFlag } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { aliasQuery } from '../api/queries.ts'
import { Time } from '../ui/time.tsx'
import styles from './move.module.css'

interface LostRaceProps {
  readonly collection: CollectionName
  readonly alias: string
  readonly onLookAgain: () => void
}

/** Somebody was quicker: who, when, to what. Nothing was changed by us. */
export function LostRace({ collection, alias, onLookAgain }: LostRaceProps) {
  const { data, error } = useQuery({ ...aliasQuery(collection, alias), staleTime: 0 })
  const isVacant = isGreenroomError(error, 'alias_vacant')
  return (
    <div className={styles.lost} role="alert">
      <IconFlag size={18} aria-hidden />
      <div>
        <p>
          <strong>Somebody was quicker; nothing was changed.</strong>
        </p>
        {data !== undefined && (
          <p>
            {data.lastMove.actor} moved {alias} to{' '}
            {data.slots.map(({ version }) => version).join(', ')} <Time at={data.lastMove.time} />
            {data.lastMove.reason === null ? '' : `: “${data.lastMove.reason}”`}. It is at
            generation {data.generation} now.
          </p>
        )}
        {isVacant && <p>{error.message}</p>}
      </div>
      <Button variant="default" onClick={onLookAgain}>
        Look again
      </Button>
    </div>
  )
}
