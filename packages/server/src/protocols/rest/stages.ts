import type * as wire from '@greenroom/sdk/wire'
import type { FastifyReply } from 'fastify'
import { RegistryError } from '../../core/errors.ts'
import { stagesEdition } from '../../core/model/edition.ts'
import type { Stage } from '../../core/model/stage.ts'
import { listStageChanges } from '../../core/operations/list-stage-changes.ts'
import { listStages } from '../../core/operations/list-stages.ts'
import { setStages } from '../../core/operations/set-stages.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { nextPage } from './paging.ts'
import { editionOfETag, limitOf, numberCursor, ownerOf } from './read-request.ts'
import { renderStage } from './render.ts'
import { renderStageChange } from './render-owners.ts'
import { OWNER_PATH, operation, type RestServer } from './rest-server.ts'
import { OwnerPath, PageQuery } from './schemas.ts'
import * as schemas from './schemas-owners.ts'

const CURSOR = 'stages'
const STAGES_PATH = `${OWNER_PATH}/stages`

export function addStages(app: RestServer, context: AppContext): void {
  addListStages(app, context)
  addPutStages(app, context)
  addListStageChanges(app, context)
}

function addListStages(app: RestServer, { registry }: AppContext): void {
  app.get(
    STAGES_PATH,
    {
      config: operation(
        'listStages',
        'The declared stages, in order. ETag: of the list, for If-Match of a change',
        ['owner_not_found'],
      ),
      schema: { params: OwnerPath, response: { 200: schemas.StageList } },
    },
    async (request, reply): Promise<wire.StageList> => {
      const owner = ownerOf(request.params)
      const { stages } = await listStages(registry, actorOf(request), { owner })
      return answerStages(reply, stages)
    },
  )
}

function addPutStages(app: RestServer, { registry }: AppContext): void {
  app.put(
    STAGES_PATH,
    {
      config: operation(
        'putStages',
        'Declare the stages anew, all of them, in order. If-Match: the ETag of the list',
        [
          'owner_not_found',
          'forbidden',
          'name_invalid',
          'alias_confusable',
          'capacity_exceeded',
          'generation_mismatch',
        ],
      ),
      schema: {
        params: OwnerPath,
        body: schemas.StagesPut,
        response: { 200: schemas.StageList },
      },
    },
    async (request, reply): Promise<wire.StageList> => {
      const { items, reason } = request.body
      const { stages } = await setStages(registry, actorOf(request), {
        owner: ownerOf(request.params),
        stages: items.map(stageOf),
        reason: reason ?? null,
        expectEdition: editionOfETag(request.headers['if-match']),
      })
      return answerStages(reply, stages)
    },
  )
}

function addListStageChanges(app: RestServer, context: AppContext): void {
  app.get(
    `${STAGES_PATH}/history`,
    {
      config: operation('listStageChanges', 'How the stages came to be so, newest first', [
        'owner_not_found',
        'cursor_invalid',
      ]),
      schema: {
        params: OwnerPath,
        querystring: PageQuery,
        response: { 200: schemas.StageChangePage },
      },
    },
    async (request, reply): Promise<wire.Page<wire.StageChange>> => {
      const page = await listStageChanges(context.registry, actorOf(request), {
        owner: ownerOf(request.params),
        before: numberCursor(CURSOR, request.query, null),
        limit: limitOf(request.query),
      })
      return {
        items: page.items.map(renderStageChange),
        next: nextPage(context, request, reply, CURSOR, page.next),
      }
    },
  )
}

/** What is left out of a stage is what an undeclared alias has: one bearer and no rule. */
function stageOf(stage: wire.NewStage, place: number): Omit<Stage, 'position'> {
  const { position, ...given } = stage
  if (position !== undefined && position !== place)
    throw new RegistryError(
      'request_invalid',
      `"${stage.name}" is number ${place} of the list and says position ${position}. ` +
        'Put the list in order, or leave "position" out.',
    )
  return {
    capacity: 1,
    protected: false,
    requires: [],
    onSupersede: null,
    clears: [],
    fallback: [],
    ...given,
  }
}

function answerStages(reply: FastifyReply, stages: readonly Stage[]): wire.StageList {
  reply.header('etag', `"${stagesEdition(stages)}"`)
  return { items: stages.map(renderStage) }
}
