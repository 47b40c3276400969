import { compareVersions, type Entry, getVersion, items, type Version } from '@greenroom/sdk'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { type Colours, printable, size } from '../output.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'

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
  const [base, head] = await Promise.all([find(session, baseRef), find(session, headRef)])
  const metadata = differences(leavesOf(base.metadata), leavesOf(head.metadata))
  const files = await fileDifferences(session, base, head)
  const same = base.digest === head.digest
  const { output } = session
  output.result({ base: base.ref, head: head.ref, sameContent: same, metadata, files }, () => {
    const { colours } = output
    const heading = `${printable(base.ref)} → ${printable(head.ref)}`
    const lines = [
      ...metadata.map((each) => line(colours, each, (value) => JSON.stringify(value))),
      ...files.map((each) => line(colours, each, fileText)),
    ]
    const none = same ? 'The files are the same.' : ''
    return [colours.bold(heading), ...lines, ...(files.length === 0 ? [none] : [])].join('\n')
  })
}

async function find({ client, parse }: Session, ref: string): Promise<Version> {
  const { collection, selector } = await parse(ref)
  return getVersion(client, collection, selector)
}

/** The registry compares the manifests: of equal files none is sent. */
async function fileDifferences(
  { client }: Session,
  { owner, collection: name, version }: Version,
  head: Version,
): Promise<Difference<FileFacts>[]> {
  const found: Difference<FileFacts>[] = []
  const pages = items((page) =>
    compareVersions(client, { owner, name }, { base: version, head: head.ref, ...page }),
  )
  for await (const { path, base, head } of pages)
    found.push({ path, base: base && factsOf(base), head: head && factsOf(head) })
  return found
}

function factsOf({ digest, size: bytes, reference }: Entry): FileFacts {
  return { digest, size: bytes, reference }
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
