import {
  type Collection,
  listCollections,
  listProjects,
  listRegistries,
  listVersions,
  type Owner,
  type OwnerName,
  type Version,
} from '@greenroom/sdk'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { shortDigest, size, table, time } from '../output.ts'
import { ownerRef } from '../ref.ts'
import { countOption, registryVerb, type Session, withSession } from '../registry-verb.ts'
import { takeItems } from '../take-items.ts'

interface Options {
  readonly limit: number
  readonly type?: string
}

/** Lists the collections of a project or registry, or the versions of a collection. */
export function listVerb(): Command {
  return registryVerb(
    'list',
    'list projects and registries, the collections of one, or the versions of a collection',
  )
    .argument('[what]', 'PROJECT, ENTITY/PROJECT/, registry/NAME, or a collection')
    .option('--type <type>', 'only collections of this artifact type')
    .addOption(countOption('items'))
    .addHelpText(
      'after',
      `
A / at the end says that ENTITY/PROJECT/ is a project, and no collection of a project of yours.
${examples(
  'greenroom list',
  'greenroom list demo',
  'greenroom list alice/demo/',
  'greenroom list registry/model',
  'greenroom list demo/image-classifier',
)}`,
    )
    .action(withSession(list))
}

async function list(session: Session, what: string | undefined, options: Options): Promise<void> {
  if (what === undefined) {
    await showOwners(session, options)
    return
  }
  const owner = await session.parseOwner(what)
  if (owner !== undefined) await showCollections(session, owner, options)
  else await showVersions(session, what, options)
}

async function showOwners({ client, output }: Session, { limit }: Options): Promise<void> {
  const registries = await takeItems(limit, (page) => listRegistries(client, page))
  const projects = await takeItems(limit, (page) => listProjects(client, page))
  const items = [...registries, ...projects].slice(0, limit)
  const rowOf = (owner: Owner) => [ownerRef(owner), time(owner.updatedAt)]
  output.result({ items }, () => table(['name', 'changed'], items.map(rowOf)))
}

async function showCollections(
  { client, output }: Session,
  owner: OwnerName,
  { limit, type }: Options,
): Promise<void> {
  const items = await takeItems(limit, (page) => listCollections(client, owner, { ...page, type }))
  const rowOf = (each: Collection) => [each.name, each.type, each.kind, time(each.updatedAt)]
  output.result({ items }, () =>
    items.length === 0
      ? 'No collection is here yet. Push one: greenroom push PATH REF'
      : table(['collection', 'type', 'kind', 'changed'], items.map(rowOf)),
  )
}

async function showVersions(session: Session, what: string, { limit }: Options): Promise<void> {
  const collection = await session.parseCollection(what)
  const items = await takeItems(limit, (page) => listVersions(session.client, collection, page))
  const rowOf = (each: Version) => [
    each.version,
    each.aliases.join(', '),
    size(each.size),
    shortDigest(each.digest),
    time(each.createdAt),
    each.createdBy,
  ]
  session.output.result({ items }, () =>
    items.length === 0
      ? 'This collection has no versions yet. Push one: greenroom push PATH REF'
      : table(['version', 'aliases', 'size', 'digest', 'created', 'by'], items.map(rowOf)),
  )
}
