import type * as wire from '@greenroom/sdk/wire'
import { MAX_RUN_SAMPLES } from '../../core/limits.ts'
import { findUsernames } from '../../core/operations/find-usernames.ts'
import { getRun } from '../../core/operations/get-run.ts'
import { listRuns } from '../../core/operations/list-runs.ts'
import { sampleRunHistory } from '../../core/operations/sample-run-history.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { nextPage } from './paging.ts'
import { limitOf, numberCursor, ownerOf } from './read-request.ts'
import { renderRun, renderRunHistory, renderRunReport } from './render-runs.ts'
import { OWNER_PATH, operation, type RestServer } from './rest-server.ts'
import { OwnerPath, PageQuery, RunPath } from './schemas.ts'
import * as schemas from './schemas-runs.ts'

const CURSOR = 'runs'
const RUN_PATH = `${OWNER_PATH}/runs/:run`

export function addRuns(app: RestServer, context: AppContext): void {
  addListRuns(app, context)
  addGetRun(app, context)
  addSampleRunHistory(app, context)
}

function addListRuns(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    `${OWNER_PATH}/runs`,
    {
      config: operation('listRuns', 'Runs of a project, newest first', [
        'owner_not_found',
        'cursor_invalid',
      ]),
      schema: {
        params: OwnerPath,
        querystring: PageQuery,
        response: { 200: schemas.RunPage },
      },
    },
    async (request, reply): Promise<wire.Page<wire.Run>> => {
      const actor = actorOf(request)
      const { owner, page } = await listRuns(registry, actor, {
        owner: ownerOf(request.params),
        before: numberCursor(CURSOR, request.query, null),
        limit: limitOf(request.query),
      })
      const ids = page.items.map((run) => run.createdBy)
      const usernames = await findUsernames(registry, actor, { ids })
      return {
        items: page.items.map((run) => renderRun(owner, run, usernames)),
        next: nextPage(context, request, reply, CURSOR, page.next),
      }
    },
  )
}

function addGetRun(app: RestServer, { registry }: AppContext): void {
  app.get(
    RUN_PATH,
    {
      config: operation('getRun', 'One run: config, summary, what it used and what it made', [
        'owner_not_found',
        'not_found',
      ]),
      schema: { params: RunPath, response: { 200: schemas.RunReport } },
    },
    async (request): Promise<wire.RunReport> => {
      const actor = actorOf(request)
      const report = await getRun(registry, actor, {
        run: { owner: ownerOf(request.params), name: request.params.run },
      })
      const usernames = await findUsernames(registry, actor, { ids: [report.run.createdBy] })
      return renderRunReport(report, usernames)
    },
  )
}

function addSampleRunHistory(app: RestServer, { registry }: AppContext): void {
  app.get(
    `${RUN_PATH}/history`,
    {
      config: operation('getRunHistory', 'Its metrics, step by step: a sample of the steps', [
        'owner_not_found',
        'not_found',
      ]),
      schema: {
        params: RunPath,
        querystring: schemas.RunHistoryQuery,
        response: { 200: schemas.RunHistory },
      },
    },
    async (request): Promise<wire.RunHistory> =>
      renderRunHistory(
        await sampleRunHistory(registry, actorOf(request), {
          run: { owner: ownerOf(request.params), name: request.params.run },
          samples: request.query.samples ?? MAX_RUN_SAMPLES,
        }),
      ),
  )
}
