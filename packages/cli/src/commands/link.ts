import { linkVersion } from '@greenroom/sdk'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { printable } from '../output.ts'
import { collected, registryVerb, type Session, withSession } from '../registry-verb.ts'

interface Options {
  readonly alias: readonly string[]
}

/** Gives a version a place in a registry's collection. */
export function linkVerb(): Command {
  return registryVerb('link', 'give a version a place in a registry; no byte is copied')
    .argument('<ref>', 'the version')
    .argument('<collection>', 'where it gets its place, made when it is not there yet')
    .option('--alias <name>', 'moves to it there; may be given several times', collected, [])
    .addHelpText(
      'after',
      examples(
        'greenroom link demo/image-classifier:v3 registry/model/image-classifier --alias staging',
      ),
    )
    .action(withSession(link))
}

async function link(
  session: Session,
  ref: string,
  target: string,
  { alias }: Options,
): Promise<void> {
  const collection = await session.parseCollection(target)
  const linked = await linkVersion(session.client, collection, { version: ref, aliases: alias })
  session.output.result(linked, () => {
    const place = session.output.colours.bold(printable(linked.ref))
    const aliases = linked.aliases.map(printable).join(', ')
    return `${place} ${linked.created ? 'is its place' : 'was its place already'} (${aliases})`
  })
}
