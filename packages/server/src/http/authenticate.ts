import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RegistryError } from '../core/errors.ts'
import type { Actor } from '../core/model/actor.ts'
import type { PageSession } from '../core/model/page-session.ts'
import { authenticate } from '../core/operations/authenticate.ts'
import { authenticateSession } from '../core/operations/authenticate-session.ts'
import type { Registry } from '../core/registry.ts'
import type { RequestLimit } from './request-limit.ts'
import { requireSameOrigin, sessionKeyOf } from './session-cookie.ts'
import { TokenUses } from './token-uses.ts'

/** Who may call a route: everybody, or who shows a token. */
export type Access = 'public' | 'token'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route declares it; one that does not never starts. */
    access?: Access
  }
  interface FastifyRequest {
    /** Who acts; null on public routes. Read it through `actorOf`. */
    actor: Actor | null
    /** Set where a session of the page proved it, and not a key. */
    session: PageSession | null
  }
}

/** A decision may be this old: a revoked token lives no longer. */
const MAX_DECISION_AGE_MILLISECONDS = 5_000
const MAX_DECISIONS = 1_000
/** A key and its scheme. With Basic anybody may write a novel before the key. */
const MAX_KEPT_HEADER_CHARACTERS = 400
const SESSION = 'session:'

interface Decision {
  readonly actor: Actor
  readonly until: number
  readonly rightsVersion: number
}

/** The actor of a route of access `token`. Throws `unauthenticated` anywhere else. */
export function actorOf(request: FastifyRequest): Actor {
  if (request.actor === null) throw unauthenticated('This needs an API key.')
  return request.actor
}

/**
 * Makes every route of `app` show its access and ask for a token where it says so, before any of
 * the body is read, and counts its requests. `clock` gives milliseconds that never go back.
 */
export function requireAuthentication(
  app: FastifyInstance,
  registry: Registry,
  limit: RequestLimit,
  clock: () => number = () => performance.now(),
): void {
  const uses = new TokenUses(registry, app.log)
  app.addHook('onClose', () => uses.close())
  const decisions = rememberDecisions(registry, uses, clock)
  app.decorateRequest('actor', null)
  app.decorateRequest('session', null)
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined)
      throw new Error(`${route.method} ${route.url} declares no access; give it config.access`)
  })
  app.addHook('onRequest', (request, _reply, done) => {
    // No route: 404 for everybody, so that a key tells nothing about paths.
    if (request.is404 || request.routeOptions.config.access === 'public') return done()
    const { authorization } = request.headers
    const known = authorization === undefined ? undefined : decisions.find(authorization)
    if (known === undefined) {
      prove(request).then(
        () => done(),
        (error: Error) => done(error),
      )
      return
    }
    request.actor = known
    done(overLimit(request, limit))
  })

  async function prove(request: FastifyRequest): Promise<void> {
    const { authorization } = request.headers
    const sessionKey = authorization === undefined ? sessionKeyOf(request) : undefined
    if (sessionKey === undefined) request.actor = await decisions.make(authorization)
    else await signedIn(registry, request, sessionKey)
    const over = overLimit(request, limit)
    if (over !== undefined) throw over
  }
}

/** The refusal of one request too many; undefined while there may be more. */
function overLimit({ session, actor }: FastifyRequest, limit: RequestLimit): Error | undefined {
  try {
    limit(session?.id ?? actor?.tokenId ?? '')
    return undefined
  } catch (error) {
    return error as Error
  }
}

/** Asked of the database each time, so that who signs out is out. */
async function signedIn(registry: Registry, request: FastifyRequest, key: string): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') requireSameOrigin(request)
  const { actor, session } = await authenticateSession(registry, key)
  request.actor = actor
  request.session = session
}

/**
 * What a request proves its actor by, as one text: a key, or a session, which no key looks like.
 */
export function credentialOf(request: FastifyRequest): string {
  const { authorization } = request.headers
  const sessionKey = authorization === undefined ? sessionKeyOf(request) : undefined
  return sessionKey === undefined ? keyOf(authorization) : `${SESSION}${sessionKey}`
}

/** Whose credential is this now? For answers that take long. Throws `unauthenticated`. */
export async function actorBehind(registry: Registry, credential: string): Promise<Actor> {
  if (!credential.startsWith(SESSION)) return authenticate(registry, credential)
  return (await authenticateSession(registry, credential.slice(SESSION.length))).actor
}

interface Decisions {
  /** Without a wait, so that what most requests ask costs them next to nothing. */
  find(authorization: string): Actor | undefined
  /** Throws `unauthenticated`. */
  make(authorization: string | undefined): Promise<Actor>
}

/**
 * Only a yes is kept, by the header as it was sent, for at most five seconds, and only while this
 * process changes nobody's rights: who was given one can use it at once.
 */
function rememberDecisions(registry: Registry, uses: TokenUses, clock: () => number): Decisions {
  const decisions = new Map<string, Decision>()

  function find(authorization: string): Actor | undefined {
    const known = decisions.get(authorization)
    if (known === undefined) return undefined
    const isFresh = known.rightsVersion === registry.metadata.rightsVersion()
    if (isFresh && clock() < known.until) return known.actor
    decisions.delete(authorization)
    return undefined
  }

  async function make(authorization: string | undefined): Promise<Actor> {
    // Counted from the question, not from the answer: the answer may have waited.
    const until = clock() + MAX_DECISION_AGE_MILLISECONDS
    const rightsVersion = registry.metadata.rightsVersion()
    const actor = await authenticate(registry, keyOf(authorization))
    if (actor.tokenId !== null) uses.note(actor.tokenId)
    if (authorization === undefined || authorization.length > MAX_KEPT_HEADER_CHARACTERS)
      return actor
    decisions.set(authorization, { actor, until, rightsVersion })
    for (const oldest of decisions.keys()) {
      if (decisions.size <= MAX_DECISIONS) break
      decisions.delete(oldest)
    }
    return actor
  }

  return { find, make }
}

/** The key of `Bearer <key>` or of `Basic base64(<any user>:<key>)`. */
export function keyOf(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '')
    throw unauthenticated('This needs an API key: send "Authorization: Bearer <key>".')
  const [scheme = '', credentials = ''] = authorization.trim().split(/ +/)
  if (credentials !== '' && scheme.toLowerCase() === 'bearer') return credentials
  if (credentials !== '' && scheme.toLowerCase() === 'basic') {
    const pair = Buffer.from(credentials, 'base64').toString()
    return pair.slice(pair.indexOf(':') + 1)
  }
  throw unauthenticated('The Authorization header is neither "Bearer <key>" nor Basic.')
}

function unauthenticated(message: string): RegistryError {
  return new RegistryError('unauthenticated', message)
}
