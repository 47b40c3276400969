import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { ErrorCode } from '../../core/errors.ts'
import type { RouteRight } from './route-rights.ts'

/** Requests are typed by their schemas; answers by `wire.ts`, through `render.ts`. */
interface RestTypes extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown
  serializer: unknown
}

export type RestServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  RestTypes
>

/** What a route says of itself beyond its schemas: the OpenAPI document is made from both. */
export interface Operation {
  readonly id: string
  /** One line: what it does, and what its headers mean. */
  readonly summary: string
  /** Refusals of its own; those of every route (`EVERYWHERE` in `openapi.ts`) are left out. */
  readonly refusals: readonly ErrorCode[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: Operation
    /** What it does, and to what: of its operation, in `route-rights.ts`. */
    right?: RouteRight
  }
}

/** The config of a route that needs a token. */
export function operation(
  id: string,
  summary: string,
  refusals: readonly ErrorCode[] = [],
): { readonly access: 'token'; readonly operation: Operation } {
  return { access: 'token', operation: { id, summary, refusals } }
}

/** Where an owner's collections live. The kind is part of the route: any other is no path. */
export const OWNER_PATH = '/:kind(^projects$|^registries$)/:entity/:owner'
export const COLLECTION_PATH = `${OWNER_PATH}/collections/:collection`
