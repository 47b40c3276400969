import type * as wire from '@greenroom/sdk/wire'
import { RegistryError } from '../../core/errors.ts'
import { createServiceAccount } from '../../core/operations/create-service-account.ts'
import { listServiceAccounts } from '../../core/operations/list-service-accounts.ts'
import { removeServiceAccount } from '../../core/operations/remove-service-account.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { onceFor } from './idempotency.ts'
import { nextPage } from './paging.ts'
import { limitOf, numberCursor } from './read-request.ts'
import { renderServiceAccount } from './render-rights.ts'
import { operation, type RestServer } from './rest-server.ts'
import { NoContent } from './schemas.ts'
import * as schemas from './schemas-rights.ts'

const CURSOR = 'service-accounts'

export function addServiceAccounts(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    '/service-accounts',
    {
      config: operation('listServiceAccounts', 'Those of a team or organization; for its admins', [
        'not_found',
        'forbidden',
        'cursor_invalid',
      ]),
      schema: {
        querystring: schemas.ServiceAccountQuery,
        response: { 200: schemas.ServiceAccountPage },
      },
    },
    async (request, reply): Promise<wire.Page<wire.ServiceAccount>> => {
      const page = await listServiceAccounts(registry, actorOf(request), {
        home: homeOf(request.query),
        after: numberCursor(CURSOR, request.query, 0),
        limit: limitOf(request.query),
      })
      return {
        items: page.items.map(renderServiceAccount),
        next: nextPage(context, request, reply, CURSOR, page.next),
      }
    },
  )
  app.post(
    '/service-accounts',
    {
      config: operation(
        'createServiceAccount',
        'An account for a program, at home in a team or organization. Its tokens are made at ' +
          '/users/{user}/tokens',
        ['not_found', 'forbidden', 'name_invalid', 'already_exists'],
      ),
      schema: { body: schemas.NewServiceAccount, response: { 201: schemas.ServiceAccount } },
    },
    async (request, reply): Promise<wire.ServiceAccount> => {
      const { name, displayName = name, role = 'member' } = request.body
      const input = { name, displayName, role, home: homeOf(request.body) }
      const actor = actorOf(request)
      const made = await createServiceAccount(onceFor(context, request), actor, input)
      reply.code(201)
      return renderServiceAccount(made)
    },
  )
  app.delete(
    '/service-accounts/:account',
    {
      config: operation('removeServiceAccount', 'End a service account and its tokens', [
        'forbidden',
        'not_found',
      ]),
      schema: { params: schemas.AccountPath, response: { 204: NoContent } },
    },
    async (request, reply): Promise<void> => {
      await removeServiceAccount(registry, actorOf(request), { name: request.params.account })
      return reply.code(204).send()
    },
  )
}

interface Home {
  readonly team?: string
  readonly organization?: string
}

function homeOf({ team, organization }: Home) {
  if (team !== undefined && organization === undefined) return { kind: 'team', name: team } as const
  if (organization !== undefined && team === undefined)
    return { kind: 'organization', name: organization } as const
  throw new RegistryError('request_invalid', 'Name a team or an organization, one of them.')
}
