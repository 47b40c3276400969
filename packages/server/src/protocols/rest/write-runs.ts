import type * as wire from '@greenroom/sdk/wire'
import type { FastifyRequest } from 'fastify'
import type { RunState } from '../../core/model/run.ts'
import { configText } from '../../core/model/run-config.ts'
import { changeRun } from '../../core/operations/change-run.ts'
import { deleteRun } from '../../core/operations/delete-run.ts'
import { findUsernames } from '../../core/operations/find-usernames.ts'
import { recordRunMetrics } from '../../core/operations/record-run-metrics.ts'
import { recordRunProgress } from '../../core/operations/record-run-progress.ts'
import { upsertRun } from '../../core/operations/upsert-run.ts'
import { useVersion } from '../../core/operations/use-version.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { onceFor } from './idempotency.ts'
import { versionNamed } from './links.ts'
import { ownerOf, timeOf } from './read-request.ts'
import { renderRun } from './render-runs.ts'
import { OWNER_PATH, operation, type RestServer } from './rest-server.ts'
import { NoContent, Omissible, OwnerPath, RunPath } from './schemas.ts'
import * as schemas from './schemas-runs.ts'
import { RESOLVE_REFUSALS } from './versions.ts'

const RUN_PATH = `${OWNER_PATH}/runs/:run`
const RUN_REFUSALS = ['owner_not_found', 'not_found', 'forbidden'] as const

export function addWriteRuns(app: RestServer, context: AppContext): void {
  addStartRun(app, context)
  addChangeRun(app, context)
  addRecordMetrics(app, context)
  addRecordOutput(app, context)
  addFinishRun(app, context)
  addUseVersion(app, context)
  addDeleteRun(app, context)
}

function addStartRun(app: RestServer, context: AppContext): void {
  app.post(
    `${OWNER_PATH}/runs`,
    {
      config: operation(
        'startRun',
        'Start a run, or let one go on (200). A project that is not there is made',
        [...RUN_REFUSALS, 'already_exists', 'name_invalid'],
      ),
      schema: {
        params: OwnerPath,
        body: Omissible(schemas.NewRun),
        response: { 200: schemas.StartedRun, 201: schemas.StartedRun },
      },
    },
    async (request, reply): Promise<wire.StartedRun> => {
      const { run: name, resume, ...fields } = request.body ?? {}
      const started = await upsertRun(onceFor(context, request), actorOf(request), {
        owner: ownerOf(request.params),
        name: name ?? context.registry.randomHex(4),
        fields: fieldsOf(fields),
        resume: resume ?? 'allow',
      })
      if (started.inserted) reply.code(201)
      const { owner, run, inserted, historyLines } = started
      const usernames = await usernamesOf(context, request, run.createdBy)
      return { ...renderRun(owner, run, usernames), created: inserted, historyLines }
    },
  )
}

function addChangeRun(app: RestServer, context: AppContext): void {
  app.patch(
    RUN_PATH,
    {
      config: operation('changeRun', 'What is given replaces what was there, whole', [
        ...RUN_REFUSALS,
        'name_invalid',
      ]),
      schema: { params: RunPath, body: schemas.RunChange, response: { 200: schemas.Run } },
    },
    async (request): Promise<wire.Run> => {
      const { state, ...fields } = request.body
      const { owner, run } = await changeRun(context.registry, actorOf(request), {
        run: runOf(request.params),
        fields: fieldsOf(fields),
        state: state as RunState | undefined,
      })
      return renderRun(owner, run, await usernamesOf(context, request, run.createdBy))
    },
  )
}

function addRecordMetrics(app: RestServer, context: AppContext): void {
  app.post(
    `${RUN_PATH}/history`,
    {
      config: operation(
        'recordMetrics',
        'Record steps of metrics. The last value of each goes into the summary',
        RUN_REFUSALS,
      ),
      schema: {
        params: RunPath,
        body: schemas.MetricsPost,
        response: { 200: schemas.RecordedMetrics },
      },
    },
    async (request): Promise<wire.RecordedMetrics> => {
      const { rows, from } = request.body
      const recorded = await recordRunMetrics(onceFor(context, request), actorOf(request), {
        run: runOf(request.params),
        rows: rows.map((row) => ({ ...row, time: timeOf(row.time, 'time') })),
        from,
      })
      return { historyLines: recorded.historyLines, lastStep: recorded.lastStep }
    },
  )
}

function addRecordOutput(app: RestServer, context: AppContext): void {
  app.post(
    `${RUN_PATH}/output`,
    {
      config: operation('recordOutput', 'Record lines of its console', RUN_REFUSALS),
      schema: { params: RunPath, body: schemas.OutputPost, response: { 204: NoContent } },
    },
    async (request, reply): Promise<void> => {
      const { lines, from } = request.body
      await recordRunProgress(onceFor(context, request), actorOf(request), {
        run: runOf(request.params),
        lines: [{ file: 'output', offset: from ?? null, lines }],
      })
      return reply.code(204).send()
    },
  )
}

function addFinishRun(app: RestServer, context: AppContext): void {
  app.post(
    `${RUN_PATH}/finish`,
    {
      config: operation('finishRun', 'Say that it has ended', RUN_REFUSALS),
      schema: {
        params: RunPath,
        body: Omissible(schemas.RunFinish),
        response: { 200: schemas.Run },
      },
    },
    async (request): Promise<wire.Run> => {
      const { exitCode = 0 } = request.body ?? {}
      const { owner, run } = await recordRunProgress(onceFor(context, request), actorOf(request), {
        run: runOf(request.params),
        lines: [],
        exitCode,
      })
      return renderRun(owner, run, await usernamesOf(context, request, run.createdBy))
    },
  )
}

function addUseVersion(app: RestServer, context: AppContext): void {
  app.post(
    `${RUN_PATH}/inputs`,
    {
      config: operation('useVersion', 'Say that it used a version', [
        ...new Set([...RUN_REFUSALS, ...RESOLVE_REFUSALS]),
      ]),
      schema: { params: RunPath, body: schemas.UseVersion, response: { 204: NoContent } },
    },
    async (request, reply): Promise<void> => {
      const actor = actorOf(request)
      await useVersion(onceFor(context, request), actor, {
        run: runOf(request.params),
        version: await versionNamed(context.registry, actor, request.body.version),
        usedAs: request.body.usedAs ?? null,
      })
      return reply.code(204).send()
    },
  )
}

function addDeleteRun(app: RestServer, { registry }: AppContext): void {
  app.delete(
    RUN_PATH,
    {
      config: operation(
        'deleteRun',
        'Its lines and files go; the versions that it made stay',
        RUN_REFUSALS,
      ),
      schema: { params: RunPath, response: { 204: NoContent } },
    },
    async (request, reply): Promise<void> => {
      const run = runOf(request.params)
      await deleteRun(registry, actorOf(request), { run, withVersions: false })
      return reply.code(204).send()
    },
  )
}

type RunParams = Parameters<typeof ownerOf>[0] & { readonly run: string }

export function runOf(params: RunParams) {
  return { owner: ownerOf(params), name: params.run }
}

/** Objects are kept as JSON text, a config in the form that the wandb client reads. */
function fieldsOf<Fields extends ObjectsOfRun>({ config, summary, ...fields }: Fields) {
  return {
    ...fields,
    config: config === undefined ? undefined : configText(config),
    summary: summary === undefined ? undefined : JSON.stringify(summary),
  }
}

interface ObjectsOfRun {
  readonly config?: Readonly<Record<string, unknown>>
  readonly summary?: Readonly<Record<string, unknown>>
}

async function usernamesOf({ registry }: AppContext, request: FastifyRequest, id: number) {
  return findUsernames(registry, actorOf(request), { ids: [id] })
}
