import type { CollectionName } from '@greenroom/sdk'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { standingsQuery } from '../../api/queries.ts'
import { type Lane, lanesOf } from './collection-state.ts'

interface Lanes {
  readonly data: readonly Lane[] | undefined
  readonly error: Error | null
  readonly refetch: () => unknown
}

/** Who bears what: now, or at an instant. */
export function useLanes(collection: CollectionName, asOf: string | undefined): Lanes {
  const { data, error, refetch } = useQuery(standingsQuery(collection, asOf))
  const lanes = useMemo(() => data && lanesOf(data), [data])
  return { data: lanes, error, refetch }
}
