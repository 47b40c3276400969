import { getVersion, unlinkVersion } from '@greenroom/sdk'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { printable } from '../output.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'

/** Takes a linked version out of a collection. */
export function unlinkVerb(): Command {
  return registryVerb('unlink', 'take a linked version out of a registry, with its aliases there')
    .argument('<ref>', 'its place; where it was logged it stays')
    .addHelpText('after', examples('greenroom unlink registry/model/image-classifier:v0'))
    .action(withSession(unlink))
}

async function unlink(session: Session, ref: string): Promise<void> {
  const { collection, selector } = await session.parse(ref)
  // By its number, which the result names: an alias may move before it is asked for.
  const { version, ref: place } = await getVersion(session.client, collection, selector)
  await unlinkVersion(session.client, collection, version)
  session.output.result({ ref: place, unlinked: true }, () => `${printable(place)} is gone.`)
}
