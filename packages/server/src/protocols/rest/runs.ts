import type * as wire from '@greenroom/sdk/wire'
import { MAX_RUN_SAMPLES } from '../../core/limits.ts'
import { findUsernames } from '../../core/operations/find-usernames.ts'
import { getRun } from '../../core/operations/get-run.ts'
import { listRunLines } from '../../core/operations/list-run-lines.ts'
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
import { runOf } from './write-runs.ts'

const CURSOR = 'runs'
const OUTPUT_CURSOR = 'output'
const RUN_PATH = `${OWNER_PATH}/runs/:run`

export function addRuns(app: RestServer, context: AppContext): void {
  addListRuns(app, context)
  addGetRun(app, context)
  addSampleRunHistory(app, context)
  addListRunOutput(app, context)
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
        run: runOf(request.params),
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
          run: runOf(request.params),
          samples: request.query.samples ?? MAX_RUN_SAMPLES,
        }),
      ),
  )
}

function addListRunOutput(app: RestServer, context: AppContext): void {
  app.get(
    `${RUN_PATH}/output`,
    {
      config: operation('listRunOutput', 'Lines of its console', [
        'owner_not_found',
        'not_found',
        'cursor_invalid',
      ]),
      schema: {
        params: RunPath,
        querystring: schemas.OutputQuery,
        response: { 200: schemas.OutputPage },
      },
    },
    async (request, reply): Promise<wire.RunOutput> => {
      const { last, ...query } = request.query
      const limit = limitOf(query)
      const { count, lines } = await listRunLines(context.registry, actorOf(request), {
        run: runOf(request.params),
        file: 'output',
        from: last === true ? null : numberCursor(OUTPUT_CURSOR, query, 0),
        limit,
      })
      const after = (lines.at(-1)?.line ?? -1) + 1
      const key = lines.length === limit && after < count ? after : null
      return {
        count,
        items: lines,
        next: nextPage(context, request, reply, OUTPUT_CURSOR, key),
      }
    },
  )
}
