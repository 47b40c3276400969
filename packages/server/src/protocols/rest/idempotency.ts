import type { FastifyRequest } from 'fastify'
import { digestOf } from '../../core/model/digest.ts'
import { bindKey, type OnceRequest, once } from '../../core/operations/once.ts'
import type { Registry } from '../../core/registry.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { type CollectionParams, collectionOf, ownerOf } from './read-request.ts'

// `Idempotency-Key`, in one place for every POST. Without the header all of it does nothing.

/**
 * The registry for an operation of one transaction: under a key it is done once, and asked again it
 * gives the same result. `isSecret`: the result is told once and never kept.
 */
export function onceFor(
  { registry }: AppContext,
  request: FastifyRequest,
  isSecret = false,
): Registry {
  const asked = askedFor(request)
  if (asked === null) return registry
  return once(registry, actorOf(request), { ...asked, ...placeOf(request.params), isSecret })
}

/**
 * For an operation that is done once by itself, and looks at rights each time: the key is refused
 * for any other request.
 */
export async function bindFor(
  { registry }: AppContext,
  request: FastifyRequest,
): Promise<string | null> {
  const asked = askedFor(request)
  if (asked === null) return null
  await bindKey(registry, actorOf(request), asked)
  // With the request in it: the key may stand for another one when this one is long forgotten.
  return `idempotency-key ${asked.key} ${digestOf(asked.asked)}`
}

function askedFor(request: FastifyRequest): OnceRequest | null {
  const key = request.headers['idempotency-key']
  if (key === undefined) return null
  const { method, url, body = null } = request
  return {
    key: String(key),
    asked: `${method} ${url}\n${JSON.stringify(body)}`,
  }
}

/** Of what stands in its path, as `OWNER_PATH` and `COLLECTION_PATH` name it. */
function placeOf(params: unknown): Pick<OnceRequest, 'place'> {
  const named = params as Partial<CollectionParams>
  const { kind, entity, owner, collection } = named
  if (kind === undefined || entity === undefined || owner === undefined) return {}
  const path = { kind, entity, owner }
  return {
    place: collection === undefined ? ownerOf(path) : collectionOf({ ...path, collection }),
  }
}
