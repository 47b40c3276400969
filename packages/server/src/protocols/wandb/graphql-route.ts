import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError } from 'graphql'
import { isRegistryError, RegistryError } from '../../core/errors.ts'
import { MAX_GRAPHQL_BODY_BYTES } from '../../core/limits.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { boundLargeBodies } from '../../http/large-bodies.ts'
import { logRefusal, setRefusalHeaders, toRegistryError } from '../../http/problem.ts'
import { createCall } from './call.ts'
import { checkDocumentLimits } from './graphql/document-limits.ts'
import { createDocuments } from './graphql/documents.ts'
import { pruneVariables } from './graphql/prune-variables.ts'
import { createSchema } from './schema.ts'
import { WANDB_STATUS_OF } from './status.ts'

/** How many of a refused document's errors are logged. */
const MAX_LOGGED_ERRORS = 5

interface Sent {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** `POST /graphql`: every operation of the client but the bytes and the file stream. */
export function addGraphqlRoute(app: FastifyInstance, context: AppContext): void {
  const schema = createSchema()
  const prepare = createDocuments(schema)

  app.post('/graphql', {
    config: { access: 'token' },
    bodyLimit: MAX_GRAPHQL_BODY_BYTES,
    preParsing: boundLargeBodies(),
    handler: async (request, reply) => {
      const { query, variables: sent } = readBody(request.body)
      const prepared = prepare(query)
      if (prepared.kind === 'refused')
        return refuseDocument(request, reply, prepared.name, prepared.errors)
      const { known } = prepared
      const { variables, dropped } = pruneVariables(schema, known.operation, sent)
      const unlogged = known.unlogged(dropped)
      if (unlogged.length > 0)
        request.log.warn({ operation: known.name, dropped: unlogged }, 'unknown input dropped')
      try {
        checkDocumentLimits(known.document, known.operation, variables)
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error
        return refuseDocument(request, reply, known.name, [error])
      }
      const isShared = request.headers['x-wandb-use-async-filestream'] === 'true'
      const call = createCall(context, actorOf(request), isShared)
      const result = await known.compiled.query(undefined, call, variables)
      const errors = result.errors ?? []
      return errors.length === 0
        ? reply.send({ data: result.data })
        : refuseResult(request, reply, known.name, errors)
    },
  })
}

/** Throws `request_invalid` unless it is one document with its variables. */
function readBody(body: unknown): Sent {
  if (Array.isArray(body))
    throw new RegistryError('request_invalid', 'Send one document a request, not a list of them.')
  const { query, variables } = (body ?? {}) as { query?: unknown; variables?: unknown }
  if (typeof query !== 'string')
    throw new RegistryError('request_invalid', 'A request holds a GraphQL document in "query".')
  const given = variables ?? {}
  if (typeof given !== 'object' || Array.isArray(given))
    throw new RegistryError('request_invalid', '"variables" is an object of names and values.')
  return { query, variables: given as Readonly<Record<string, unknown>> }
}

/** A document that this server does not know, or that asks for too much: 400, and final. */
function refuseDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  errors: readonly GraphQLError[],
): FastifyReply {
  const messages = errors.slice(0, MAX_LOGGED_ERRORS).map((error) => error.message)
  request.log.warn({ operation: name, errors: messages }, 'operation refused')
  // The client shows it to its user as it is: one sentence, without the schema's guesses.
  const why = (messages[0] ?? '').replace(/ Did you mean .*$/, '')
  const message = name === '' ? why : `${name} is not served here: ${why}`
  return reply.code(400).send({ errors: [{ message, extensions: { code: 'request_invalid' } }] })
}

/** What went wrong while answering. The first cause decides on the status. */
function refuseResult(
  request: FastifyRequest,
  reply: FastifyReply,
  operation: string,
  errors: readonly GraphQLError[],
): FastifyReply {
  const causes = errors.map(causeOf)
  for (const cause of causes) logRefusal(request, cause)
  const [first = new RegistryError('internal', 'Something broke.')] = causes
  request.log.info({ operation, code: first.code }, 'operation failed')
  setRefusalHeaders(reply, first)
  // Two fields with the same filter refuse it twice; the client shows every message.
  const told = new Map(causes.map((cause) => [cause.message, cause]))
  return reply.code(WANDB_STATUS_OF[first.code]).send({
    errors: Array.from(told.values(), ({ message, code }) => ({ message, extensions: { code } })),
  })
}

/** Ours as it was thrown; a value of the wrong shape is the asker's fault, all else is ours. */
function causeOf(error: GraphQLError): RegistryError {
  const { originalError } = error
  if (isRegistryError(originalError)) return originalError
  return error.path === undefined && originalError === undefined
    ? new RegistryError('request_invalid', error.message)
    : toRegistryError(originalError ?? error)
}
