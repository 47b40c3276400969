import type { preParsingAsyncHookHandler } from 'fastify'
import { RegistryError } from '../core/errors.ts'
import { MAX_JSON_BODY_BYTES, MAX_LARGE_BODIES_AT_ONCE } from '../core/limits.ts'

/**
 * For a route whose bodies may be larger than others: so many at once, since each is held in memory
 * as text and as objects. One whose length is not told counts as large. Throws `rate_limited`.
 */
export function boundLargeBodies(): preParsingAsyncHookHandler {
  let held = 0
  return async (request, reply) => {
    const length = request.headers['content-length']
    if (length !== undefined && Number(length) <= MAX_JSON_BODY_BYTES) return
    // Its sender left while their key was looked up: no body comes, and nobody says so again.
    if (reply.raw.destroyed) return
    if (held >= MAX_LARGE_BODIES_AT_ONCE)
      throw new RegistryError('rate_limited', 'Too many large requests at once. Ask again soon.')
    held += 1
    reply.raw.once('close', () => {
      held -= 1
    })
  }
}
