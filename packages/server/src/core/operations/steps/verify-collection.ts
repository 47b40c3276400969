import { MAX_ENTRIES_PER_PAGE } from '../../limits.ts'
import type { Alias } from '../../model/alias.ts'
import type { Collection } from '../../model/collection.ts'
import { FIRST_PREV_HASH, hashPointerEvent, type PointerEvent } from '../../model/pointer-event.ts'
import type { Micros } from '../../model/time.ts'
import type { AliasMember, ReadTx } from '../../registry.ts'
import { sameSlots } from '../../rules/slots.ts'
import { type Finding, Findings } from './findings.ts'
import { AliasFold } from './fold-log.ts'

const LIMIT = MAX_ENTRIES_PER_PAGE

/**
 * Everything that must hold of one collection: its log against its own chain, its pointers and undo
 * stacks against the fold of the log, its numbers against the log and the counters, and that every
 * alias points to a live membership of a version that is not deleted.
 *
 * Reads pages; what it keeps in memory are numbers, a few for each version and entry.
 */
export async function verifyCollection(
  tx: ReadTx,
  collection: Collection & { readonly endedAt: Micros | null },
): Promise<readonly Finding[]> {
  const findings = new Findings(`collection ${collection.id} "${collection.name}"`)
  const folds = await verifyLog(tx, collection, findings)
  await verifyPointers(tx, collection, folds, findings)
  const mentioned = new Set<number>()
  for (const { ever } of folds.values()) for (const index of ever) mentioned.add(index)
  await verifyNumbers(tx, collection, mentioned, findings)
  return findings.found
}

async function verifyLog(
  tx: ReadTx,
  collection: Collection,
  findings: Findings,
): Promise<ReadonlyMap<string, AliasFold>> {
  const folds = new Map<string, AliasFold>()
  let last = { seq: 0, hash: FIRST_PREV_HASH, time: 0 }
  const list = (after: number) => tx.audit.log({ collectionId: collection.id, after, limit: LIMIT })
  for await (const event of pages(list, 0, ({ seq }) => seq)) {
    const wrong = brokenLink(last, event)
    if (wrong !== null) findings.add('log_broken', `entry ${event.seq}: ${wrong}`)
    last = event
    const fold = folds.get(event.alias) ?? new AliasFold()
    folds.set(event.alias, fold)
    const { order, stack } = fold.apply(event)
    const where = `entry ${event.seq} of "${event.alias}"`
    if (order !== null) findings.add('log_broken', `${where}: ${order}`)
    if (stack !== null) findings.add('stack_broken', `${where}: ${stack}`)
  }
  if (collection.logSeq !== last.seq || collection.logHash !== last.hash)
    findings.add(
      'log_broken',
      `it ends with entry ${last.seq} (${last.hash}), but the collection's row says ` +
        `${collection.logSeq} (${collection.logHash})`,
    )
  return folds
}

function brokenLink(
  last: { readonly seq: number; readonly hash: string; readonly time: Micros },
  event: PointerEvent,
): string | null {
  if (event.seq !== last.seq + 1) return `it follows ${last.seq}: entries are missing`
  if (event.prevHash !== last.hash) return 'it names another hash than that of the entry before'
  if (hashPointerEvent(event) !== event.hash) return 'its hash is not that of its content'
  return event.time > last.time ? null : 'its time is not after that of the entry before'
}

async function verifyPointers(
  tx: ReadTx,
  collection: Collection,
  folds: ReadonlyMap<string, AliasFold>,
  findings: Findings,
): Promise<void> {
  const aliases = await tx.aliases.list(collection.id)
  const rows = new Set(aliases.map(({ name }) => name))
  const reported = new Set<string>()
  for (const name of folds.keys()) {
    if (rows.has(name)) continue
    findings.add('pointer_differs', `"${name}" has a log, but no row`)
    reported.add(name)
  }
  for (const alias of aliases) {
    const wrong = differs(alias, folds.get(alias.name))
    if (wrong === null) continue
    findings.add('pointer_differs', `"${alias.name}" ${wrong}`)
    reported.add(alias.name)
  }
  await verifySlots(tx, collection, folds, reported, findings)
  await verifyBearers(tx, collection, folds, findings)
}

function differs(alias: Alias, fold: AliasFold | undefined): string | null {
  if (fold === undefined) return 'has a row, but no log'
  if (alias.generation !== fold.generation)
    return `is at generation ${alias.generation}; its log ends at ${fold.generation}`
  if (alias.topGeneration !== fold.top)
    return `has generation ${alias.topGeneration} on top of its stack; its log says ${fold.top}`
  if (alias.slotCount !== fold.slots.size)
    return `counts ${alias.slotCount} bearers; its log says ${fold.slots.size}`
  return null
}

/**
 * All stored slots against the logs; and each must be a live membership of a version that lives.
 */
async function verifySlots(
  tx: ReadTx,
  collection: Collection,
  folds: ReadonlyMap<string, AliasFold>,
  reported: ReadonlySet<string>,
  findings: Findings,
): Promise<void> {
  const right = new Map<string, number>()
  const wrong = new Set<string>()
  const list = (after: AliasMember) =>
    tx.audit.slots({ collectionId: collection.id, after, limit: LIMIT })
  for await (const page of wholePages(list, BEFORE_ALL, (slot) => slot)) {
    for (const { alias, ...slot } of page) {
      const folded = folds.get(alias)?.slots.get(slot.index)
      if (folded === undefined || !sameSlots([folded], [slot])) wrong.add(alias)
      else right.set(alias, (right.get(alias) ?? 0) + 1)
    }
    await verifyTargets(tx, collection, page, findings)
  }
  for (const [name, { slots }] of folds) if ((right.get(name) ?? 0) < slots.size) wrong.add(name)
  for (const name of wrong)
    if (!reported.has(name))
      findings.add('pointer_differs', `"${name}" points elsewhere than its log says`)
}

async function verifyTargets(
  tx: ReadTx,
  collection: Collection,
  slots: readonly AliasMember[],
  findings: Findings,
): Promise<void> {
  const indices = [...new Set(slots.map(({ index }) => index))]
  const members = await tx.memberships.findMany(collection.id, indices)
  const versions = await tx.versions.findMany(members.map(({ versionId }) => versionId))
  const deleted = new Set(versions.filter(({ state }) => state === 'deleted').map(({ id }) => id))
  const gone = new Set(
    members
      .filter(({ versionId, deletedAt }) => deletedAt !== null || deleted.has(versionId))
      .map(({ index }) => index),
  )
  for (const { alias, index } of slots)
    if (gone.has(index))
      findings.add('alias_dangling', `"${alias}" points to v${index}, which was deleted`)
}

/** What `requires` looks at: who ever bore which alias. */
async function verifyBearers(
  tx: ReadTx,
  collection: Collection,
  folds: ReadonlyMap<string, AliasFold>,
  findings: Findings,
): Promise<void> {
  const seen = new Map<string, number>()
  const list = (after: AliasMember) =>
    tx.audit.bearers({ collectionId: collection.id, after, limit: LIMIT })
  for await (const { alias, index } of pages(list, BEFORE_ALL, (bearer) => bearer))
    if (folds.get(alias)?.ever.has(index)) seen.set(alias, (seen.get(alias) ?? 0) + 1)
    else
      findings.add('bearer_differs', `v${index} is said to have borne "${alias}", unlike the log`)
  for (const [name, { ever }] of folds)
    if ((seen.get(name) ?? 0) < ever.size)
      findings.add('bearer_differs', `a version that bore "${name}" is not said to have`)
}

/**
 * Every number that was given bore `latest` at its birth, so that the log knows them all. What the
 * log does not know, a rename to a name that had counted further has skipped.
 */
async function verifyNumbers(
  tx: ReadTx,
  collection: Collection & { readonly endedAt: Micros | null },
  mentioned: Set<number>,
  findings: Findings,
): Promise<void> {
  let highest = -1
  for (const index of mentioned) highest = Math.max(highest, index)
  const list = (after: number) =>
    tx.audit.memberships({ collectionId: collection.id, after, limit: LIMIT })
  for await (const page of wholePages(list, -1, ({ index }) => index)) {
    const versions = await tx.versions.findMany(page.map(({ versionId }) => versionId))
    const byId = new Map(versions.map((version) => [version.id, version]))
    for (const { index, versionId, deletedAt } of page) {
      mentioned.delete(index)
      highest = Math.max(highest, index)
      const version = byId.get(versionId)
      if (version === undefined)
        findings.add('membership_broken', `v${index} names the version ${versionId}, not here`)
      else if (deletedAt === null && version.state === 'deleted')
        findings.add('membership_broken', `v${index} is live, but its version was deleted`)
    }
  }
  for (const index of mentioned)
    findings.add('number_missing', `v${index} was given, but has no membership`)
  if (collection.nextIndex <= highest)
    findings.add('counter_too_low', `v${highest} was given; the next would be it again`)
  const counter = await tx.audit.counter(collection.ownerId, collection.name)
  const ended = collection.endedAt !== null
  if (ended ? counter < collection.nextIndex : collection.nextIndex < counter)
    findings.add(
      'counter_too_low',
      `under its name ${Math.max(counter, collection.nextIndex)} numbers were given; the next ` +
        `would be v${Math.min(counter, collection.nextIndex)}`,
    )
}

const BEFORE_ALL: AliasMember = { alias: '', index: -1 }

async function* wholePages<Item, Key>(
  list: (after: Key) => Promise<readonly Item[]>,
  first: Key,
  keyOf: (item: Item) => Key,
): AsyncGenerator<readonly Item[]> {
  let after = first
  for (;;) {
    const page = await list(after)
    yield page
    const last = page.at(-1)
    if (last === undefined || page.length < LIMIT) return
    after = keyOf(last)
  }
}

async function* pages<Item, Key>(
  list: (after: Key) => Promise<readonly Item[]>,
  first: Key,
  keyOf: (item: Item) => Key,
): AsyncGenerator<Item> {
  for await (const page of wholePages(list, first, keyOf)) yield* page
}
