import { deleteCollection, deleteVersion, getVersion } from '@greenroom/sdk'
import type { Command } from 'commander'
import { confirm } from '../confirm.ts'
import { examples } from '../examples.ts'
import { printable } from '../output.ts'
import { ownerRef } from '../ref.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'

interface Options {
  readonly dropAliases?: true
  readonly reason?: string
  readonly yes?: true
}

/** Deletes a version, or a collection with all its versions. */
export function deleteVerb(): Command {
  return registryVerb('delete', 'end a version, or a collection with all its versions')
    .argument('<what>', 'a version by its selector, or without one the whole collection')
    .option('--drop-aliases', 'though aliases are set; without it they are named and refuse')
    .option('--reason <text>', 'kept in the log')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      `
A version ends everywhere that it is linked. Its number is never given again, its history stays.
To take a link out of a registry and keep the version: greenroom unlink.
${examples('greenroom delete demo/image-classifier:v3', 'greenroom delete demo/old --yes')}`,
    )
    .action(withSession(remove))
}

async function remove(session: Session, what: string, options: Options): Promise<void> {
  const { dropAliases, reason } = options
  const query = { dropAliases, reason }
  if (!what.includes(':')) {
    const collection = await session.parseCollection(what)
    const { owner, name } = collection
    const place = printable(`${ownerRef(owner)}${name}`)
    await confirm(`This ends the collection ${place} with all its versions.`, options.yes)
    await deleteCollection(session.client, collection, query)
    const deleted = { ...owner, collection: name, deleted: true }
    session.output.result(deleted, () => `${place} is deleted.`)
    return
  }
  const { collection, selector } = await session.parse(what)
  // By its number from here on: an alias may move while a person thinks.
  const { ref, version, aliases } = await getVersion(session.client, collection, selector)
  const borne = aliases.filter((alias) => alias !== 'latest')
  const bears = borne.length === 0 ? '' : ` It bears ${borne.map(printable).join(', ')}.`
  await confirm(`This ends ${printable(ref)}, wherever it is linked.${bears}`, options.yes)
  await deleteVersion(session.client, collection, version, query)
  session.output.result({ ref, deleted: true }, () => `${printable(ref)} is deleted.`)
}
