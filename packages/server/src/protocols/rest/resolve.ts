import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify'
import type { Actor } from '../../core/model/actor.ts'
import type { CollectionRef } from '../../core/model/collection.ts'
import { digestOf } from '../../core/model/digest.ts'
import { parseRef, parseSelector, type Selector } from '../../core/model/ref.ts'
import { findUsernames } from '../../core/operations/find-usernames.ts'
import { getViewer } from '../../core/operations/get-viewer.ts'
import { resolve } from '../../core/operations/resolve.ts'
import type { Registry } from '../../core/registry.ts'
import { actorOf } from '../../http/authenticate.ts'
import { matchesETag } from '../../http/byte-response.ts'
import type { AppContext } from '../../http/context.ts'
import { collectionOf, timeOf } from './read-request.ts'
import { renderResolution } from './render.ts'
import { type FinishedAnswer, keepAnswers } from './resolve-cache.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { NoContent, VersionPath } from './schemas.ts'
import * as schemas from './schemas-pointers.ts'
import { RESOLVE_REFUSALS } from './versions.ts'

interface Target {
  readonly collection: CollectionRef
  readonly selector: Selector
}
interface ResolveQuery {
  readonly at?: string
  readonly key?: string
  readonly fallback?: boolean
}

export function addResolve(app: RestServer, { registry }: AppContext): void {
  const kept = keepAnswers(registry.metadata)
  // Before the request is judged: only what was judged good has an answer here.
  const preValidation: preValidationHookHandler = (request, reply, done) => {
    const answer = kept.find(cacheKey(request))
    if (answer === undefined) done()
    else sendAnswer(request, reply, answer)
  }
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    query: ResolveQuery,
    find: (actor: Actor) => Target | Promise<Target>,
  ): Promise<FastifyReply> => {
    const actor = actorOf(request)
    const compute = async () => finish(registry, actor, await find(actor), query)
    return sendAnswer(request, reply, await kept.keep(cacheKey(request), compute))
  }

  app.get(
    `${COLLECTION_PATH}/resolve/:selector`,
    {
      preValidation,
      config: operation(
        'resolve',
        'What a selector means now. ETag: of all that the answer says; If-None-Match gives 304',
        RESOLVE_REFUSALS,
      ),
      schema: {
        params: VersionPath,
        querystring: schemas.ResolveQuery,
        response: { 200: schemas.Resolution, 304: NoContent },
      },
    },
    (request, reply) =>
      answer(request, reply, request.query, () => ({
        collection: collectionOf(request.params),
        selector: parseSelector(request.params.selector),
      })),
  )

  app.get(
    '/resolve',
    {
      preValidation,
      config: operation(
        'resolveRef',
        "The same for a whole reference; what it leaves out is the caller's own",
        RESOLVE_REFUSALS,
      ),
      schema: {
        querystring: schemas.ResolveRefQuery,
        response: { 200: schemas.Resolution, 304: NoContent },
      },
    },
    (request, reply) =>
      answer(request, reply, request.query, (actor) =>
        completeRef(registry, actor, request.query.ref),
      ),
  )
}

/** Answers are kept for an actor with their rights, and a very URL. */
function cacheKey(request: FastifyRequest): string {
  return `${actorOf(request).standing} ${request.url}`
}

function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, etag }: FinishedAnswer,
): FastifyReply {
  reply.header('etag', etag)
  if (matchesETag(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return reply.header('content-type', 'application/json; charset=utf-8').send(body)
}

async function finish(
  registry: Registry,
  actor: Actor,
  target: Target,
  query: ResolveQuery,
): Promise<FinishedAnswer> {
  const at = timeOf(query.at, 'at')
  const resolution = await resolve(registry, actor, {
    ...target,
    ...(at === undefined ? {} : { at }),
    ...(query.key === undefined ? {} : { key: query.key }),
    fallback: query.fallback ?? false,
  })
  const ids = [resolution.version.createdBy]
  const usernames = await findUsernames(registry, actor, { ids })
  const body = JSON.stringify(renderResolution(resolution, usernames))
  // Over the whole answer: whatever it says cannot change behind a 304.
  return { body, etag: `"${digestOf(body).slice('sha256:'.length, 39)}"` }
}

/** A reference without its entity or organization means the caller's own. */
export async function completeRef(registry: Registry, actor: Actor, text: string): Promise<Target> {
  const { kind, entityName, ownerName, collectionName, selector } = parseRef(text)
  const owner = { kind, entityName: entityName ?? (await ownName()), name: ownerName }
  return { collection: { owner, name: collectionName }, selector }

  async function ownName(): Promise<string> {
    const { entity, organization } = await getViewer(registry, actor)
    return kind === 'registry' ? organization.entityName : entity.name
  }
}
