import { changeVersion, getVersion } from '@greenroom/sdk'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { printable } from '../output.ts'
import { collected, registryVerb, type Session, withSession } from '../registry-verb.ts'
import { UsageError } from '../usage-error.ts'

interface Options {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/** Puts tags on a version and takes them off. */
export function tagVerb(): Command {
  return registryVerb('tag', 'put tags on a version, and take them off')
    .argument('<ref>', 'the version')
    .option('--add <tag>', 'may be given several times', collected, [])
    .option('--remove <tag>', 'may be given several times', collected, [])
    .addHelpText(
      'after',
      examples('greenroom tag demo/image-classifier:v3 --add audited --remove draft'),
    )
    .action(withSession(tag))
}

async function tag(session: Session, ref: string, { add, remove }: Options): Promise<void> {
  if (add.length + remove.length === 0) throw new UsageError('Say --add TAG or --remove TAG.')
  const { collection, selector } = await session.parse(ref)
  const before = await getVersion(session.client, collection, selector)
  const kept = before.tags.filter((each) => !remove.includes(each) && !add.includes(each))
  const version = await changeVersion(
    session.client,
    collection,
    before.version,
    { tags: [...kept, ...add] },
    // What somebody else changed meanwhile is not overwritten.
    { ifMatch: before.revision },
  )
  session.output.result(version, () => {
    const tags = version.tags.map(printable).join(', ')
    return `${printable(version.ref)} has ${tags === '' ? 'no tags' : `the tags ${tags}`} now.`
  })
}
