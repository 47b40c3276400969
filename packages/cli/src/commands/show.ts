import { type Entry, getVersion, listFiles, type Version } from '@greenroom/sdk'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { facts, printable, shortDigest, size, table, time } from '../output.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'
import { takeItems } from '../take-items.ts'

/** Files of a version that are shown to people; `--json` has all. */
const MAX_SHOWN_FILES = 50

/** Shows one version: what it is, what it bears, its files. */
export function showVerb(): Command {
  return registryVerb('show', 'show a version: what it is, which aliases it bears, its files')
    .argument('<ref>', 'without a selector: the latest one')
    .addHelpText(
      'after',
      examples(
        'greenroom show demo/image-classifier:production',
        'greenroom show registry/model/image-classifier --json',
      ),
    )
    .action(withSession(show))
}

async function show(session: Session, ref: string): Promise<void> {
  const { collection, selector } = await session.parse(ref)
  const { client, output } = session
  const version = await getVersion(client, collection, selector)
  const bound = output.json ? Number.POSITIVE_INFINITY : MAX_SHOWN_FILES
  // By its number: an alias may move between the two questions.
  const files = await takeItems(bound, (page) =>
    listFiles(client, collection, version.version, page),
  )
  output.result({ ...version, files }, () =>
    [output.colours.bold(printable(version.ref)), textOf(version), filesText(version, files)].join(
      '\n',
    ),
  )
}

function textOf(version: Version): string {
  const metadata = Object.entries(version.metadata)
  return facts([
    ['type', version.type],
    ['digest', version.digest],
    [
      'size',
      `${size(version.size)}, ${version.fileCount} file${version.fileCount === 1 ? '' : 's'}`,
    ],
    ['aliases', version.aliases.join(', ') || 'none'],
    ...(version.tags.length > 0 ? ([['tags', version.tags.join(', ')]] as const) : []),
    ['created', `${time(version.createdAt)} by ${version.createdBy}`],
    ...(version.description === null ? [] : ([['description', version.description]] as const)),
    ...metadata.map(
      ([name, value]) => [`metadata.${printable(name)}`, JSON.stringify(value)] as const,
    ),
  ])
}

function filesText({ fileCount }: Version, files: readonly Entry[]): string {
  const rows = files.map(({ path, size: bytes, digest, reference }) => [
    path,
    bytes === null ? '-' : size(bytes),
    digest === null ? (reference ?? '') : shortDigest(digest),
  ])
  const more = fileCount - files.length
  const rest = more > 0 ? `… and ${more} more: --json\n` : ''
  return table(['file', 'size', 'digest'], rows) + rest
}
