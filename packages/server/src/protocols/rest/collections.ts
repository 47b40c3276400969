import type * as wire from '@greenroom/sdk/wire'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { Collection } from '../../core/model/collection.ts'
import { describedEdition } from '../../core/model/edition.ts'
import { changeCollection } from '../../core/operations/change-collection.ts'
import { createCollection } from '../../core/operations/create-collection.ts'
import { deleteCollection } from '../../core/operations/delete-collection.ts'
import { findUsernames } from '../../core/operations/find-usernames.ts'
import { getCollection, type OwnedCollection } from '../../core/operations/get-collection.ts'
import { type CollectionFilter, listCollections } from '../../core/operations/list-collections.ts'
import { listNewest } from '../../core/operations/list-newest.ts'
import { listStandings } from '../../core/operations/list-standings.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { onceFor } from './idempotency.ts'
import { nextPage } from './paging.ts'
import {
  collectionOf,
  editionOfETag,
  limitOf,
  ownerOf,
  textCursor,
  timeOf,
} from './read-request.ts'
import { renderCollection, renderNewest, renderStanding } from './render.ts'
import { COLLECTION_PATH, OWNER_PATH, operation, type RestServer } from './rest-server.ts'
import { CollectionPath, NoContent, OwnerPath } from './schemas.ts'
import { CollectionChange, DeleteQuery } from './schemas-owners.ts'
import * as schemas from './schemas-versions.ts'

const CURSOR = 'collections'

export function addCollections(app: RestServer, context: AppContext): void {
  addListCollections(app, context)
  addCreateCollection(app, context)
  addGetCollection(app, context)
  addChangeCollection(app, context)
  addDeleteCollection(app, context)
}

function addListCollections(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    `${OWNER_PATH}/collections`,
    {
      config: operation(
        'listCollections',
        'Collections of an owner, by name; those that meet every filter',
        ['owner_not_found', 'cursor_invalid'],
      ),
      schema: {
        params: OwnerPath,
        querystring: schemas.CollectionQuery,
        response: { 200: schemas.CollectionPage },
      },
    },
    async (request, reply): Promise<wire.Page<wire.ListedCollection>> => {
      const actor = actorOf(request)
      const ref = ownerOf(request.params)
      const { owner, page } = await listCollections(registry, actor, {
        owner: ref,
        artifactType: request.query.type ?? null,
        filter: filterOf(request.query),
        after: textCursor(CURSOR, request.query, ''),
        limit: limitOf(request.query),
      })
      const ids = page.items.map((collection) => collection.createdBy)
      const usernames = await findUsernames(registry, actor, { ids })
      const collectionIds = page.items.map((collection) => collection.id)
      const standings = await listStandings(registry, actor, { owner: ref, collectionIds })
      const newest = await listNewest(registry, actor, { owner: ref, collections: page.items })
      return {
        items: page.items.map((collection) => ({
          ...renderCollection(owner, collection, usernames),
          standings: (standings.get(collection.id) ?? []).map(renderStanding),
          newest: renderNewest(newest.get(collection.id)),
        })),
        next: nextPage(context, request, reply, CURSOR, page.next),
      }
    },
  )
}

function addCreateCollection(app: RestServer, context: AppContext): void {
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
      const { owner, collection } = await createCollection(onceFor(context, request), actor, {
        collection: { owner: ownerOf(request.params), name },
        artifactType: type,
        description: description ?? null,
      })
      reply.code(201).header('etag', etagOf(collection))
      return renderCollection(owner, collection, new Map([[actor.userId, actor.username]]))
    },
  )
}

function addGetCollection(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    COLLECTION_PATH,
    {
      config: operation(
        'getCollection',
        'One collection. ETag: of name, description, tags and measures, for If-Match of a change',
        ['owner_not_found', 'collection_not_found'],
      ),
      schema: { params: CollectionPath, response: { 200: schemas.Collection } },
    },
    async (request, reply): Promise<wire.Collection> => {
      const found = await getCollection(registry, actorOf(request), {
        collection: collectionOf(request.params),
      })
      return answerOne(context, request, reply, found)
    },
  )
}

function addChangeCollection(app: RestServer, context: AppContext): void {
  app.patch(
    COLLECTION_PATH,
    {
      config: operation(
        'changeCollection',
        'Rename it, describe or tag it anew, say what its versions are measured by; what is left ' +
          'out stays. If-Match: the ETag',
        [
          'owner_not_found',
          'collection_not_found',
          'forbidden',
          'name_invalid',
          'already_exists',
          'alias_protected',
          'generation_mismatch',
        ],
      ),
      schema: {
        params: CollectionPath,
        body: CollectionChange,
        response: { 200: schemas.Collection },
      },
    },
    async (request, reply): Promise<wire.Collection> => {
      const changed = await changeCollection(context.registry, actorOf(request), {
        collection: collectionOf(request.params),
        ...request.body,
        expectEdition: editionOfETag(request.headers['if-match']),
      })
      return answerOne(context, request, reply, changed)
    },
  )
}

function addDeleteCollection(app: RestServer, { registry }: AppContext): void {
  app.delete(
    COLLECTION_PATH,
    {
      config: operation('deleteCollection', 'Delete it: its versions, or the links that it has', [
        'owner_not_found',
        'collection_not_found',
        'forbidden',
        'version_in_use',
        'alias_protected',
      ]),
      schema: {
        params: CollectionPath,
        querystring: DeleteQuery,
        response: { 204: NoContent },
      },
    },
    async (request, reply): Promise<void> => {
      const { dropAliases, reason } = request.query
      await deleteCollection(registry, actorOf(request), {
        collection: collectionOf(request.params),
        dropAliases: dropAliases ?? false,
        reason: reason ?? null,
      })
      return reply.code(204).send()
    },
  )
}

function filterOf(query: Static<typeof schemas.CollectionQuery>): CollectionFilter {
  const { contains, stage, createdBy } = query
  const since = timeOf(query.since, 'since')
  const until = timeOf(query.until, 'until')
  return {
    ...(contains === undefined ? {} : { contains }),
    ...(stage === undefined ? {} : { bears: stage }),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  }
}

async function answerOne(
  { registry }: AppContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { owner, collection }: OwnedCollection,
): Promise<wire.Collection> {
  reply.header('etag', etagOf(collection))
  const ids = [collection.createdBy]
  const usernames = await findUsernames(registry, actorOf(request), { ids })
  return renderCollection(owner, collection, usernames)
}

function etagOf(collection: Collection): string {
  return `"${describedEdition(collection)}"`
}
