import type { FastifyInstance } from 'fastify'
import { RegistryError } from '../../core/errors.ts'
import { MAX_FILE_STREAM_BODY_BYTES } from '../../core/limits.ts'
import type { RunLineFile } from '../../core/model/run.ts'
import { type RunProgress, recordRunProgress } from '../../core/operations/record-run-progress.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { boundLargeBodies } from '../../http/large-bodies.ts'
import { ownerRefOf } from './call.ts'

/** The client's names of a run's line files. */
const LINE_FILES: ReadonlyMap<string, RunLineFile> = new Map([
  ['wandb-history.jsonl', 'history'],
  ['wandb-events.jsonl', 'events'],
  ['output.log', 'output'],
])
const SUMMARY_FILE = 'wandb-summary.json'

interface RunPath {
  readonly entity: string
  readonly project: string
  readonly run: string
}

/**
 * `POST /files/<entity>/<project>/<run>/file_stream`: what a running program tells of itself. Lines
 * stay the text that came, since they may hold bare `NaN`. In `mode="shared"` each of the processes
 * names itself in a header.
 */
export function addFileStreamRoute(app: FastifyInstance, context: AppContext): void {
  app.post<{ Params: RunPath }>('/files/:entity/:project/:run/file_stream', {
    config: { access: 'token' },
    bodyLimit: MAX_FILE_STREAM_BODY_BYTES,
    preParsing: boundLargeBodies(),
    handler: async (request) => {
      const { entity, project, run } = request.params
      const told = await recordRunProgress(context.registry, actorOf(request), {
        run: { owner: ownerRefOf(entity, project), name: run },
        ...readProgress(request.body),
        ...writerOf(request.headers['x-wandb-async-client-id']),
      })
      // The client then interrupts the program.
      return told.run.state === 'killed' ? { stopped: true } : {}
    },
  })
}

function writerOf(header: string | string[] | undefined): Pick<RunProgress, 'writer'> {
  return typeof header === 'string' && header !== '' ? { writer: header } : {}
}

/** Throws `request_invalid` unless the body has the file stream's form. */
export function readProgress(body: unknown): Omit<RunProgress, 'run'> {
  if (!isObject(body)) throw invalid('the body is no object')
  const files = body.files ?? {}
  if (!isObject(files)) throw invalid('"files" is no object')
  const lines: RunProgress['lines'][number][] = []
  let summary: string | undefined
  for (const [name, chunk] of Object.entries(files)) {
    const { offset, content } = readChunk(name, chunk)
    const file = LINE_FILES.get(name)
    if (file !== undefined) lines.push({ file, offset, lines: content })
    else if (name === SUMMARY_FILE) summary = content.at(-1)
  }
  const exitCode = body.complete === true ? readExitCode(body.exitcode) : undefined
  return {
    lines,
    ...(summary === undefined ? {} : { summary }),
    ...(body.preempting === true ? { preempting: true } : {}),
    ...(exitCode === undefined ? {} : { exitCode }),
  }
}

function readChunk(name: string, chunk: unknown): { offset: number; content: readonly string[] } {
  if (!isObject(chunk)) throw invalid(`${JSON.stringify(name)} is no object`)
  const { offset = 0, content } = chunk
  if (typeof offset !== 'number')
    throw invalid(`the offset of ${JSON.stringify(name)} is no number`)
  if (!Array.isArray(content) || !content.every((line) => typeof line === 'string'))
    throw invalid(`the content of ${JSON.stringify(name)} is no list of lines`)
  return { offset, content }
}

/** A program that ended without saying how has failed. */
function readExitCode(code: unknown): number {
  return typeof code === 'number' && Number.isSafeInteger(code) ? code : 1
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(why: string): RegistryError {
  return new RegistryError('request_invalid', `The file stream cannot be read: ${why}.`)
}
