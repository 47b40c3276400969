import { quarantineVersion, releaseVersion } from '@greenroom/sdk'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { printable } from '../output.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'
import { UsageError } from '../usage-error.ts'

interface Options {
  readonly reason?: string
  readonly release?: true
}

/** Blocks a version, or lets it go again. */
export function quarantineVerb(): Command {
  return registryVerb('quarantine', 'block a version everywhere, as an administrator')
    .argument('<ref>', 'the version')
    .option('--reason <text>', 'told to everybody who asks for it')
    .option('--release', 'let it go again')
    .addHelpText(
      'after',
      examples(
        'greenroom quarantine demo/image-classifier:v3 --reason "trained on leaked data"',
        'greenroom quarantine demo/image-classifier:v3 --release',
      ),
    )
    .action(withSession(quarantine))
}

async function quarantine(
  { client, output, parse }: Session,
  ref: string,
  { reason, release }: Options,
): Promise<void> {
  const { collection, selector } = await parse(ref)
  if (release) {
    const version = await releaseVersion(client, collection, selector)
    output.result(version, () => `${printable(version.ref)} is served again.`)
    return
  }
  if (reason === undefined) throw new UsageError('Say why: --reason TEXT.')
  const version = await quarantineVersion(client, collection, selector, { reason })
  output.result(version, () => `${printable(version.ref)} is refused from now on.`)
}
