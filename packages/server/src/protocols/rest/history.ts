import type * as wire from '@greenroom/sdk/wire'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { formatTime } from '../../core/model/time.ts'
import { type HistoryFilter, listHistory } from '../../core/operations/list-history.ts'
import { type Holding, listHolders } from '../../core/operations/list-holders.ts'
import { listStandingsAt } from '../../core/operations/list-standings-at.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { nextPage } from './paging.ts'
import { collectionOf, limitOf, numberCursor, timeOf } from './read-request.ts'
import {
  renderLoggedSlot,
  renderMove,
  renderPointerEvent,
  renderStage,
  renderStanding,
} from './render.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { AliasPath, CollectionPath, PageQuery } from './schemas.ts'
import {
  HistoryQuery,
  HoldingPage,
  PointerEventPage,
  StandingsAt,
  StandingsAtQuery,
} from './schemas-pointers.ts'

const CURSOR = 'history'
const HOLDERS_CURSOR = 'holders'

export function addHistory(app: RestServer, context: AppContext): void {
  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    params: Parameters<typeof collectionOf>[0],
    query: Static<typeof HistoryQuery>,
    alias: string | null,
  ): Promise<wire.Page<wire.PointerEvent>> {
    const { page } = await listHistory(context.registry, actorOf(request), {
      collection: collectionOf(params),
      alias,
      filter: filterOf(query),
      before: numberCursor(CURSOR, query, null),
      limit: limitOf(query),
    })
    return {
      items: page.items.map(renderPointerEvent),
      next: nextPage(context, request, reply, CURSOR, page.next),
    }
  }

  app.get(
    `${COLLECTION_PATH}/history`,
    {
      config: operation('listHistory', 'The pointer log of a collection, newest first', [
        'owner_not_found',
        'collection_not_found',
        'cursor_invalid',
      ]),
      schema: {
        params: CollectionPath,
        querystring: HistoryQuery,
        response: { 200: PointerEventPage },
      },
    },
    (request, reply) => answer(request, reply, request.params, request.query, null),
  )

  app.get(
    `${COLLECTION_PATH}/aliases/:alias/history`,
    {
      config: operation('listAliasHistory', 'The pointer log of one alias, newest first', [
        'owner_not_found',
        'collection_not_found',
        'alias_unknown',
        'cursor_invalid',
      ]),
      schema: {
        params: AliasPath,
        querystring: HistoryQuery,
        response: { 200: PointerEventPage },
      },
    },
    (request, reply) => answer(request, reply, request.params, request.query, request.params.alias),
  )

  addHolders(app, context)
  addStandingsAt(app, context)
}

function addHolders(app: RestServer, context: AppContext): void {
  app.get(
    `${COLLECTION_PATH}/aliases/:alias/holders`,
    {
      config: operation('listHolders', 'Who held an alias from when to when, newest first', [
        'owner_not_found',
        'collection_not_found',
        'alias_unknown',
        'cursor_invalid',
      ]),
      schema: { params: AliasPath, querystring: PageQuery, response: { 200: HoldingPage } },
    },
    async (request, reply): Promise<wire.Page<wire.Holding>> => {
      const { page } = await listHolders(context.registry, actorOf(request), {
        collection: collectionOf(request.params),
        alias: request.params.alias,
        before: numberCursor(HOLDERS_CURSOR, request.query, null),
        limit: limitOf(request.query),
      })
      return {
        items: page.items.map(renderHolding),
        next: nextPage(context, request, reply, HOLDERS_CURSOR, page.next),
      }
    },
  )
}

function addStandingsAt(app: RestServer, { registry }: AppContext): void {
  app.get(
    `${COLLECTION_PATH}/standings`,
    {
      config: operation(
        'listStandingsAt',
        'Who bore each alias at an instant, and who had moved it',
        ['owner_not_found', 'collection_not_found'],
      ),
      schema: {
        params: CollectionPath,
        querystring: StandingsAtQuery,
        response: { 200: StandingsAt },
      },
    },
    async (request): Promise<wire.StandingsAt> => {
      const { standings, stages } = await listStandingsAt(registry, actorOf(request), {
        collection: collectionOf(request.params),
        at: timeOf(request.query.at, 'at') ?? registry.now(),
      })
      return { items: standings.map(renderStanding), stages: stages.map(renderStage) }
    },
  )
}

function renderHolding({ slots, from, until, event }: Holding): wire.Holding {
  return {
    seq: event.seq,
    generation: event.generation,
    slots: slots.map(renderLoggedSlot),
    from: formatTime(from),
    until: until === null ? null : formatTime(until),
    move: renderMove(event),
  }
}

function filterOf(query: Static<typeof HistoryQuery>): HistoryFilter {
  const { actor, cause } = query
  const since = timeOf(query.since, 'since')
  const until = timeOf(query.until, 'until')
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(actor === undefined ? {} : { actor }),
    ...(cause === undefined ? {} : { cause }),
  }
}
