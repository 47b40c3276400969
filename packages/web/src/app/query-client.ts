import { isGreenroomError } from '@greenroom/sdk'
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { keys } from '../api/keys.ts'

/** An answer is good until an event makes it stale; this is for what no event tells of. */
const STALE_MILLISECONDS = 30_000

export const queries: QueryClient = new QueryClient({
  defaultOptions: {
    // The client has asked again already, where that could help.
    queries: { staleTime: STALE_MILLISECONDS, retry: false },
    mutations: { retry: false },
  },
  queryCache: new QueryCache({
    onError(error, query) {
      // Signed out elsewhere, or expired: who am I is asked again, and leads to the sign-in.
      if (isGreenroomError(error, 'unauthenticated') && query.queryKey[0] !== keys.me[0])
        void queries.resetQueries({ queryKey: keys.me })
    },
  }),
})
