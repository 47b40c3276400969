import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { hashStreamEvent, STREAM_START } from '../../src/core/model/stream-event.ts'
import type { MetadataStore } from '../../src/core/registry.ts'

const PAGE = 1_000
const WAIT_MILLISECONDS = 60_000

/**
 * I10 after any history: the stream has every fact once, in one chain, and each collection's moves
 * in the order of its log, one for each entry. Gives how many events it has.
 */
export async function checkStream(metadata: MetadataStore): Promise<number> {
  const facts = await factsOf(metadata)
  await waitForPlaces(metadata, facts.size)
  const moves = new Map<string, number>()
  const collectionIds = new Set<string>()
  const committed = new Set<string>()
  let { revision, hash } = STREAM_START
  for (;;) {
    const after = revision
    const page = await metadata.read(({ events }) => events.page({ after, limit: PAGE }))
    for (const event of page) {
      revision += 1
      assert.equal(event.revision, revision)
      assert.equal(event.prevHash, hash, `the chain of the stream breaks at ${revision}`)
      hash = hashStreamEvent(event, revision, hash)
      assert.equal(event.hash, hash, `the hash of ${revision}`)
      assert.ok(facts.delete(event.id), `${revision} has a fact that has another place, or is none`)
      const { kind, collectionId, payload } = event
      if (kind === 'version.committed') committed.add(JSON.parse(payload).version)
      if (collectionId === null) continue
      collectionIds.add(collectionId)
      if (kind !== 'alias.moved') continue
      const seq = (moves.get(collectionId) ?? 0) + 1
      assert.equal(JSON.parse(payload).seq, seq, `the moves of collection ${collectionId}`)
      moves.set(collectionId, seq)
    }
    if (page.length < PAGE) break
  }
  assert.equal(facts.size, 0, 'facts without a place')
  for (const collectionId of collectionIds) {
    const seq = moves.get(collectionId) ?? 0
    const collection = await metadata.read((tx) => tx.collections.findById(collectionId))
    assert.equal(collection?.logSeq, seq, `the stream misses moves of collection ${collectionId}`)
  }
  await checkCommits(metadata, committed)
  return revision
}

async function checkCommits(
  metadata: MetadataStore,
  committed: ReadonlySet<string>,
): Promise<void> {
  for (let after = ''; ; ) {
    const from = after
    const page = await metadata.read(({ audit }) => audit.versions({ after: from, limit: PAGE }))
    for (const { id } of page) {
      assert.ok(committed.has(id), `the stream does not know of version ${id}`)
      after = id
    }
    if (page.length < PAGE) return
  }
}

async function factsOf(metadata: MetadataStore): Promise<Set<string>> {
  const ids = new Set<string>()
  for (let after = 0; ; ) {
    const from = after
    const page = await metadata.read(({ events }) => events.list({ after: from, limit: PAGE }))
    for (const { id, position } of page) {
      ids.add(id)
      after = position
    }
    if (page.length < PAGE) return ids
  }
}

/** On PostgreSQL they come milliseconds after the commit. */
async function waitForPlaces(metadata: MetadataStore, count: number): Promise<void> {
  const deadline = Date.now() + WAIT_MILLISECONDS
  for (;;) {
    const { revision } = await metadata.read(({ events }) => events.head())
    if (revision >= count) return
    assert.ok(Date.now() < deadline, `${revision} of ${count} facts have a place`)
    await sleep(10)
  }
}
