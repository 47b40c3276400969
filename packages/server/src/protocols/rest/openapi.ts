import type { RouteOptions } from 'fastify'
import type { TSchema } from 'typebox'
import type { ErrorCode } from '../../core/errors.ts'
import { MAX_IDEMPOTENCY_KEY_CHARACTERS } from '../../core/limits.ts'
import { STATUS_OF } from '../../http/problem.ts'
import { SESSION_COOKIE } from '../../http/session-cookie.ts'
import { VERSION } from '../../http/version.ts'
import type { Operation } from './rest-server.ts'
import * as schemas from './schemas.ts'
import * as accounts from './schemas-accounts.ts'
import * as events from './schemas-events.ts'
import * as owners from './schemas-owners.ts'
import * as pointers from './schemas-pointers.ts'
import * as rights from './schemas-rights.ts'
import * as runs from './schemas-runs.ts'
import * as versions from './schemas-versions.ts'

/** Refusals that any route may give: a token may be limited to less than the route needs. */
export const EVERYWHERE: readonly ErrorCode[] = [
  'unauthenticated',
  'forbidden',
  'request_invalid',
  'too_large',
  'rate_limited',
  'internal',
  'registry_unavailable',
  'storage_full',
]

/** What every POST takes, but for those of nobody: an answer is kept for who asked. */
const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Asked again under the same key, it is done once. A fresh one for each request',
  schema: { type: 'string', minLength: 1, maxLength: MAX_IDEMPOTENCY_KEY_CHARACTERS },
}
const IDEMPOTENCY_REFUSALS: readonly ErrorCode[] = ['idempotency_key_reused']

/** Schemas that get a name of their own in the document; paths and queries stay where they are. */
const NAMED = new Map<unknown, string>(
  [schemas, accounts, events, owners, pointers, rights, runs, versions].flatMap((module) =>
    Object.entries(module)
      .filter(([name, schema]) => isObjectSchema(schema) && !/Path$|Query$/.test(name))
      .map(([name, schema]): [unknown, string] => [schema, name]),
  ),
)

const SUCCESS: { readonly [status: string]: string } = {
  201: 'Created',
  204: 'Done',
  206: 'The range asked for',
  304: 'If-None-Match names what is there',
}

/** By the format of a body that is no JSON. */
const MEDIA_TYPES = new Map<unknown, string>([
  ['binary', 'application/octet-stream'],
  ['event-stream', 'text/event-stream'],
])

const DESCRIPTION = `The Greenroom model registry. Names in paths are percent-encoded, each part
once. Lists come in pages: \`next\`, and \`Link: rel="next"\`, lead on. Refusals are problem details
(RFC 9457) with a stable \`code\`.`

type Json = { [key: string]: unknown }
type Route = Pick<RouteOptions, 'method' | 'url' | 'schema' | 'config'>

/** The OpenAPI 3.1 document of these routes. Equal routes give equal text. */
export function describeRoutes(routes: readonly Route[]): Json {
  const paths: { [path: string]: Json } = {}
  for (const route of routes) {
    const operation = route.config?.operation
    if (operation === undefined || route.method === 'HEAD') continue
    const path = route.url.replace(/:(\w+)(\([^)]*\))?/g, '{$1}').replace(/\*$/, '{path}')
    paths[path] = {
      ...paths[path],
      [String(route.method).toLowerCase()]: describeRoute(route, operation),
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Greenroom', version: VERSION, description: DESCRIPTION.replace(/\n/g, ' ') },
    security: [{ bearer: [] }, { basic: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        basic: { type: 'http', scheme: 'basic', description: 'Any user name; the key as password' },
        session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
      },
      schemas: Object.fromEntries(
        [...NAMED].map(([schema, name]) => [name, inner(schema as Json)]).sort(byName),
      ),
    },
  }
}

function describeRoute(route: Route, { id, summary, refusals }: Operation): Json {
  const { schema, config } = route
  const isPublic = config?.access === 'public'
  const isPost = route.method === 'POST' && !isPublic
  return {
    operationId: id,
    summary,
    ...(isPublic ? { security: [] } : {}),
    parameters: [
      ...parametersOf('path', schema?.params as TSchema | undefined),
      ...parametersOf('query', schema?.querystring as TSchema | undefined),
      ...(isPost ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(schema?.body === undefined ? {} : { requestBody: bodyOf(schema.body as Json) }),
    responses: {
      ...Object.fromEntries(
        Object.entries((schema?.response ?? {}) as Json).map(([status, body]) => [
          status,
          answer(status, body as Json),
        ]),
      ),
      ...refusalsOf([...refusals, ...(isPost ? IDEMPOTENCY_REFUSALS : []), ...EVERYWHERE]),
    },
  }
}

function parametersOf(place: 'path' | 'query', schema: TSchema | undefined): Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: { [name: string]: Json }
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property
    return {
      name: name === '*' ? 'path' : name,
      in: place,
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: reference(rest),
    }
  })
}

function bodyOf(schema: Json): Json {
  const parts = schema.anyOf as Json[] | undefined
  const isOmissible = parts?.some((part) => part.type === 'null') ?? false
  const [main] = parts ?? [schema]
  return { required: !isOmissible, content: { 'application/json': { schema: reference(main) } } }
}

function answer(status: string, schema: Json): Json {
  const description = SUCCESS[status] ?? 'OK'
  if (schema.type === 'null') return { description }
  const type = MEDIA_TYPES.get(schema.format) ?? 'application/json'
  return { description, content: { [type]: { schema: reference(schema) } } }
}

/** Refusals by status, each with the codes that it may carry. */
function refusalsOf(codes: readonly ErrorCode[]): Json {
  const byStatus = Map.groupBy(new Set(codes), (code) => STATUS_OF[code])
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      {
        description: some.toSorted().join(', '),
        content: { 'application/problem+json': { schema: reference(schemas.Problem) } },
      },
    ]),
  )
}

/** A schema as the document says it: by name where it has one. */
function reference(schema: unknown): unknown {
  const name = NAMED.get(schema)
  return name === undefined ? inner(schema) : { $ref: `#/components/schemas/${name}` }
}

function inner(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(reference)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, reference(part)]))
}

function isObjectSchema(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'properties' in schema
}

function byName([left]: unknown[], [right]: unknown[]): number {
  return String(left) < String(right) ? -1 : 1
}
