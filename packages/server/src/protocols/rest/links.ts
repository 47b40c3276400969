import type * as wire from '@greenroom/sdk/wire'
import type { Actor } from '../../core/model/actor.ts'
import { parseSelector } from '../../core/model/ref.ts'
import { getMember } from '../../core/operations/get-member.ts'
import { linkVersion, type PlaceRef } from '../../core/operations/link-version.ts'
import { unlinkVersion } from '../../core/operations/unlink-version.ts'
import type { Registry } from '../../core/registry.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { answerCommitted } from './drafts.ts'
import { onceFor } from './idempotency.ts'
import { collectionOf } from './read-request.ts'
import { completeRef } from './resolve.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { CollectionPath, NoContent, VersionPath } from './schemas.ts'
import * as schemas from './schemas-versions.ts'
import { RESOLVE_REFUSALS } from './versions.ts'

export function addLinks(app: RestServer, context: AppContext): void {
  addCreateLink(app, context)
  addDeleteLink(app, context)
}

function addCreateLink(app: RestServer, context: AppContext): void {
  app.post(
    `${COLLECTION_PATH}/links`,
    {
      config: operation(
        'linkVersion',
        'Give a version a place here: a pointer, no copy. One that is here keeps its place (200)',
        [
          ...RESOLVE_REFUSALS,
          'forbidden',
          'name_invalid',
          'type_mismatch',
          'already_exists',
          'alias_confusable',
          'alias_protected',
          'promotion_refused',
        ],
      ),
      schema: {
        params: CollectionPath,
        body: schemas.NewLink,
        response: { 200: schemas.CommittedVersion, 201: schemas.CommittedVersion },
      },
    },
    async (request, reply): Promise<wire.CommittedVersion> => {
      const actor = actorOf(request)
      const { version, aliases } = request.body
      const linked = await linkVersion(onceFor(context, request), actor, {
        versionId: await versionNamed(context.registry, actor, version),
        target: collectionOf(request.params),
        aliases: aliases ?? [],
      })
      if (linked.created) reply.code(201)
      return answerCommitted(context, request, linked)
    },
  )
}

function addDeleteLink(app: RestServer, { registry }: AppContext): void {
  app.delete(
    `${COLLECTION_PATH}/links/:selector`,
    {
      config: operation(
        'unlinkVersion',
        'Take a linked version out of here, with its aliases here; it stays where it was logged',
        [...RESOLVE_REFUSALS, 'forbidden', 'alias_protected'],
      ),
      schema: {
        params: VersionPath,
        querystring: schemas.UnlinkQuery,
        response: { 204: NoContent },
      },
    },
    async (request, reply): Promise<void> => {
      const actor = actorOf(request)
      const collection = collectionOf(request.params)
      const selector = parseSelector(request.params.selector)
      const { membership } = await getMember(registry, actor, { collection, selector })
      await unlinkVersion(registry, actor, {
        collection,
        index: membership.index,
        reason: request.query.reason ?? null,
      })
      return reply.code(204).send()
    },
  )
}

/** A version by its id or a whole reference: an id has no "/", and a reference always has one. */
export async function versionNamed(
  registry: Registry,
  actor: Actor,
  version: string,
): Promise<string | PlaceRef> {
  return version.includes('/') ? completeRef(registry, actor, version) : version
}
