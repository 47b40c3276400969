import { MAX_ENTRIES_EXAMINED_PER_PAGE, MAX_ENTRIES_PER_COMPARED_PART } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import { fieldsOf, METADATA_PREFIX } from '../model/field.ts'
import { comparePaths, type ManifestEntry } from '../model/manifest.ts'
import { checkPageSize, type Page } from '../model/page.ts'
import type { Selector } from '../model/ref.ts'
import type { ReadTx, Registry } from '../registry.ts'
import { resolveIn } from './resolve.ts'
import { getCollectionOf } from './steps/collections.ts'
import { type Member, membersOf } from './steps/members.ts'

export interface VersionRef {
  readonly collection: CollectionRef
  readonly selector: Selector
}

/** A path that differs; null on the side that lacks it. */
export interface EntryDifference {
  readonly path: string
  readonly base: ManifestEntry | null
  readonly head: ManifestEntry | null
}

/** A metadata leaf that differs; null on the side that lacks it. */
export interface ValueDifference {
  /** Dotted, without the prefix `metadata.`. */
  readonly path: string
  readonly base: string | number | null
  readonly head: string | number | null
}

export interface Comparison {
  readonly base: Member
  readonly head: Member
  readonly metadata: readonly ValueDifference[]
  /**
   * In path order. A page reads a bounded part of both manifests: it may be short, even empty, and
   * still have a next one.
   */
  readonly files: Page<EntryDifference, string>
}

/** How two versions differ, in metadata and files. Throws what `resolve` throws. */
export async function compareVersions(
  registry: Registry,
  actor: Actor,
  input: {
    readonly base: VersionRef
    readonly head: VersionRef
    /** Paths above this one. */
    readonly after: string
    readonly limit: number
  },
): Promise<Comparison> {
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const base = await getMember(tx, actor, input.base)
    const head = await getMember(tx, actor, input.head)
    const same = base.version.digest === head.version.digest
    const files = same
      ? { items: [], next: null }
      : await compareEntries(tx, base.version.id, head.version.id, input.after, input.limit)
    return { base, head, metadata: compareMetadata(base, head), files }
  })
}

async function getMember(tx: ReadTx, actor: Actor, ref: VersionRef): Promise<Member> {
  const { owner, collection } = await getCollectionOf(tx, actor, ref.collection, 'read')
  const placed = await resolveIn(tx, owner, collection, { selector: ref.selector })
  const [member] = await membersOf(tx, owner, collection, [placed.membership])
  return member ?? { owner, ...placed, aliases: [] }
}

function compareMetadata(base: Member, head: Member): readonly ValueDifference[] {
  const before = leavesOf(base)
  const after = leavesOf(head)
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((path) => ({ path, base: before.get(path) ?? null, head: after.get(path) ?? null }))
    .filter((difference) => difference.base !== difference.head)
}

function leavesOf({ version }: Member): ReadonlyMap<string, string | number> {
  const leaves = fieldsOf(version, 0).filter(({ path }) => path.startsWith(METADATA_PREFIX))
  return new Map(
    leaves.map(({ path, kind, number, text }) => [
      path.slice(METADATA_PREFIX.length),
      kind === 0 ? number : text,
    ]),
  )
}

/** Merges both manifests in path order, a part at a time, until the page or its bound is full. */
async function compareEntries(
  tx: ReadTx,
  baseId: string,
  headId: string,
  start: string,
  limit: number,
): Promise<Page<EntryDifference, string>> {
  const items: EntryDifference[] = []
  let after = start
  for (let examined = 0; examined < MAX_ENTRIES_EXAMINED_PER_PAGE; ) {
    const page = { after, limit: MAX_ENTRIES_PER_COMPARED_PART }
    const base = await tx.manifests.list({ versionId: baseId, ...page })
    const head = await tx.manifests.list({ versionId: headId, ...page })
    examined += base.length + head.length
    const end = endOf(base, head)
    for (const difference of differences(base, head)) {
      // Beyond the end the other manifest has not been read yet.
      if (end !== null && comparePaths(difference.path, end) > 0) break
      if (items.length === limit) return { items, next: items.at(-1)?.path ?? start }
      items.push(difference)
    }
    if (end === null) return { items, next: null }
    after = end
  }
  return { items, next: after }
}

/** The last path up to which both parts are whole; null when both have ended. */
function endOf(base: readonly ManifestEntry[], head: readonly ManifestEntry[]): string | null {
  const ends = [base, head].flatMap((part) =>
    part.length < MAX_ENTRIES_PER_COMPARED_PART ? [] : [part.at(-1)?.path ?? ''],
  )
  return ends.sort(comparePaths)[0] ?? null
}

function* differences(
  base: readonly ManifestEntry[],
  head: readonly ManifestEntry[],
): Generator<EntryDifference> {
  let left = 0
  let right = 0
  while (left < base.length || right < head.length) {
    const before = base[left] ?? null
    const after = head[right] ?? null
    const order = before === null ? 1 : after === null ? -1 : comparePaths(before.path, after.path)
    if (order <= 0) left += 1
    if (order >= 0) right += 1
    if (order < 0 && before !== null) yield { path: before.path, base: before, head: null }
    else if (order > 0 && after !== null) yield { path: after.path, base: null, head: after }
    else if (before !== null && after !== null && !sameContent(before, after))
      yield { path: before.path, base: before, head: after }
  }
}

function sameContent(base: ManifestEntry, head: ManifestEntry): boolean {
  if (base.digest !== null) return base.digest === head.digest
  return base.reference === head.reference && base.clientDigest === head.clientDigest
}
