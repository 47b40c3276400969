import type { FastifyInstance, FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify'
import { RegistryError } from '../core/errors.ts'
import { BODY_GRACE_SECONDS, MIN_BODY_BYTES_PER_SECOND } from '../core/limits.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is streamed away as it comes, for as long as it comes: never cut. */
    streamsBody?: boolean
  }
}

/** How slow a body that is held in memory may be. */
export interface BodyPace {
  readonly graceMilliseconds: number
  readonly bytesPerSecond: number
}

const PACE: BodyPace = {
  graceMilliseconds: BODY_GRACE_SECONDS * 1000,
  bytesPerSecond: MIN_BODY_BYTES_PER_SECOND,
}
const BODILESS = new Set(['GET', 'HEAD'])

/**
 * Breaks off bodies that are parsed whole and come too slowly, since each holds memory and a
 * request: `request_invalid` (a 408 would be asked again for long), and the connection closes. Call
 * it before any route comes in.
 */
export function cutSlowBodies(app: FastifyInstance, pace: BodyPace = PACE): void {
  const watch: preParsingHookHandler = (request, reply, payload, done) => {
    watchBody(request, reply, pace)
    done(null, payload)
  }
  app.addHook('onRoute', (route) => {
    if (route.config?.streamsBody === true || BODILESS.has(String(route.method))) return
    route.preParsing = [watch, ...[route.preParsing ?? []].flat()]
  })
}

function watchBody({ raw }: FastifyRequest, reply: FastifyReply, pace: BodyPace): void {
  const begun = performance.now()
  const bytesBefore = raw.socket.bytesRead
  const cut = () => {
    const received = raw.socket.bytesRead - bytesBefore
    const allowed = pace.graceMilliseconds + (received / pace.bytesPerSecond) * 1000
    const left = begun + allowed - performance.now()
    if (left > 0) timer = setTimeout(cut, left).unref()
    else if (raw.listenerCount('error') > 0) {
      reply.header('connection', 'close')
      // To whoever reads it. Destroyed, it would take the connection and so the answer with it.
      raw.emit('error', tooSlow())
    }
  }
  let timer = setTimeout(cut, pace.graceMilliseconds).unref()
  const stop = () => clearTimeout(timer)
  raw.once('end', stop).once('close', stop)
  // A refusal that came sooner read no further.
  reply.raw.once('close', stop)
}

function tooSlow(): RegistryError {
  return new RegistryError(
    'request_invalid',
    'The body came too slowly, so it was broken off. Send it again over a better connection.',
  )
}
