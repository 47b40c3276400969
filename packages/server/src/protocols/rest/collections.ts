import type * as wire from '@greenroom/sdk/wire'
import { createCollection } from '../../core/operations/create-collection.ts'
import { findUsernames } from '../../core/operations/find-usernames.ts'
import { getCollection } from '../../core/operations/get-collection.ts'
import { listCollections } from '../../core/operations/list-collections.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { nextPage } from './paging.ts'
import { collectionOf, limitOf, ownerOf, textCursor } from './read-request.ts'
import { renderCollection } from './render.ts'
import { COLLECTION_PATH, OWNER_PATH, operation, type RestServer } from './rest-server.ts'
import { CollectionPath, OwnerPath } from './schemas.ts'
import * as schemas from './schemas-versions.ts'

const CURSOR = 'collections'

export function addCollections(app: RestServer, context: AppContext): void {
  addListCollections(app, context)
  addCreateCollection(app, context)
  addGetCollection(app, context)
}

function addListCollections(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    `${OWNER_PATH}/collections`,
    {
      config: operation('listCollections', 'Collections of an owner, by name', [
        'owner_not_found',
        'cursor_invalid',
      ]),
      schema: {
        params: OwnerPath,
        querystring: schemas.CollectionQuery,
        response: { 200: schemas.CollectionPage },
      },
    },
    async (request, reply): Promise<wire.Page<wire.Collection>> => {
      const actor = actorOf(request)
      const { owner, page } = await listCollections(registry, actor, {
        owner: ownerOf(request.params),
        artifactType: request.query.type ?? null,
        after: textCursor(CURSOR, request.query, ''),
        limit: limitOf(request.query),
      })
      const ids = page.items.map((collection) => collection.createdBy)
      const usernames = await findUsernames(registry, actor, { ids })
      return {
        items: page.items.map((collection) => renderCollection(owner, collection, usernames)),
        next: nextPage(context, request, reply, CURSOR, page.next),
      }
    },
  )
}

function addCreateCollection(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.post(
    `${OWNER_PATH}/collections`,
    {
      config: operation('createCollection', 'Make an empty collection (and its project)', [
        'owner_not_found',
        'forbidden',
        'name_invalid',
        'already_exists',
      ]),
      schema: {
        params: OwnerPath,
        body: schemas.NewCollection,
        response: { 201: schemas.Collection },
      },
    },
    async (request, reply): Promise<wire.Collection> => {
      const actor = actorOf(request)
      const { name, type, description } = request.body
      const { owner, collection } = await createCollection(registry, actor, {
        collection: { owner: ownerOf(request.params), name },
        artifactType: type,
        description: description ?? null,
      })
      reply.code(201)
      return renderCollection(owner, collection, new Map([[actor.userId, actor.username]]))
    },
  )
}

function addGetCollection(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    COLLECTION_PATH,
    {
      config: operation('getCollection', 'One collection', [
        'owner_not_found',
        'collection_not_found',
      ]),
      schema: { params: CollectionPath, response: { 200: schemas.Collection } },
    },
    async (request): Promise<wire.Collection> => {
      const actor = actorOf(request)
      const found = await getCollection(registry, actor, {
        collection: collectionOf(request.params),
      })
      const ids = [found.collection.createdBy]
      const usernames = await findUsernames(registry, actor, { ids })
      return renderCollection(found.owner, found.collection, usernames)
    },
  )
}
