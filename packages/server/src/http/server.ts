import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import { RegistryError } from '../core/errors.ts'
import { MAX_JSON_BODY_BYTES } from '../core/limits.ts'
import type { Registry } from '../core/registry.ts'
import { requireAuthentication } from './authenticate.ts'
import { requireKnownHost } from './hosts.ts'
import { buildValidator } from './judge-input.ts'
import type { Logger } from './log.ts'
import { servePage } from './page.ts'
import { answerProblem } from './problem.ts'
import { createRequestLimit } from './request-limit.ts'
import { RESERVED_NAMES } from './reserved-names.ts'
import { cutSlowBodies } from './slow-bodies.ts'

/** A request's line and headers must be there within this time; slow senders hold a socket. */
const HEADERS_TIMEOUT_MILLISECONDS = 30_000
/** How often it is looked for such; Node's own 30 s would double their time. */
const TIMEOUT_CHECK_MILLISECONDS = 5_000
/** A socket on which nothing moved for so long is closed; a transfer that moves is never cut. */
const IDLE_TIMEOUT_MILLISECONDS = 300_000
/** Above the 60 s after which load balancers and the Go client drop a connection themselves. */
const KEEP_ALIVE_TIMEOUT_MILLISECONDS = 72_000
/** While draining. */
const IDLE_SWEEP_MILLISECONDS = 50
/** A signed link with a run file's name, or a percent-encoded path of a manifest. */
const MAX_PARAM_CHARACTERS = 8 * 1024
/** What a caller may choose as request id: short, and nothing that could break a log line. */
const REQUEST_ID = /^[\w.:-]{1,64}$/

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

export interface ServerOptions {
  readonly log: Logger
  /** Where the built page lies; null for none. */
  readonly pageFolder: string | null
  /** The page's own place for a link that a client prints; undefined where it is none. */
  readonly placeOf: (url: string) => string | undefined
  /** Under which it answers, beside its addresses and the machine itself. */
  readonly hostNames: readonly string[]
  /** Of one token; 0 for no limit. */
  readonly requestsPerMinute: number
  /** Whose `X-Forwarded-For` says where a request comes from. */
  readonly trustedProxies: readonly string[]
}

/** An empty server with what all protocols share; routes come in by plugins. */
export function createServer(registry: Registry, options: ServerOptions): FastifyInstance {
  const { trustedProxies } = options
  const app = fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    // One line a request, written below; the framework's two would say less.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_JSON_BODY_BYTES,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MILLISECONDS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MILLISECONDS,
    },
    requestTimeout: 0,
    connectionTimeout: IDLE_TIMEOUT_MILLISECONDS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MILLISECONDS,
    // While closing, what is still asked on an open connection is answered, then it is closed.
    return503OnClosing: false,
    ...(trustedProxies.length > 0 ? { trustProxy: [...trustedProxies] } : {}),
    requestIdHeader: false,
    genReqId: (request) => {
      const given = request.headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : registry.newId()
    },
    routerOptions: { maxParamLength: MAX_PARAM_CHARACTERS },
    frameworkErrors: answerProblem,
    schemaController: { compilersFactory: { buildValidator } },
  })
  refuseUnreservedPaths(app)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id)
    done()
  })
  requireKnownHost(app, new Set(options.hostNames))
  cutSlowBodies(app)
  requireAuthentication(app, registry, createRequestLimit(options.requestsPerMinute))
  refuseEncodedBodies(app)
  logAnswers(app, options.log)
  app.setErrorHandler(answerProblem)
  servePage(app, options.pageFolder, options.placeOf)
  return app
}

/** Ends it: no new connections, running requests may finish for so long, then they are cut. */
export async function drain(app: FastifyInstance, limitMilliseconds: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), limitMilliseconds)
  // A connection whose answer began before we were told stays open for more: nobody else ends it.
  const sweep = setInterval(() => app.server.closeIdleConnections(), IDLE_SWEEP_MILLISECONDS)
  try {
    await app.close()
  } finally {
    clearTimeout(timer)
    clearInterval(sweep)
  }
}

function refuseUnreservedPaths(app: FastifyInstance): void {
  app.addHook('onRoute', ({ url }) => {
    const first = url.split('/')[1] ?? ''
    if (first === '' || first.startsWith(':') || first === '*') return
    if (!RESERVED_NAMES.has(first.toLowerCase()))
      throw new Error(`An entity may be named "${first}"; add it to http/reserved-names.ts`)
  })
}

/**
 * Nothing is unpacked here: a few bytes could become any number of them. Told as what it is, since
 * for the parsers it would only be no JSON. Where a body is stored as it comes, it may be anything.
 */
function refuseEncodedBodies(app: FastifyInstance): void {
  app.addHook('onRequest', ({ headers, routeOptions }, _reply, done) => {
    const { 'content-encoding': encoding = 'identity' } = headers
    if (encoding === 'identity' || routeOptions.config.streamsBody === true) return done()
    done(new RegistryError('request_invalid', 'Send the body as it is, without Content-Encoding.'))
  })
}

/**
 * One line a request; of a read that succeeded only at the level `debug`: there are thousands a
 * second of them, and the line would cost more than the answer.
 */
function logAnswers(app: FastifyInstance, log: Logger): void {
  app.addHook('onResponse', (request, reply, done) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const level = isRead && reply.statusCode < 400 ? 'debug' : 'info'
    if (!log.isLevelEnabled(level)) return done()
    request.log[level](
      {
        method: request.method,
        url: request.url,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 10) / 10,
        user: request.actor?.username,
      },
      'answered',
    )
    done()
  })
}
