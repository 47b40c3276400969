import type * as wire from '@greenroom/sdk/wire'
import type { FastifyRequest } from 'fastify'
import { RegistryError } from '../../core/errors.ts'
import { MAX_WATCHERS } from '../../core/limits.ts'
import type { EventKind } from '../../core/model/event.ts'
import type { OwnerRef } from '../../core/model/owner.ts'
import type { StreamEvent } from '../../core/model/stream-event.ts'
import { type EventQuery, listEvents } from '../../core/operations/list-events.ts'
import { type EventWatch, watchEvents } from '../../core/operations/watch-events.ts'
import { actorBehind, actorOf, credentialOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { type EventBatch, eventFrame, sendEventStream } from '../../http/event-stream.ts'
import { StandingRights } from '../../http/standing-rights.ts'
import { nextPage } from './paging.ts'
import { limitOf, numberCursor, ownerOf } from './read-request.ts'
import { renderEvent } from './render.ts'
import { operation, type RestServer } from './rest-server.ts'
import { EventListQuery, EventPage, EventStream, EventWatchQuery } from './schemas-events.ts'

const CURSOR = 'events'
const REFUSALS = ['owner_not_found', 'collection_not_found', 'cursor_invalid'] as const

export function addEvents(app: RestServer, context: AppContext): void {
  app.get(
    '/events',
    {
      config: operation('listEvents', 'What happened, oldest first', REFUSALS),
      schema: { querystring: EventListQuery, response: { 200: EventPage } },
    },
    async (request, reply): Promise<wire.EventPage> => {
      const { query } = request
      const scan = await listEvents(context.registry, actorOf(request), {
        ...queryOf(query),
        after: numberCursor(CURSOR, query, query.after ?? 0),
        limit: limitOf(query),
      })
      return {
        items: scan.events.map(renderEvent),
        next: nextPage(context, request, reply, CURSOR, scan.isMore ? scan.revision : null),
        revision: scan.revision,
      }
    },
  )
  addWatch(app, context)
}

function addWatch(app: RestServer, context: AppContext): void {
  const watchers = new Set<AbortController>()
  const rights = new StandingRights((credential) => actorBehind(context.registry, credential))
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
    for (const watcher of watchers) watcher.abort()
  })

  app.get(
    '/events/watch',
    {
      config: operation('watchEvents', WATCH_SUMMARY, ['owner_not_found', 'collection_not_found']),
      schema: { querystring: EventWatchQuery, response: { 200: EventStream } },
      exposeHeadRoute: false,
    },
    async (request, reply) => {
      if (watchers.size >= MAX_WATCHERS)
        throw new RegistryError('rate_limited', 'Too many watch already. Come back in a while.')
      const abort = new AbortController()
      watchers.add(abort)
      const actor = actorOf(request)
      const stop = rights.keep(credentialOf(request), actor, () => abort.abort())
      try {
        const watch = await watchEvents(context.registry, actor, {
          ...queryOf(request.query),
          after: lastSeen(request) ?? request.query.after,
          signal: abort.signal,
        })
        if (isClosing) abort.abort()
        await sendEventStream(request, reply, {
          firstId: watch.after,
          batches: render(watch),
          abort,
        })
      } finally {
        stop()
        watchers.delete(abort)
      }
    },
  )
}

const WATCH_SUMMARY =
  'What happens, as it happens: server-sent events, from now or after `Last-Event-ID` or `after`'

async function* render({ batches }: EventWatch): AsyncGenerator<EventBatch> {
  for await (const { events, revision } of batches)
    yield { frames: events.map(frameOf).join(''), lastId: revision }
}

/** Made once for all who watch. */
const frames = new WeakMap<StreamEvent, string>()

function frameOf(event: StreamEvent): string {
  let frame = frames.get(event)
  if (frame === undefined) {
    frame = eventFrame(event.revision, JSON.stringify(renderEvent(event)))
    frames.set(event, frame)
  }
  return frame
}

/** What a client that lost its connection saw last: it says so by itself, whatever `after` says. */
function lastSeen(request: FastifyRequest): number | undefined {
  const header = request.headers['last-event-id']
  if (header === undefined) return undefined
  const revision = typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null
  if (revision === null)
    throw new RegistryError('request_invalid', 'Last-Event-ID is a revision of the stream, as 7.')
  return revision
}

function queryOf(query: {
  readonly owner?: string
  readonly collection?: string
  readonly alias?: string
  readonly kind?: EventKind
}): EventQuery {
  const { owner, collection, alias, kind } = query
  return {
    owner: owner === undefined ? undefined : ownerFrom(owner),
    collection,
    alias,
    kind,
  }
}

function ownerFrom(text: string): OwnerRef {
  const [kind, entity, owner, ...rest] = text.split('/')
  if ((kind !== 'projects' && kind !== 'registries') || !entity || !owner || rest.length > 0)
    throw new RegistryError(
      'request_invalid',
      '"owner" is projects/{entity}/{project} or registries/{organization}/{registry}.',
    )
  return ownerOf({ kind, entity, owner })
}
