import type { CollectionName } from '@greenroom/sdk'
import { useQuery } from '@tanstack/react-query'
import { aliasesQuery, logUntilQuery } from '../../api/queries.ts'
import { type Lane, lanesAt, lanesNow } from './collection-state.ts'

interface Lanes {
  readonly data: readonly Lane[] | undefined
  readonly error: Error | null
}

/** Who bears what: now, or at an instant by what the log says up to it. */
export function useLanes(collection: CollectionName, asOf: string | undefined): Lanes {
  const now = useQuery(aliasesQuery(collection))
  const log = useQuery({
    ...logUntilQuery(collection, asOf ?? ''),
    enabled: asOf !== undefined,
  })
  const error = now.error ?? log.error
  if (now.data === undefined) return { data: undefined, error }
  if (asOf === undefined) return { data: lanesNow(now.data), error }
  return { data: log.data && lanesAt(log.data, now.data.stages), error }
}
