import type * as wire from '@greenroom/sdk/wire'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseSelector } from '../../core/model/ref.ts'
import { changeVersion } from '../../core/operations/change-version.ts'
import { createDraft } from '../../core/operations/create-draft.ts'
import { deleteVersion } from '../../core/operations/delete-version.ts'
import { findUsernames } from '../../core/operations/find-usernames.ts'
import { getMember } from '../../core/operations/get-member.ts'
import { getVersion } from '../../core/operations/get-version.ts'
import { listVersions, type Member } from '../../core/operations/list-versions.ts'
import { searchVersions } from '../../core/operations/search-versions.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { answerCommitted, answerDraft } from './drafts.ts'
import { bindFor } from './idempotency.ts'
import { nextPage } from './paging.ts'
import { collectionOf, entriesOf, limitOf, numberCursor, numberOfETag } from './read-request.ts'
import {
  conditionsOf,
  CURSOR as SEARCH_CURSOR,
  searchCursor,
  searchKeyOf,
  sortOf,
} from './read-search.ts'
import { renderVersion } from './render.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { CollectionPath, NoContent, VersionPath } from './schemas.ts'
import { DeleteQuery } from './schemas-owners.ts'
import * as schemas from './schemas-versions.ts'

const CURSOR = 'versions'

/** How a selector can fail to name a version that can be served. */
export const RESOLVE_REFUSALS = [
  'owner_not_found',
  'collection_not_found',
  'version_not_found',
  'version_deleted',
  'version_quarantined',
  'alias_unknown',
  'alias_vacant',
  'ref_invalid',
] as const

export function addVersions(app: RestServer, context: AppContext): void {
  addListVersions(app, context)
  addCreateVersion(app, context)
  addGetVersion(app, context)
  addChangeVersion(app, context)
  addDeleteVersion(app, context)
}

function addListVersions(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    `${COLLECTION_PATH}/versions`,
    {
      config: operation('listVersions', 'Versions of a collection: newest first, or as asked', [
        'owner_not_found',
        'collection_not_found',
        'cursor_invalid',
      ]),
      schema: {
        params: CollectionPath,
        querystring: schemas.VersionQuery,
        response: { 200: schemas.VersionPage },
      },
    },
    async (request, reply): Promise<wire.Page<wire.Version>> => {
      const { filter = [], sort, ...query } = request.query
      const collection = collectionOf(request.params)
      const limit = limitOf(query)
      const order = sortOf(sort)
      if (filter.length === 0 && order === null) {
        const before = numberCursor(CURSOR, query, null)
        const { page } = await listVersions(registry, actorOf(request), {
          collection,
          before,
          limit,
        })
        const next = nextPage(context, request, reply, CURSOR, page.next)
        return answerPage(context, request, page.items, next)
      }
      const search = [filter, order]
      const { page } = await searchVersions(registry, actorOf(request), {
        collection,
        conditions: conditionsOf(filter),
        sort: order,
        after: searchKeyOf(search, query.cursor),
        limit,
      })
      const key = searchCursor(search, page.next)
      const next = nextPage(context, request, reply, SEARCH_CURSOR, key)
      return answerPage(context, request, page.items, next)
    },
  )
}

async function answerPage(
  { registry }: AppContext,
  request: FastifyRequest,
  members: readonly Member[],
  next: string | null,
): Promise<wire.Page<wire.Version>> {
  const ids = members.map((member) => member.version.createdBy)
  const usernames = await findUsernames(registry, actorOf(request), { ids })
  return { items: members.map((member) => renderVersion(member, usernames)), next }
}

function addCreateVersion(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.post(
    `${COLLECTION_PATH}/versions`,
    {
      config: operation(
        'createVersion',
        'Begin a version: a draft with upload links for the blobs that are missing, or the ' +
          'version that has this content already',
        [
          'owner_not_found',
          'not_found',
          'forbidden',
          'name_invalid',
          'type_mismatch',
          'manifest_invalid',
          'alias_confusable',
          'alias_protected',
          'promotion_refused',
        ],
      ),
      schema: {
        params: CollectionPath,
        body: schemas.NewVersion,
        response: { 200: schemas.CommittedVersion, 201: schemas.Draft },
      },
    },
    async (request, reply): Promise<wire.Draft | wire.CommittedVersion> => {
      const { body } = request
      const clientKey = await bindFor(context, request)
      const created = await createDraft(registry, actorOf(request), {
        clientKey,
        collection: collectionOf(request.params),
        artifactType: body.type,
        makeProject: true,
        aliases: body.aliases ?? [],
        tags: body.tags ?? [],
        metadata: JSON.stringify(body.metadata ?? {}),
        description: body.description ?? null,
        ttlSeconds: body.ttlSeconds ?? null,
        runName: body.run ?? null,
        runMustExist: true,
        entries: entriesOf(body.entries ?? []),
        complete: body.moreEntries !== true,
      })
      if (created.kind === 'version') return answerCommitted(context, request, created)
      reply.code(201)
      return answerDraft(context, request, reply, created.draft.id, {})
    },
  )
}

function addGetVersion(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    `${COLLECTION_PATH}/versions/:selector`,
    {
      config: operation(
        'getVersion',
        'One version. ETag: its revision, for If-Match of a change',
        RESOLVE_REFUSALS,
      ),
      schema: { params: VersionPath, response: { 200: schemas.Version } },
    },
    async (request, reply): Promise<wire.Version> => {
      const member = await getVersion(registry, actorOf(request), {
        collection: collectionOf(request.params),
        selector: parseSelector(request.params.selector),
      })
      return answerOne(context, request, reply, member)
    },
  )
}

function addChangeVersion(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.patch(
    `${COLLECTION_PATH}/versions/:selector`,
    {
      config: operation(
        'changeVersion',
        'Change metadata, description or tags; what is left out stays. If-Match: the revision',
        [...RESOLVE_REFUSALS, 'forbidden', 'generation_mismatch', 'name_invalid'],
      ),
      schema: {
        params: VersionPath,
        body: schemas.VersionChange,
        response: { 200: schemas.Version },
      },
    },
    async (request, reply): Promise<wire.Version> => {
      const actor = actorOf(request)
      const { metadata, description, tags } = request.body
      const member = await getVersion(registry, actor, {
        collection: collectionOf(request.params),
        selector: parseSelector(request.params.selector),
      })
      const version = await changeVersion(registry, actor, {
        versionId: member.version.id,
        ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
        ...(description === undefined ? {} : { description }),
        ...(tags === undefined ? {} : { tags }),
        expectRevision: numberOfETag(request.headers['if-match']),
      })
      return answerOne(context, request, reply, { ...member, version })
    },
  )
}

function addDeleteVersion(app: RestServer, { registry }: AppContext): void {
  app.delete(
    `${COLLECTION_PATH}/versions/:selector`,
    {
      config: operation(
        'deleteVersion',
        'Delete a version everywhere. Its number is never given again',
        [...RESOLVE_REFUSALS, 'forbidden', 'version_in_use', 'alias_protected'],
      ),
      schema: {
        params: VersionPath,
        querystring: DeleteQuery,
        response: { 204: NoContent },
      },
    },
    async (request, reply): Promise<void> => {
      const actor = actorOf(request)
      const { dropAliases, reason } = request.query
      const { version } = await getMember(registry, actor, {
        collection: collectionOf(request.params),
        selector: parseSelector(request.params.selector),
      })
      await deleteVersion(registry, actor, {
        versionId: version.id,
        dropAliases: dropAliases ?? false,
        reason: reason ?? null,
      })
      return reply.code(204).send()
    },
  )
}

/** One version, with its revision as the ETag. */
export async function answerOne(
  { registry }: AppContext,
  request: FastifyRequest,
  reply: FastifyReply,
  member: Member,
): Promise<wire.Version> {
  reply.header('etag', `"${member.version.revision}"`)
  const ids = [member.version.createdBy]
  const usernames = await findUsernames(registry, actorOf(request), { ids })
  return renderVersion(member, usernames)
}
