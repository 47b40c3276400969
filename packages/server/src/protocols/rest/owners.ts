import type * as wire from '@greenroom/sdk/wire'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { describedEdition } from '../../core/model/edition.ts'
import type { Owner, OwnerKind } from '../../core/model/owner.ts'
import { changeOwner } from '../../core/operations/change-owner.ts'
import { createProject } from '../../core/operations/create-project.ts'
import { createRegistry } from '../../core/operations/create-registry.ts'
import { deleteOwner } from '../../core/operations/delete-owner.ts'
import { getOwner } from '../../core/operations/get-owner.ts'
import { getViewer } from '../../core/operations/get-viewer.ts'
import { listOwners } from '../../core/operations/list-owners.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { onceFor } from './idempotency.ts'
import { nextPage } from './paging.ts'
import { editionOfETag, limitOf, numberCursor, ownerOf, type PageQuery } from './read-request.ts'
import { renderWholeOwner } from './render-owners.ts'
import { OWNER_PATH, operation, type RestServer } from './rest-server.ts'
import { NoContent, OwnerPath } from './schemas.ts'
import * as schemas from './schemas-owners.ts'

const CURSOR = 'owners'

export function addOwners(app: RestServer, context: AppContext): void {
  addListRegistries(app, context)
  addCreateRegistry(app, context)
  addListProjects(app, context)
  addCreateProject(app, context)
  addGetOwner(app, context)
  addChangeOwner(app, context)
  addDeleteOwner(app, context)
}

function addListRegistries(app: RestServer, context: AppContext): void {
  app.get(
    '/registries',
    {
      config: operation('listRegistries', 'Registries that you may see', ['cursor_invalid']),
      schema: { querystring: schemas.OwnerQuery, response: { 200: schemas.OwnerPage } },
    },
    (request, reply) => answerPage(context, request, reply, 'registry', request.query),
  )
}

function addCreateRegistry(app: RestServer, context: AppContext): void {
  app.post(
    '/registries',
    {
      config: operation('createRegistry', 'Make a registry of an organization', [
        'owner_not_found',
        'forbidden',
        'name_invalid',
        'already_exists',
      ]),
      schema: { body: schemas.NewRegistry, response: { 201: schemas.Owner } },
    },
    async (request, reply): Promise<wire.Owner> => {
      const actor = actorOf(request)
      const { name, entity, description, restricted } = request.body
      const entityName =
        entity ?? (await getViewer(context.registry, actor)).organization.entityName
      const owner = await createRegistry(onceFor(context, request), actor, {
        entityName,
        name,
        description: description ?? null,
        restricted: restricted ?? false,
      })
      reply.code(201)
      return answerOne(reply, owner)
    },
  )
}

function addListProjects(app: RestServer, context: AppContext): void {
  app.get(
    '/projects',
    {
      config: operation('listProjects', 'Projects: your own; for administrators all', [
        'cursor_invalid',
      ]),
      schema: { querystring: schemas.OwnerQuery, response: { 200: schemas.OwnerPage } },
    },
    (request, reply) => answerPage(context, request, reply, 'project', request.query),
  )
}

function addCreateProject(app: RestServer, context: AppContext): void {
  app.post(
    '/projects',
    {
      config: operation('createProject', 'Make a project; one that is there is the answer', [
        'owner_not_found',
        'forbidden',
        'name_invalid',
      ]),
      schema: { body: schemas.NewProject, response: { 200: schemas.Owner } },
    },
    async (request, reply): Promise<wire.Owner> => {
      const actor = actorOf(request)
      const { name, entity } = request.body
      const entityName = entity ?? (await getViewer(context.registry, actor)).entity.name
      const owner = await createProject(onceFor(context, request), actor, { entityName, name })
      return answerOne(reply, owner)
    },
  )
}

function addGetOwner(app: RestServer, { registry }: AppContext): void {
  app.get(
    OWNER_PATH,
    {
      config: operation(
        'getOwner',
        'One project or registry. ETag: of name and description, for If-Match of a change',
        ['owner_not_found'],
      ),
      schema: { params: OwnerPath, response: { 200: schemas.Owner } },
    },
    async (request, reply): Promise<wire.Owner> => {
      const owner = ownerOf(request.params)
      return answerOne(reply, await getOwner(registry, actorOf(request), { owner }))
    },
  )
}

function addChangeOwner(app: RestServer, { registry }: AppContext): void {
  app.patch(
    OWNER_PATH,
    {
      config: operation(
        'changeOwner',
        'Rename it, describe it anew or say who sees it; what is left out stays. ' +
          'If-Match: the ETag',
        [
          'owner_not_found',
          'forbidden',
          'name_invalid',
          'already_exists',
          'generation_mismatch',
          'alias_protected',
        ],
      ),
      schema: {
        params: OwnerPath,
        body: schemas.OwnerChange,
        response: { 200: schemas.Owner },
      },
    },
    async (request, reply): Promise<wire.Owner> => {
      const owner = await changeOwner(registry, actorOf(request), {
        owner: ownerOf(request.params),
        ...request.body,
        expectEdition: editionOfETag(request.headers['if-match']),
      })
      return answerOne(reply, owner)
    },
  )
}

function addDeleteOwner(app: RestServer, { registry }: AppContext): void {
  app.delete(
    OWNER_PATH,
    {
      config: operation('deleteOwner', 'Delete it with all its collections', [
        'owner_not_found',
        'forbidden',
        'version_in_use',
        'alias_protected',
      ]),
      schema: {
        params: OwnerPath,
        querystring: schemas.DeleteQuery,
        response: { 204: NoContent },
      },
    },
    async (request, reply): Promise<void> => {
      const { dropAliases, reason } = request.query
      await deleteOwner(registry, actorOf(request), {
        owner: ownerOf(request.params),
        dropAliases: dropAliases ?? false,
        reason: reason ?? null,
      })
      return reply.code(204).send()
    },
  )
}

async function answerPage(
  context: AppContext,
  request: FastifyRequest,
  reply: FastifyReply,
  kind: OwnerKind,
  query: PageQuery & { readonly entity?: string },
): Promise<wire.Page<wire.Owner>> {
  const page = await listOwners(context.registry, actorOf(request), {
    kind,
    entityName: query.entity ?? null,
    after: numberCursor(CURSOR, query, 0),
    limit: limitOf(query),
  })
  return {
    items: page.items.map(renderWholeOwner),
    next: nextPage(context, request, reply, CURSOR, page.next),
  }
}

function answerOne(reply: FastifyReply, owner: Owner): wire.Owner {
  reply.header('etag', `"${describedEdition(owner)}"`)
  return renderWholeOwner(owner)
}
