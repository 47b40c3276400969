import { readFileSync } from 'node:fs'
import { pushSteps } from '@greenroom/sdk/node'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { interruptSignal } from '../interrupt.ts'
import { printable, size } from '../output.ts'
import { withBars } from '../progress-bar.ts'
import { collected, registryVerb, type Session, withSession } from '../registry-verb.ts'
import { UsageError } from '../usage-error.ts'

interface Options {
  readonly alias: readonly string[]
  readonly metadata: readonly string[]
  readonly tag: readonly string[]
  readonly type: string
  readonly description?: string
}

/** Logs a file or folder as a version. */
export function pushVerb(): Command {
  return registryVerb('push', 'log a file or folder as a version')
    .argument('<path>', 'a file, or a folder with all in it')
    .argument('<collection>', 'made when it is not there yet')
    .option('--alias <name>', 'moves to the version; may be given several times', collected, [])
    .option(
      '--metadata <name=value>',
      'JSON, or else text; @file.json for a whole object; may be given several times',
      collected,
      [],
    )
    .option('--tag <name>', 'may be given several times', collected, [])
    .option('--type <type>', 'the artifact type', 'model')
    .option('--description <text>', 'for people')
    .addHelpText(
      'after',
      examples(
        'greenroom push model.bin demo/image-classifier --alias staging',
        'greenroom push ./model demo/image-classifier --metadata accuracy=0.91 --tag audited',
        'greenroom push ./data demo/digits --type dataset --metadata @facts.json',
      ),
    )
    .action(withSession(push))
}

async function push(
  session: Session,
  path: string,
  name: string,
  { alias, tag, metadata, type, description }: Options,
): Promise<void> {
  const wishes = {
    type,
    aliases: alias,
    tags: tag,
    metadata: metadataOf(metadata),
    ...(description === undefined ? {} : { description }),
  }
  const collection = await session.parseCollection(name)
  const steps = pushSteps(session.client, collection, path, wishes, { signal: interruptSignal() })
  const version = await withBars(session.output, 'push', steps)
  session.output.result(version, () => {
    const ref = session.output.colours.bold(printable(version.ref))
    const aliases = version.aliases.map(printable).join(', ')
    const sent = version.sentBytes === 0 ? 'Nothing was' : `${size(version.sentBytes)} were`
    if (!version.created)
      return (
        `${ref} (${aliases}) has this content already. ` +
        `${sent} sent, and the metadata that it had was kept.`
      )
    return `${ref} (${aliases}): ${size(version.size)}, ${size(version.sentBytes)} sent`
  })
}

/** Throws `UsageError`. */
export function metadataOf(words: readonly string[]): Record<string, unknown> {
  // No prototype: `__proto__=1` is a name like any other.
  const metadata: Record<string, unknown> = Object.create(null)
  for (const word of words) {
    if (word.startsWith('@')) {
      for (const [name, value] of Object.entries(readObject(word.slice(1)))) metadata[name] = value
      continue
    }
    const [name = '', text] = word.split(/=(.*)/s)
    if (name === '' || text === undefined)
      throw new UsageError(`--metadata takes name=value or @file.json, not "${word}".`)
    metadata[name] = jsonOrText(text)
  }
  return metadata
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function readObject(file: string): object {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`--metadata @${file}: ${(error as Error).message}`, { cause: error })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new UsageError(`--metadata @${file}: it holds no JSON object.`)
}
