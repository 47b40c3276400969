import type * as wire from '@greenroom/sdk/wire'
import { DEFAULT_ITEMS_PER_PAGE, DEFAULT_RUN_SAMPLES } from '../../core/limits.ts'
import { findUsernames } from '../../core/operations/find-usernames.ts'
import { getRun } from '../../core/operations/get-run.ts'
import { listMetrics } from '../../core/operations/list-metrics.ts'
import { listRunLines } from '../../core/operations/list-run-lines.ts'
import { listRuns } from '../../core/operations/list-runs.ts'
import { sampleRunHistory } from '../../core/operations/sample-run-history.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { nextPage } from './paging.ts'
import { limitOf, numberCursor, ownerOf, textCursor } from './read-request.ts'
import { CURSOR, runCursor, runFilter, runKeyOf, runSort } from './read-run-search.ts'
import { renderMetric, renderRun, renderRunHistory, renderRunReport } from './render-runs.ts'
import { OWNER_PATH, operation, type RestServer } from './rest-server.ts'
import { OwnerPath, PageQuery, RunPath } from './schemas.ts'
import * as schemas from './schemas-runs.ts'
import { runOf } from './write-runs.ts'

const OUTPUT_CURSOR = 'output'
const METRIC_CURSOR = 'metrics'
const RUN_PATH = `${OWNER_PATH}/runs/:run`

export function addRuns(app: RestServer, context: AppContext): void {
  addListRuns(app, context)
  addGetRun(app, context)
  addSampleRunHistory(app, context)
  addListMetrics(app, context)
  addListRunOutput(app, context)
}

function addListRuns(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    `${OWNER_PATH}/runs`,
    {
      config: operation('listRuns', 'Runs of a project: newest first, or as asked', [
        'owner_not_found',
        'cursor_invalid',
      ]),
      schema: {
        params: OwnerPath,
        querystring: schemas.RunQuery,
        response: { 200: schemas.RunPage },
      },
    },
    async (request, reply): Promise<wire.Page<wire.Run>> => {
      const actor = actorOf(request)
      const { limit, cursor, ...asked } = request.query
      const { owner, page } = await listRuns(registry, actor, {
        owner: ownerOf(request.params),
        filter: runFilter(asked),
        sort: runSort(asked.sort),
        after: runKeyOf(asked, cursor),
        limit: limit ?? DEFAULT_ITEMS_PER_PAGE,
      })
      const ids = page.items.map((run) => run.createdBy)
      const usernames = await findUsernames(registry, actor, { ids })
      return {
        items: page.items.map((run) => renderRun(owner, run, usernames)),
        next: nextPage(context, request, reply, CURSOR, runCursor(asked, page.next)),
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
    async (request): Promise<wire.RunHistory> => {
      const { samples = DEFAULT_RUN_SAMPLES, keys, fromStep, beforeStep } = request.query
      const names = keys === undefined ? [] : [keys].flat()
      const sampled = await sampleRunHistory(registry, actorOf(request), {
        run: runOf(request.params),
        samples,
        keys: names,
        fromStep,
        beforeStep,
      })
      return renderRunHistory(sampled, names)
    },
  )
}

function addListMetrics(app: RestServer, context: AppContext): void {
  app.get(
    `${RUN_PATH}/metrics`,
    {
      config: operation('listMetrics', 'Names of its metrics, with the last value of each', [
        'owner_not_found',
        'not_found',
        'cursor_invalid',
      ]),
      schema: {
        params: RunPath,
        querystring: PageQuery,
        response: { 200: schemas.MetricPage },
      },
    },
    async (request, reply): Promise<wire.Page<wire.Metric>> => {
      const page = await listMetrics(context.registry, actorOf(request), {
        run: runOf(request.params),
        after: textCursor(METRIC_CURSOR, request.query, ''),
        limit: limitOf(request.query),
      })
      return {
        items: page.items.map(renderMetric),
        next: nextPage(context, request, reply, METRIC_CURSOR, page.next),
      }
    },
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
