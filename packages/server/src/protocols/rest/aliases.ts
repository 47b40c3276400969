import type * as wire from '@greenroom/sdk/wire'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isRegistryError, RegistryError } from '../../core/errors.ts'
import type { Slot } from '../../core/model/alias.ts'
import { parseSelector } from '../../core/model/ref.ts'
import { changeAliases } from '../../core/operations/change-aliases.ts'
import { clearAlias } from '../../core/operations/clear-alias.ts'
import { findMembers } from '../../core/operations/find-members.ts'
import { getMember } from '../../core/operations/get-member.ts'
import { getPointer } from '../../core/operations/get-pointer.ts'
import { listAliases } from '../../core/operations/list-aliases.ts'
import { type PointerResult, promote } from '../../core/operations/promote.ts'
import { removeAlias } from '../../core/operations/remove-alias.ts'
import { rollBack } from '../../core/operations/roll-back.ts'
import { setAlias } from '../../core/operations/set-alias.ts'
import { actorOf } from '../../http/authenticate.ts'
import { matchesETag } from '../../http/byte-response.ts'
import type { AppContext } from '../../http/context.ts'
import { answerProblem } from '../../http/problem.ts'
import { onceFor } from './idempotency.ts'
import { collectionOf, expectationOf, indexOf } from './read-request.ts'
import {
  renderAlias,
  renderAliasChange,
  renderAliasSummary,
  renderLoggedSlot,
  renderSideEffects,
  renderStage,
  versionName,
} from './render.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { AliasPath, CollectionPath, NoContent, Omissible } from './schemas.ts'
import * as schemas from './schemas-pointers.ts'
import { RESOLVE_REFUSALS } from './versions.ts'

const ALIAS_PATH = `${COLLECTION_PATH}/aliases/:alias`

/** What every change of a pointer may be refused with. */
const CHANGE_REFUSALS = [
  'owner_not_found',
  'collection_not_found',
  'forbidden',
  'name_invalid',
  'generation_mismatch',
  'alias_protected',
] as const

export function addAliases(app: RestServer, context: AppContext): void {
  app.setErrorHandler(answerWithGeneration)
  addListAliases(app, context)
  addGetAlias(app, context)
  addPutAlias(app, context)
  addDeleteAlias(app, context)
  addRollBack(app, context)
  addChangeAliases(app, context)
}

function addListAliases(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    `${COLLECTION_PATH}/aliases`,
    {
      config: operation('listAliases', 'Every alias ever set here, and the declared stages', [
        'owner_not_found',
        'collection_not_found',
      ]),
      schema: { params: CollectionPath, response: { 200: schemas.AliasList } },
    },
    async (request): Promise<wire.AliasList> => {
      const actor = actorOf(request)
      const collection = collectionOf(request.params)
      const list = await listAliases(registry, actor, { collection })
      const indices = list.aliases.flatMap(({ slots }) => slots.map((slot) => slot.index))
      const members = await findMembers(registry, actor, { collection, indices })
      return {
        items: list.aliases.map((alias) =>
          renderAliasSummary(list.owner, list.collection, alias, members),
        ),
        stages: list.stages.map(renderStage),
      }
    },
  )
}

function addGetAlias(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    ALIAS_PATH,
    {
      config: operation(
        'getAlias',
        'What an alias points to. ETag: its generation, also on the 404 of a vacant one',
        ['owner_not_found', 'collection_not_found', 'alias_unknown', 'alias_vacant'],
      ),
      schema: { params: AliasPath, response: { 200: schemas.Alias, 304: NoContent } },
    },
    async (request, reply): Promise<wire.Alias | FastifyReply> => {
      const view = await getPointer(registry, actorOf(request), {
        collection: collectionOf(request.params),
        alias: request.params.alias,
      })
      const etag = `"${view.alias.generation}"`
      reply.header('etag', etag)
      if (matchesETag(request.headers['if-none-match'], etag)) return reply.code(304).send()
      return renderAlias(view)
    },
  )
}

function addPutAlias(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.put(
    ALIAS_PATH,
    {
      config: operation(
        'putAlias',
        'Promote: move an alias to a version, or set its slots. If-Match: the generation; ' +
          'If-None-Match: * when it must be vacant',
        [
          ...new Set([...RESOLVE_REFUSALS, ...CHANGE_REFUSALS]),
          'alias_confusable',
          'capacity_exceeded',
          'promotion_refused',
        ],
      ),
      schema: {
        params: AliasPath,
        body: schemas.AliasPut,
        response: { 200: schemas.AliasChange },
      },
    },
    async (request, reply): Promise<wire.AliasChange> => {
      const { version, slots, reason, expect } = request.body
      const call = {
        collection: collectionOf(request.params),
        alias: request.params.alias,
        expect: expectationOf(request.headers, expect),
        reason: reason ?? null,
      }
      const actor = actorOf(request)
      if (version !== undefined && slots === undefined) {
        const selector = parseSelector(version)
        return answerChange(
          context,
          request,
          reply,
          await promote(registry, actor, { ...call, selector }),
        )
      }
      if (version !== undefined || slots === undefined)
        throw new RegistryError('request_invalid', 'Give either "version" or "slots".')
      const wanted = slots.map((slot) => ({ ...slot, selector: parseSelector(slot.version) }))
      return answerChange(
        context,
        request,
        reply,
        await setAlias(registry, actor, { ...call, slots: wanted }),
      )
    },
  )
}

function addDeleteAlias(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.delete(
    ALIAS_PATH,
    {
      config: operation(
        'deleteAlias',
        "Clear an alias, or take away one version's slot only. If-Match: the generation",
        [
          ...CHANGE_REFUSALS,
          'alias_unknown',
          'version_not_found',
          'capacity_exceeded',
          'ref_invalid',
        ],
      ),
      schema: {
        params: AliasPath,
        querystring: schemas.AliasDeleteQuery,
        response: { 200: schemas.AliasChange },
      },
    },
    async (request, reply): Promise<wire.AliasChange> => {
      const { version, reason } = request.query
      const call = {
        collection: collectionOf(request.params),
        alias: request.params.alias,
        expect: expectationOf(request.headers, undefined),
        reason: reason ?? null,
      }
      const actor = actorOf(request)
      const result =
        version === undefined
          ? await clearAlias(registry, actor, call)
          : await removeAlias(registry, actor, { ...call, index: indexOf(version, 'version') })
      return answerChange(context, request, reply, result)
    },
  )
}

function addRollBack(app: RestServer, context: AppContext): void {
  app.post(
    `${ALIAS_PATH}/rollback`,
    {
      config: operation(
        'rollBack',
        'Take the last move back, down to a version when one is named. If-Match: the generation',
        [...CHANGE_REFUSALS, 'alias_unknown', 'rollback_target_missing', 'ref_invalid'],
      ),
      schema: {
        params: AliasPath,
        body: Omissible(schemas.Rollback),
        response: { 200: schemas.AliasChange },
      },
    },
    async (request, reply): Promise<wire.AliasChange> => {
      const { to, reason, expect } = request.body ?? {}
      const result = await rollBack(onceFor(context, request), actorOf(request), {
        collection: collectionOf(request.params),
        alias: request.params.alias,
        to: to === undefined ? null : indexOf(to, 'to'),
        expect: expectationOf(request.headers, expect),
        reason: reason ?? null,
      })
      return answerChange(context, request, reply, result)
    },
  )
}

function addChangeAliases(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.post(
    `${COLLECTION_PATH}/aliases`,
    {
      config: operation(
        'changeAliases',
        "Save an edited list of a version's aliases: one transaction, without expectation",
        [
          ...new Set([...RESOLVE_REFUSALS, ...CHANGE_REFUSALS]),
          'alias_confusable',
          'capacity_exceeded',
          'promotion_refused',
        ],
      ),
      schema: {
        params: CollectionPath,
        body: schemas.AliasesChange,
        response: { 200: schemas.ChangedAliases },
      },
    },
    async (request): Promise<wire.ChangedAliases> => {
      const actor = actorOf(request)
      const collection = collectionOf(request.params)
      const { version: selector, add = [], remove = [], reason } = request.body
      const found = await getMember(registry, actor, {
        collection,
        selector: parseSelector(selector),
      })
      const { membership, outcomes } = await changeAliases(onceFor(context, request), actor, {
        collection,
        versionId: found.version.id,
        add,
        remove,
        mayNameLatest: false,
        reason: reason ?? null,
      })
      const { index } = membership
      const members = await findMembers(registry, actor, { collection, indices: [index] })
      return {
        version: versionName(index),
        aliases: members.get(index)?.aliases ?? [],
        changes: renderSideEffects(outcomes),
      }
    },
  )
}

async function answerChange(
  { registry }: AppContext,
  request: FastifyRequest,
  reply: FastifyReply,
  result: PointerResult,
): Promise<wire.AliasChange> {
  const { owner, collection, outcome } = result
  const members = await findMembers(registry, actorOf(request), {
    collection: { owner, name: collection.name },
    indices: outcome.slots.map((slot) => slot.index),
  })
  reply.header('etag', `"${outcome.generation}"`)
  return renderAliasChange(result, members)
}

/**
 * A refusal that knows the generation shows it as the ETag, so that the caller can decide and ask
 * again without another look; slots are named as everywhere in this contract.
 */
async function answerWithGeneration(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (!isRegistryError(thrown)) return answerProblem(thrown, request, reply)
  const { code, message, details, cause } = thrown
  const { generation, slots } = details
  if (typeof generation === 'number') reply.header('etag', `"${generation}"`)
  const shown = Array.isArray(slots) ? { slots: (slots as Slot[]).map(renderLoggedSlot) } : {}
  const error = new RegistryError(code, message, { ...details, ...shown }, { cause })
  return answerProblem(error, request, reply)
}
