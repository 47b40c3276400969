import { resolveRef } from '@greenroom/sdk'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { facts, printable, size } from '../output.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'

interface Options {
  readonly at?: string
  readonly key?: string
  readonly fallback?: true
}

/** Says what a reference means, now or at a time. */
export function resolveVerb(): Command {
  return registryVerb('resolve', 'say what a reference means, now or at a time')
    .argument('<ref>', '[entity/]project/collection[:selector]')
    .option('--at <time>', 'what it meant then, as 2026-03-01T12:00:00Z')
    .option('--key <key>', 'of several slots the one that this key falls on, always the same')
    .option('--fallback', 'try what the stage declares when it is vacant')
    .addHelpText(
      'after',
      examples(
        'greenroom resolve demo/image-classifier:production',
        'greenroom resolve demo/image-classifier:production --at 2026-03-01T12:00:00Z',
        "greenroom resolve 'demo/image-classifier:production@{1}' --json",
      ),
    )
    .action(withSession(resolve))
}

async function resolve(session: Session, ref: string, options: Options): Promise<void> {
  const { at, key, fallback } = options
  const { etag, ...found } = await resolveRef(session.client, ref, { at, key, fallback })
  session.output.result(found, () => {
    const alias = found.alias === null ? '' : ` ${printable(found.alias)}`
    const generation = found.generation === null ? '' : `, generation ${found.generation}`
    return `${session.output.colours.bold(printable(found.ref))}\n${facts([
      ['digest', found.digest],
      ['size', `${size(found.size)}, ${found.fileCount} file${found.fileCount === 1 ? '' : 's'}`],
      ['found by', `${found.foundBy}${alias}${generation}`],
      ...(found.slot === null || found.slot.label === 'default'
        ? []
        : ([['slot', `${found.slot.label}, weight ${found.slot.weight}`]] as const)),
    ])}`
  })
}
