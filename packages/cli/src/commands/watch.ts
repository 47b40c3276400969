import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type StreamEvent, watchEvents } from '@greenroom/sdk'
import { type Command, InvalidArgumentError } from 'commander'
import { examples } from '../examples.ts'
import { printable, time } from '../output.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'
import { bearersOf, runOnMove } from '../run-on-move.ts'
import { UsageError } from '../usage-error.ts'

interface Options {
  readonly exec?: string
  readonly after?: number
  readonly state?: string
}

/** Tells each move of an alias, as it happens, and runs a command after it. */
export function watchVerb(): Command {
  return registryVerb('watch', 'tell each move of an alias as it happens; run a command after it')
    .argument('<ref>', 'a collection with an alias')
    .option('--exec <command>', 'run in a shell after each move; again, slower, until it succeeds')
    .option('--after <revision>', 'tell first what moved after this place in the stream', revision)
    .option('--state <file>', 'remember here what was dealt with, and go on from there')
    .addHelpText(
      'after',
      examples(
        'greenroom watch demo/image-classifier:production',
        'greenroom watch demo/image-classifier:production --state last-move \\',
        `    --exec 'greenroom pull "$GREENROOM_REF" ./model'`,
      ),
    )
    .action(withSession(watch))
}

async function watch(session: Session, ref: string, options: Options): Promise<void> {
  const { collection, selector: alias } = await session.parse(ref)
  if (/^v\d+$|^sha256:|@/.test(alias))
    throw new UsageError(`"${alias}" never moves. Say an alias: ${ref.split(':', 1)}:production`)
  const after = options.after ?? recall(options.state)
  const dealtWith = (event: StreamEvent) => remember(options.state, event.revision)
  let running = Promise.resolve()
  let isNewer = new AbortController()
  const { owner, name } = collection
  const filter = { owner, collection: name, alias, kind: 'alias.moved', after } as const
  for await (const event of watchEvents(session.client, filter)) {
    session.output.result(event, () => lineOf(event))
    if (options.exec === undefined) {
      dealtWith(event)
      continue
    }
    const command = options.exec
    isNewer.abort()
    isNewer = new AbortController()
    const { signal } = isNewer
    running = running.then(async () => {
      if (await runOnMove(command, event, session, signal)) dealtWith(event)
    })
  }
  await running
}

function lineOf({ time: when, alias, actor, payload, revision: place }: StreamEvent): string {
  const cause = `${payload.cause} by ${printable(actor)}, revision ${place}`
  const bearers = bearersOf(payload).join(', ') || 'nothing'
  return `${time(when)}  ${printable(alias ?? '')} → ${bearers}  (${cause})`
}

/** Throws `InvalidArgumentError`. */
export function revision(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a revision of the stream, as watch prints it.')
}

function recall(file: string | undefined): number | undefined {
  if (file === undefined) return undefined
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UsageError(`--state: ${(error as Error).message}`, { cause: error })
  }
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new UsageError(`--state: ${file} holds no revision. Name another file, or remove it.`)
}

/** In one step: a half-written place would lose or repeat moves. */
function remember(file: string | undefined, place: number): void {
  if (file === undefined) return
  writeFileSync(`${file}.new`, `${place}\n`)
  renameSync(`${file}.new`, file)
}
