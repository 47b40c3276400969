import {
  type Client,
  type CollectionName,
  getMe,
  type Me,
  type OwnerName,
  openClient,
  parseRef,
  type Ref,
} from '@greenroom/sdk/node'
import { Command, InvalidArgumentError, Option } from 'commander'
import { chosenUrl } from './connection.ts'
import { createOutput, type Output } from './output.ts'
import { parseOwner } from './ref.ts'
import { UsageError } from './usage-error.ts'

/** What every verb takes that speaks with a registry. */
export interface RegistryOptions {
  readonly url?: string
  readonly json?: true
}

/** A verb that speaks with a registry: its arguments and its own flags are still to be added. */
export function registryVerb(name: string, summary: string): Command {
  return new Command(name)
    .summary(summary)
    .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .helpOption('--help', 'explain this verb')
    .option('--url <url>', 'the server; without it the one of your login')
    .option('--json', 'one JSON document on stdout, for programs')
}

/** What a verb works with once its flags are read. */
export interface Session {
  readonly client: Client
  readonly output: Output
  /** Reads a reference; what it leaves out is the caller's own. */
  parse(ref: string): Promise<Ref>
  /** Reads a collection. Throws `UsageError` where a selector follows. */
  parseCollection(text: string): Promise<CollectionName>
  /** Reads a project or registry; undefined for the text of a collection. */
  parseOwner(text: string): Promise<OwnerName | undefined>
  /** The same where nothing else can be meant: the `/` at the end may be left out. */
  requireOwner(text: string): Promise<OwnerName>
}

/** The verb's action: `act` gets its session, then what the command line gave. */
export function withSession<Given extends readonly unknown[]>(
  act: (session: Session, ...given: Given) => Promise<void>,
): (...given: [...Given, Command]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command
    await act(await openSession(command.opts()), ...(given.slice(0, -1) as unknown as Given))
  }
}

async function openSession(options: RegistryOptions): Promise<Session> {
  const client = await openClient({ url: await chosenUrl(options.url) })
  let me: Promise<Me> | undefined
  const askMe = () => {
    me ??= getMe(client)
    return me
  }
  return {
    client,
    output: terminalOutput(options.json === true),
    parse: (ref) => parseRef(ref, askMe),
    parseOwner: (text) => parseOwner(text, askMe),
    async requireOwner(text) {
      const owner = await parseOwner(`${text.replace(/\/$/, '')}/`, askMe)
      if (owner !== undefined) return owner
      throw new UsageError(
        `"${text}" names no project or registry. Write PROJECT, ENTITY/PROJECT or registry/NAME.`,
      )
    },
    async parseCollection(text) {
      const [name, selector] = text.split(':', 2)
      if (selector !== undefined)
        throw new UsageError(`Write ${name} without ":${selector}": this is about a collection.`)
      return (await parseRef(text, askMe)).collection
    },
  }
}

export function terminalOutput(json: boolean): Output {
  const { stdout, stderr, env } = process
  return createOutput({ json, environment: env, out: stdout, err: stderr })
}

/** `--limit`: how many items of a list. */
export function countOption(what: string): Option {
  return new Option('--limit <number>', `at most so many ${what}`).default(50).argParser((text) => {
    const count = Number(text)
    if (!/^\d{1,7}$/.test(text) || count === 0)
      throw new InvalidArgumentError('It is a whole number from 1.')
    return count
  })
}

/** For an option that may be given several times. */
export function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}
