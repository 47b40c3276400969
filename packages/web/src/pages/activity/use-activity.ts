import { listEvents, watchEvents } from '@greenroom/sdk'
import type { StreamEvent } from '@greenroom/sdk/wire'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { client } from '../../api/connection.ts'
import { keys } from '../../api/keys.ts'
import { readStreamHead } from '../../api/stream-head.ts'

/** Revisions have no gaps, so a page is a stretch of them, whatever of it one may see. */
const PAGE_REVISIONS = 200
/** Of those that came while the page was open. */
const MAX_LIVE = 2_000

interface Stretch {
  /** Behind this revision … */
  readonly after: number
  /** … up to this one. */
  readonly upTo: number
}

/** What happened before, in pages from the newest back, and what happens now. */
export function useActivity() {
  const past = useInfiniteQuery({
    queryKey: [...keys.events, 'past'],
    queryFn: async ({ signal, pageParam }) => {
      const stretch = pageParam ?? stretchUpTo(await readStreamHead(signal))
      return { ...stretch, items: await read(stretch, signal) }
    },
    initialPageParam: undefined as Stretch | undefined,
    getNextPageParam: ({ after }) => (after === 0 ? undefined : stretchUpTo(after)),
    // What comes later comes by the watch: asked anew, pages would move under the reader.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const head = past.data?.pages[0]?.upTo
  const [live, setLive] = useState<readonly StreamEvent[]>([])
  useEffect(() => {
    if (head === undefined) return
    const abort = new AbortController()
    void follow(head, abort.signal, (event) =>
      setLive((before) => [event, ...before].slice(0, MAX_LIVE)),
    )
    return () => {
      abort.abort()
      setLive([])
    }
  }, [head])
  const events = useMemo(
    () => [...live, ...(past.data?.pages.flatMap(({ items }) => items) ?? [])],
    [live, past.data],
  )
  return { past, events }
}

function stretchUpTo(upTo: number): Stretch {
  return { after: Math.max(0, upTo - PAGE_REVISIONS), upTo }
}

/** Newest first. */
async function read({ after, upTo }: Stretch, signal: AbortSignal) {
  if (after === upTo) return []
  const query = { after, limit: upTo - after }
  const { items } = await listEvents(client(), query, { signal })
  return items.filter(({ revision }) => revision <= upTo).reverse()
}

/** A broken connection goes on behind what it told last (`Last-Event-ID`). */
async function follow(
  after: number,
  signal: AbortSignal,
  tell: (event: StreamEvent) => void,
): Promise<void> {
  try {
    for await (const event of watchEvents(client(), { after }, { signal })) tell(event)
  } catch (error) {
    // The frame follows the stream too, and leads to the sign-in when that is refused.
    if (!signal.aborted) console.warn(error)
  }
}
