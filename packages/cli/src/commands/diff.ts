import type { Entry, Version } from '@greenroom/sdk/wire'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { type Colours, printable, size } from '../output.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'
import { takeItems } from '../take-items.ts'

interface Difference<Value> {
  readonly path: string
  /** Null on the side that lacks it. */
  readonly base: Value | null
  readonly head: Value | null
}

/** Shows how two versions differ, in metadata and files. */
export function diffVerb(): Command {
  return registryVerb('diff', 'show how two versions differ, in metadata and files')
    .argument('<base>', 'the version to compare with')
    .argument('<head>', 'the version that is looked at')
    .addHelpText(
      'after',
      examples('greenroom diff demo/image-classifier:production demo/image-classifier:staging'),
    )
    .action(withSession(diff))
}

async function diff(session: Session, baseRef: string, headRef: string): Promise<void> {
  const [base, head] = await Promise.all([read(session, baseRef), read(session, headRef)])
  const metadata = differences(leavesOf(base.version.metadata), leavesOf(head.version.metadata))
  const files = differences(filesOf(base.entries), filesOf(head.entries))
  const same = base.version.digest === head.version.digest
  const { output } = session
  output.result(
    { base: base.version.ref, head: head.version.ref, sameContent: same, metadata, files },
    () => {
      const { colours } = output
      const heading = `${printable(base.version.ref)} → ${printable(head.version.ref)}`
      const lines = [
        ...metadata.map((each) => line(colours, each, (value) => JSON.stringify(value))),
        ...files.map((each) => line(colours, each, fileText)),
      ]
      const none = same ? 'The files are the same.' : ''
      return [colours.bold(heading), ...lines, ...(files.length === 0 ? [none] : [])].join('\n')
    },
  )
}

async function read(
  session: Session,
  ref: string,
): Promise<{ readonly version: Version; readonly entries: readonly Entry[] }> {
  const { collection, selector } = await session.parse(ref)
  const version = await session.client.getVersion(collection, selector)
  const entries = await takeItems(Number.POSITIVE_INFINITY, (page) =>
    session.client.listFiles(collection, version.version, page),
  )
  return { version, entries }
}

/** `{ a: { b: 1 } }` as `a.b` → 1: what people compare are the leaves. */
function leavesOf(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Map([[path, value]])
  const inside = Object.entries(value)
  return new Map(
    inside.flatMap(([name, each]) => [...leavesOf(each, path === '' ? name : `${path}.${name}`)]),
  )
}

interface FileFacts {
  readonly digest: string | null
  readonly size: number | null
  readonly reference: string | null
}

function filesOf(entries: readonly Entry[]): Map<string, FileFacts> {
  return new Map(
    entries.map(({ path, digest, size: bytes, reference }) => [
      path,
      { digest, size: bytes, reference },
    ]),
  )
}

function differences<Value>(
  base: ReadonlyMap<string, Value>,
  head: ReadonlyMap<string, Value>,
): Difference<Value>[] {
  return [...new Set([...base.keys(), ...head.keys()])]
    .sort()
    .map((path) => ({ path, base: base.get(path) ?? null, head: head.get(path) ?? null }))
    .filter((each) => JSON.stringify(each.base) !== JSON.stringify(each.head))
}

function line<Value>(
  colours: Colours,
  { path, base, head }: Difference<Value>,
  textOf: (value: Value) => string,
): string {
  const name = printable(path)
  if (base === null && head !== null) return colours.green(`+ ${name}  ${textOf(head)}`)
  if (head === null && base !== null) return colours.red(`- ${name}  ${textOf(base)}`)
  const [before, after] = [base, head].map((side) => (side === null ? '' : textOf(side)))
  return colours.yellow(`~ ${name}  ${before} → ${after}`)
}

function fileText({ size: bytes, reference }: FileFacts): string {
  return bytes === null ? printable(reference ?? '') : size(bytes)
}
