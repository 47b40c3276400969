import type * as wire from '@greenroom/sdk/wire'
import { changeUser } from '../../core/operations/change-user.ts'
import { createToken } from '../../core/operations/create-token.ts'
import { createUser } from '../../core/operations/create-user.ts'
import { getAccess } from '../../core/operations/get-access.ts'
import { getViewer } from '../../core/operations/get-viewer.ts'
import { listTokens } from '../../core/operations/list-tokens.ts'
import { listUsers } from '../../core/operations/list-users.ts'
import { removeUser } from '../../core/operations/remove-user.ts'
import { revokeToken } from '../../core/operations/revoke-token.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { onceFor } from './idempotency.ts'
import { nextPage } from './paging.ts'
import { limitOf, numberCursor, timeOf } from './read-request.ts'
import { renderToken, renderUser } from './render.ts'
import { renderMe } from './render-rights.ts'
import { operation, type RestServer } from './rest-server.ts'
import { NoContent, PageQuery, TokenPath, UserPath } from './schemas.ts'
import * as schemas from './schemas-accounts.ts'

const CURSOR = 'users'

export function addAccounts(app: RestServer, context: AppContext): void {
  addGetMe(app, context)
  addListUsers(app, context)
  addCreateUser(app, context)
  addChangeUser(app, context)
  addRemoveUser(app, context)
  addListTokens(app, context)
  addCreateToken(app, context)
  addRevokeToken(app, context)
}

function addGetMe(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    '/me',
    {
      config: operation('getMe', 'Who am I, and where may I act?'),
      schema: { response: { 200: schemas.Me } },
    },
    async (request): Promise<wire.Me> => {
      const actor = actorOf(request)
      const access = await getAccess(registry, actor)
      return renderMe(await getViewer(registry, actor), access, request.session)
    },
  )
}

function addListUsers(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    '/users',
    {
      config: operation('listUsers', 'All users; for administrators', [
        'forbidden',
        'cursor_invalid',
      ]),
      schema: { querystring: PageQuery, response: { 200: schemas.UserPage } },
    },
    async (request, reply): Promise<wire.Page<wire.User>> => {
      const page = await listUsers(registry, actorOf(request), {
        after: numberCursor(CURSOR, request.query, 0),
        limit: limitOf(request.query),
      })
      return {
        items: page.items.map(renderUser),
        next: nextPage(context, request, reply, CURSOR, page.next),
      }
    },
  )
}

function addCreateUser(app: RestServer, context: AppContext): void {
  app.post(
    '/users',
    {
      config: operation('createUser', 'Make a user; for administrators', [
        'forbidden',
        'not_found',
        'name_invalid',
        'already_exists',
      ]),
      schema: { body: schemas.NewUser, response: { 201: schemas.User } },
    },
    async (request, reply): Promise<wire.User> => {
      const { username, displayName, email, admin, organization } = request.body
      const user = await createUser(onceFor(context, request), actorOf(request), {
        username,
        admin: admin ?? false,
        displayName: displayName ?? username,
        email: email ?? null,
        ...(organization === undefined ? {} : { organization }),
      })
      reply.code(201)
      return renderUser(user)
    },
  )
}

function addChangeUser(app: RestServer, { registry }: AppContext): void {
  app.patch(
    '/users/:user',
    {
      config: operation(
        'changeUser',
        'How you are shown, and for administrators anybody and who is one; what is left out stays',
        ['forbidden', 'not_found'],
      ),
      schema: { params: UserPath, body: schemas.UserChange, response: { 200: schemas.User } },
    },
    async (request): Promise<wire.User> => {
      const input = { ...request.body, username: request.params.user }
      return renderUser(await changeUser(registry, actorOf(request), input))
    },
  )
}

function addRemoveUser(app: RestServer, { registry }: AppContext): void {
  app.delete(
    '/users/:user',
    {
      config: operation(
        'removeUser',
        'End a user, with keys, sessions and rights; the name stays taken. For administrators',
        ['forbidden', 'not_found'],
      ),
      schema: { params: UserPath, response: { 204: NoContent } },
    },
    async (request, reply): Promise<void> => {
      await removeUser(registry, actorOf(request), { username: request.params.user })
      return reply.code(204).send()
    },
  )
}

function addListTokens(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    '/users/:user/tokens',
    {
      config: operation(
        'listTokens',
        "One's own tokens, those of service accounts one administers; anybody's for administrators",
        ['forbidden', 'not_found'],
      ),
      schema: {
        params: UserPath,
        querystring: schemas.TokenQuery,
        response: { 200: schemas.TokenList },
      },
    },
    async (request): Promise<wire.TokenList> => {
      const tokens = await listTokens(registry, actorOf(request), {
        username: request.params.user,
        revoked: request.query.revoked ?? false,
      })
      return { items: tokens.map(renderToken) }
    },
  )
}

function addCreateToken(app: RestServer, context: AppContext): void {
  app.post(
    '/users/:user/tokens',
    {
      config: operation(
        'createToken',
        'A fresh key, shown this once; administrators may import an existing one. Under an ' +
          'Idempotency-Key a second asking is refused: the key is not kept',
        ['forbidden', 'not_found', 'already_exists'],
      ),
      schema: { params: UserPath, body: schemas.NewToken, response: { 201: schemas.CreatedToken } },
    },
    async (request, reply): Promise<wire.CreatedToken> => {
      const { scope = null, expiresAt, ...named } = request.body
      const all = { owner: '*', collection: '*', alias: '*' }
      const { token, key } = await createToken(onceFor(context, request, true), actorOf(request), {
        ...named,
        username: request.params.user,
        scope: scope === null ? null : { ...all, ...scope },
        expiresAt: timeOf(expiresAt ?? undefined, 'expiresAt') ?? null,
      })
      reply.code(201)
      return { ...renderToken(token), key }
    },
  )
}

function addRevokeToken(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.delete(
    '/users/:user/tokens/:token',
    {
      config: operation('revokeToken', 'End a token', ['forbidden', 'not_found']),
      schema: { params: TokenPath, response: { 204: NoContent } },
    },
    async (request, reply): Promise<void> => {
      const { user, token } = request.params
      await revokeToken(registry, actorOf(request), { username: user, tokenId: token })
      return reply.code(204).send()
    },
  )
}
