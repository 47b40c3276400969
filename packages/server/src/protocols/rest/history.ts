import type * as wire from '@greenroom/sdk/wire'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { listHistory } from '../../core/operations/list-history.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { nextPage } from './paging.ts'
import { collectionOf, limitOf, numberCursor, type PageQuery } from './read-request.ts'
import { renderPointerEvent } from './render.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { AliasPath, CollectionPath, PageQuery as PageQuerySchema } from './schemas.ts'
import { PointerEventPage } from './schemas-pointers.ts'

const CURSOR = 'history'

export function addHistory(app: RestServer, context: AppContext): void {
  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    params: Parameters<typeof collectionOf>[0],
    query: PageQuery,
    alias: string | null,
  ): Promise<wire.Page<wire.PointerEvent>> {
    const { page } = await listHistory(context.registry, actorOf(request), {
      collection: collectionOf(params),
      alias,
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
        querystring: PageQuerySchema,
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
        querystring: PageQuerySchema,
        response: { 200: PointerEventPage },
      },
    },
    (request, reply) => answer(request, reply, request.params, request.query, request.params.alias),
  )
}
