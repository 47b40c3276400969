import type * as wire from '@greenroom/sdk/wire'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RegistryError } from '../../core/errors.ts'
import { abandonDraft } from '../../core/operations/abandon-draft.ts'
import { type Committed, commitVersion } from '../../core/operations/commit-version.ts'
import { findMembers } from '../../core/operations/find-members.ts'
import { findUsernames } from '../../core/operations/find-usernames.ts'
import { getDraft } from '../../core/operations/get-draft.ts'
import { putDraftEntries } from '../../core/operations/put-draft-entries.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { bindFor } from './idempotency.ts'
import { nextPage, pathOf } from './paging.ts'
import { collectionOf, entriesOf, limitOf, type PageQuery, textCursor } from './read-request.ts'
import { renderDraft, renderVersion } from './render.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { DraftPath, NoContent, Omissible, PageQuery as PageQuerySchema } from './schemas.ts'
import * as schemas from './schemas-versions.ts'

const CURSOR = 'uploads'
const DRAFT_PATH = `${COLLECTION_PATH}/drafts/:draft`

export function addDrafts(app: RestServer, context: AppContext): void {
  addGetDraft(app, context)
  addPutDraftEntries(app, context)
  addAbandonDraft(app, context)
  addCommitVersion(app, context)
}

function addGetDraft(app: RestServer, context: AppContext): void {
  app.get(
    DRAFT_PATH,
    {
      config: operation('getDraft', 'A draft, what it still lacks, and fresh links to send that', [
        'draft_not_found',
        'cursor_invalid',
      ]),
      schema: {
        params: DraftPath,
        querystring: PageQuerySchema,
        response: { 200: schemas.Draft },
      },
    },
    async (request, reply): Promise<wire.Draft> => {
      await checkPlace(context, request, request.params)
      return answerDraft(context, request, reply, request.params.draft, request.query)
    },
  )
}

function addPutDraftEntries(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.post(
    DRAFT_PATH,
    {
      config: operation('putDraftEntries', 'Add entries; one of a path that is there replaces it', [
        'draft_not_found',
        'manifest_invalid',
        'name_invalid',
      ]),
      schema: {
        params: DraftPath,
        body: schemas.MoreEntries,
        response: { 200: schemas.Draft },
      },
    },
    async (request, reply): Promise<wire.Draft> => {
      await checkPlace(context, request, request.params)
      await bindFor(context, request)
      const draftId = request.params.draft
      const entries = entriesOf(request.body.entries)
      await putDraftEntries(registry, actorOf(request), { draftId, entries })
      return answerDraft(context, request, reply, draftId, {})
    },
  )
}

function addAbandonDraft(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.delete(
    DRAFT_PATH,
    {
      config: operation('abandonDraft', 'Give a draft up', ['draft_not_found']),
      schema: { params: DraftPath, response: { 204: NoContent } },
    },
    async (request, reply): Promise<void> => {
      await checkPlace(context, request, request.params)
      await abandonDraft(registry, actorOf(request), { draftId: request.params.draft })
      return reply.code(204).send()
    },
  )
}

function addCommitVersion(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.post(
    `${DRAFT_PATH}/commit`,
    {
      config: operation(
        'commitVersion',
        'Make the draft a version. Asked again, it gives the same version',
        [
          'draft_not_found',
          'blob_missing',
          'type_mismatch',
          'already_exists',
          'alias_confusable',
          'alias_protected',
          'promotion_refused',
        ],
      ),
      schema: {
        params: DraftPath,
        body: Omissible(schemas.Nothing),
        response: { 200: schemas.CommittedVersion, 201: schemas.CommittedVersion },
      },
    },
    async (request, reply): Promise<wire.CommittedVersion> => {
      await checkPlace(context, request, request.params)
      await bindFor(context, request)
      const draftId = request.params.draft
      const committed = await commitVersion(registry, actorOf(request), { draftId })
      if (committed.created) reply.code(201)
      return answerCommitted(context, request, committed)
    },
  )
}

/** A committed version with the aliases that it bears. */
export async function answerCommitted(
  { registry }: AppContext,
  request: FastifyRequest,
  committed: Committed,
): Promise<wire.CommittedVersion> {
  const actor = actorOf(request)
  const { owner, collection, membership, version, created } = committed
  const members = await findMembers(registry, actor, {
    collection: { owner, name: collection.name },
    indices: [membership.index],
  })
  const aliases = members.get(membership.index)?.aliases ?? []
  const usernames = await findUsernames(registry, actor, { ids: [version.createdBy] })
  const member = { owner, collection, membership, version, aliases }
  return { ...renderVersion(member, usernames), created }
}

/** A draft with one page of what it lacks, each with a link that takes the bytes. */
export async function answerDraft(
  context: AppContext,
  request: FastifyRequest,
  reply: FastifyReply,
  draftId: string,
  query: PageQuery,
): Promise<wire.Draft> {
  const { draft, owner, missing } = await getDraft(context.registry, actorOf(request), {
    draftId,
    after: textCursor(CURSOR, query, ''),
    limit: limitOf(query),
  })
  const uploads = missing.items.map(({ digest, size }) => {
    const permit = { kind: 'upload-blob', draftId, digest, md5: null, size } as const
    return { digest, size, url: context.links.url(permit, digest) }
  })
  const batchUrl = context.links.url({ kind: 'upload-batch', draftId }, 'batch')
  const place = { owner, name: draft.collectionName }
  const path = pathOf(place, 'drafts', draft.id)
  const next = nextPage(context, request, reply, CURSOR, missing.next, path)
  return renderDraft(draft, owner, { uploads, batchUrl, next })
}

/** A draft is found under its own collection only. Throws `draft_not_found`. */
async function checkPlace(
  { registry }: AppContext,
  request: FastifyRequest,
  params: Parameters<typeof collectionOf>[0] & { readonly draft: string },
): Promise<void> {
  const { owner, name } = collectionOf(params)
  const found = await getDraft(registry, actorOf(request), { draftId: params.draft, limit: 1 })
  const { draft } = found
  const isHere =
    draft.collectionName === name &&
    found.owner.kind === owner.kind &&
    found.owner.entityName === owner.entityName &&
    found.owner.name === owner.name
  if (isHere) return
  throw new RegistryError('draft_not_found', 'This collection has no such draft of yours.', {
    draft: params.draft,
  })
}
