import type * as wire from '@greenroom/sdk/wire'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CollectionRef } from '../../core/model/collection.ts'
import { parseSelector } from '../../core/model/ref.ts'
import { getMember } from '../../core/operations/get-member.ts'
import { quarantineVersion } from '../../core/operations/quarantine-version.ts'
import type { Registry } from '../../core/registry.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { onceFor } from './idempotency.ts'
import { collectionOf } from './read-request.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { VersionPath } from './schemas.ts'
import * as schemas from './schemas-versions.ts'
import { answerOne, RESOLVE_REFUSALS } from './versions.ts'

const QUARANTINE_PATH = `${COLLECTION_PATH}/versions/:selector/quarantine`
const REFUSALS = [...RESOLVE_REFUSALS, 'forbidden'] as const

export function addQuarantine(app: RestServer, context: AppContext): void {
  app.post(
    QUARANTINE_PATH,
    {
      config: operation(
        'quarantineVersion',
        'Block a version everywhere; for administrators. Its aliases stay where they are',
        REFUSALS,
      ),
      schema: {
        params: VersionPath,
        body: schemas.Quarantine,
        response: { 200: schemas.Version },
      },
    },
    (request, reply) =>
      answer(onceFor(context, request), request, reply, request.params, request.body.reason),
  )

  app.delete(
    QUARANTINE_PATH,
    {
      config: operation('releaseVersion', 'Let it go again; for administrators', REFUSALS),
      schema: { params: VersionPath, response: { 200: schemas.Version } },
    },
    (request, reply) => answer(context.registry, request, reply, request.params, null),
  )

  async function answer(
    registry: Registry,
    request: FastifyRequest,
    reply: FastifyReply,
    params: Parameters<typeof collectionOf>[0] & { readonly selector: string },
    reason: string | null,
  ): Promise<wire.Version> {
    const actor = actorOf(request)
    const collection: CollectionRef = collectionOf(params)
    const selector = parseSelector(params.selector)
    const member = await getMember(registry, actor, { collection, selector })
    const versionId = member.version.id
    const version = await quarantineVersion(registry, actor, { versionId, reason })
    return answerOne(context, request, reply, { ...member, version })
  }
}
