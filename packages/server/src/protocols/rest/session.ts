import type * as wire from '@greenroom/sdk/wire'
import { isRegistryError } from '../../core/errors.ts'
import { SESSION_LIFETIME_SECONDS } from '../../core/limits.ts'
import { authenticateSession } from '../../core/operations/authenticate-session.ts'
import { getAccess } from '../../core/operations/get-access.ts'
import { getViewer } from '../../core/operations/get-viewer.ts'
import { setPassword } from '../../core/operations/set-password.ts'
import { signIn } from '../../core/operations/sign-in.ts'
import { signInByCode } from '../../core/operations/sign-in-by-code.ts'
import { signOut } from '../../core/operations/sign-out.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { createFailureLimit, type FailureLimit } from '../../http/failure-limit.ts'
import {
  clearSessionCookie,
  requireCookieIsKept,
  requireSameOrigin,
  sessionKeyOf,
  setSessionCookie,
} from '../../http/session-cookie.ts'
import { renderMe } from './render-rights.ts'
import { operation, type RestServer } from './rest-server.ts'
import { NoContent, UserPath } from './schemas.ts'
import * as schemas from './schemas-accounts.ts'

export function addSession(app: RestServer, context: AppContext): void {
  const failures = createFailureLimit()
  addSignIn(app, context, failures)
  addSignOut(app, context)
  addSetPassword(app, context, failures)
}

function addSignIn(app: RestServer, context: AppContext, failures: FailureLimit): void {
  const { registry, signInCodes } = context
  app.post(
    '/session',
    {
      config: {
        ...operation(
          'signIn',
          'Begin a session of the page, by a name and its password or by a one-time code. Sets ' +
            'the cookie __Host-greenroom; only from a page of this server',
          ['forbidden'],
        ),
        access: 'public',
      },
      schema: { body: schemas.NewSession, response: { 201: schemas.Me } },
    },
    async (request, reply): Promise<wire.Me> => {
      requireSameOrigin(request)
      requireCookieIsKept(request)
      const { body } = request
      const { session, key } = await limited(failures, request.ip, () =>
        'code' in body
          ? signInByCode(registry, signInCodes.verify(body.code))
          : signIn(registry, body),
      )
      setSessionCookie(reply, { key, maxAgeSeconds: SESSION_LIFETIME_SECONDS })
      reply.code(201)
      const { actor } = await authenticateSession(registry, key)
      const access = await getAccess(registry, actor)
      return renderMe(await getViewer(registry, actor), access, session)
    },
  )
}

function addSignOut(app: RestServer, { registry }: AppContext): void {
  app.delete(
    '/session',
    {
      config: {
        ...operation(
          'signOut',
          'End the session of the page and clear its cookie; or all sessions of its user',
          ['forbidden'],
        ),
        access: 'public',
      },
      schema: { querystring: schemas.SignOutQuery, response: { 204: NoContent } },
    },
    async (request, reply): Promise<void> => {
      requireSameOrigin(request)
      const key = sessionKeyOf(request)
      if (key !== undefined) await signOut(registry, key, request.query)
      clearSessionCookie(reply)
      return reply.code(204).send()
    },
  )
}

function addSetPassword(app: RestServer, { registry }: AppContext, failures: FailureLimit): void {
  app.put(
    '/users/:user/password',
    {
      config: operation(
        'setPassword',
        "Set a password: one's own, or for administrators anybody's. Ends that user's sessions; " +
          'the one that asks goes on under a new cookie',
        ['forbidden', 'not_found'],
      ),
      schema: { params: UserPath, body: schemas.NewPassword, response: { 204: NoContent } },
    },
    async (request, reply): Promise<void> => {
      const begun = await limited(failures, request.ip, () =>
        setPassword(registry, actorOf(request), {
          username: request.params.user,
          password: request.body.password,
          current: request.body.current ?? null,
          session: request.session,
        }),
      )
      if (begun !== null)
        setSessionCookie(reply, { key: begun.key, maxAgeSeconds: SESSION_LIFETIME_SECONDS })
      return reply.code(204).send()
    },
  )
}

/** Does what somebody may guess at, and counts each time that it was wrong. */
async function limited<Result>(
  failures: FailureLimit,
  address: string,
  guess: () => Promise<Result>,
): Promise<Result> {
  failures.check(address)
  try {
    return await guess()
  } catch (error) {
    if (isRegistryError(error, 'unauthenticated') || isRegistryError(error, 'forbidden'))
      failures.note(address)
    throw error
  }
}
