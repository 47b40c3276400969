import { isGreenroomError, watchEvents } from '@greenroom/sdk'
import type { StreamEvent } from '@greenroom/sdk/wire'
import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { client } from '../api/connection.ts'
import { keys } from '../api/keys.ts'

type Listener = (event: StreamEvent) => void
const listeners = new Set<Listener>()

/** Told of every event as it comes; gives the way to stop. */
export function onEvent(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Events within so many milliseconds are answered by one reload of what they touch. */
const GATHER_MILLISECONDS = 150

/**
 * Follows the stream until `signal` fires: what an event touches is asked for anew, so that a page
 * shows what the server confirmed, whoever did it.
 */
export async function followStream(queries: QueryClient, signal: AbortSignal): Promise<void> {
  const touched = new Map<string, QueryKey>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const reload = () => {
    timer = undefined
    for (const queryKey of touched.values()) void queries.invalidateQueries({ queryKey })
    touched.clear()
  }
  try {
    for await (const event of watchEvents(client(), {}, { signal })) {
      for (const listener of listeners) listener(event)
      for (const key of touchedBy(event)) touched.set(JSON.stringify(key), key)
      timer ??= setTimeout(reload, GATHER_MILLISECONDS)
    }
  } catch (error) {
    if (signal.aborted) return
    // The session is over: the next question of the page leads to the sign-in.
    if (isGreenroomError(error, 'unauthenticated'))
      void queries.invalidateQueries({ queryKey: keys.me })
    else throw error
  } finally {
    clearTimeout(timer)
  }
}

function touchedBy({ kind, owner, collection }: StreamEvent): readonly QueryKey[] {
  if (/^(user|token|team|service_account|member|grant|organization)\./.test(kind))
    return [keys.users]
  if (owner === null) return []
  if (kind.startsWith('run.')) return [keys.runs(owner)]
  if (collection !== null)
    return [keys.collection({ owner, name: collection }), keys.collections(owner)]
  return [keys.owners, keys.owner(owner), keys.collections(owner)]
}
