import type * as wire from '@greenroom/sdk/wire'
import { createGrant } from '../../core/operations/create-grant.ts'
import { explainAccess } from '../../core/operations/explain-access.ts'
import { listGrants } from '../../core/operations/list-grants.ts'
import { removeGrant } from '../../core/operations/remove-grant.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { onceFor } from './idempotency.ts'
import { nextPage } from './paging.ts'
import { limitOf, ownerOf, textCursor } from './read-request.ts'
import { renderExplainedAccess, renderGrant } from './render-rights.ts'
import { OWNER_PATH, operation, type RestServer } from './rest-server.ts'
import { GrantPath, NoContent, OwnerPath, PageQuery } from './schemas.ts'
import * as schemas from './schemas-rights.ts'

const CURSOR = 'grants'
const GRANTS_PATH = `${OWNER_PATH}/grants`

export function addGrants(app: RestServer, context: AppContext): void {
  const { registry } = context
  addExplainAccess(app, context)
  app.get(
    GRANTS_PATH,
    {
      config: operation('listGrants', 'Grants, oldest first; for admins', [
        'owner_not_found',
        'forbidden',
        'cursor_invalid',
      ]),
      schema: {
        params: OwnerPath,
        querystring: PageQuery,
        response: { 200: schemas.GrantPage },
      },
    },
    async (request, reply): Promise<wire.Page<wire.Grant>> => {
      const page = await listGrants(registry, actorOf(request), {
        owner: ownerOf(request.params),
        after: textCursor(CURSOR, request.query, ''),
        limit: limitOf(request.query),
      })
      return {
        items: page.items.map(renderGrant),
        next: nextPage(context, request, reply, CURSOR, page.next),
      }
    },
  )
  app.post(
    GRANTS_PATH,
    {
      config: operation(
        'createGrant',
        'Allow somebody what their role does not, or deny it to them whatever their role',
        ['owner_not_found', 'forbidden', 'not_found'],
      ),
      schema: { params: OwnerPath, body: schemas.NewGrant, response: { 201: schemas.Grant } },
    },
    async (request, reply): Promise<wire.Grant> => {
      const { principal: name, effect = 'allow', ...rest } = request.body
      const made = await createGrant(onceFor(context, request), actorOf(request), {
        ...rest,
        owner: ownerOf(request.params),
        principal: { name },
        effect,
      })
      reply.code(201)
      return renderGrant(made)
    },
  )
  app.delete(
    `${GRANTS_PATH}/:grant`,
    {
      config: operation('removeGrant', 'Take a grant back', [
        'owner_not_found',
        'forbidden',
        'not_found',
      ]),
      schema: { params: GrantPath, response: { 204: NoContent } },
    },
    async (request, reply): Promise<void> => {
      const owner = ownerOf(request.params)
      await removeGrant(registry, actorOf(request), { owner, grantId: request.params.grant })
      return reply.code(204).send()
    },
  )
}

function addExplainAccess(app: RestServer, { registry }: AppContext): void {
  app.get(
    `${OWNER_PATH}/access`,
    {
      config: operation(
        'explainAccess',
        'May somebody do something here, and which role or grant decides it? For admins',
        ['owner_not_found', 'forbidden', 'not_found'],
      ),
      schema: {
        params: OwnerPath,
        querystring: schemas.AccessQuery,
        response: { 200: schemas.ExplainedAccess },
      },
    },
    async (request): Promise<wire.ExplainedAccess> => {
      const { collection, alias, ...query } = request.query
      const owner = ownerOf(request.params)
      const question = { ...query, owner, collection, alias }
      return renderExplainedAccess(await explainAccess(registry, actorOf(request), question))
    },
  )
}
