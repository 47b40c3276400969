import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Actor } from '../../src/core/model/actor.ts'
import { abandonDraft } from '../../src/core/operations/abandon-draft.ts'
import { collectGarbage } from '../../src/core/operations/collect-garbage.ts'
import { commitVersion } from '../../src/core/operations/commit-version.ts'
import { createDraft } from '../../src/core/operations/create-draft.ts'
import type { MetadataStore, Registry } from '../../src/core/registry.ts'
import { openMetadataStore } from '../../src/metadata/open.ts'
import { createTestDatabase, skipPostgres } from '../postgres.ts'
import { beginHistory } from './history.ts'
import { randomOf } from './random.ts'
import { memoryBlobs, registryOver } from './registry.ts'
import { orders, Turns, takingTurns } from './turns.ts'

// A draft is committed by one connection and given up by another, statement by statement: one of
// the two comes first, and what was committed keeps its entries.

describe('a commit against who gives its draft up', { skip: skipPostgres }, () => {
  const blobs = memoryBlobs()
  let metadata: MetadataStore
  before(async () => {
    metadata = await openMetadataStore({ url: await createTestDatabase() })
  })
  after(() => metadata.close())

  test('one of them is refused', async (t) => {
    let committed = 0
    for (let seed = 1; seed <= 25; seed += 1) {
      const registry = registryOver({ metadata, blobs }, seed)
      const { actor, source } = await beginHistory(registry, randomOf(seed))
      const created = await createDraft(registry, actor, {
        collection: source,
        artifactType: 'model',
        makeProject: true,
        entries: [
          {
            ...{ path: 'a', digest: null, size: 1, reference: `s3://bucket/${seed}` },
            ...{ clientDigest: null, extra: null },
          },
        ],
      })
      assert.ok(created.kind === 'draft')
      if (await race(registry, actor, created.draft.id, seed)) committed += 1
    }
    assert.ok(committed > 0 && committed < 25, `${committed} of 25 orders were one-sided`)
    t.diagnostic(`${committed} of 25 were committed`)
  })
})

async function race(
  registry: Registry,
  actor: Actor,
  draftId: string,
  seed: number,
): Promise<boolean> {
  const turns = new Turns()
  const side = (name: string) => takingTurns(registry, () => turns.turn(name), 'statement')
  const ends = await turns.run(
    {
      commit: () => commitVersion(side('commit'), actor, { draftId }),
      abandon: () => abandonDraft(side('abandon'), actor, { draftId }),
    },
    orders(randomOf(seed), ['commit', 'abandon']),
  )
  const isCommitted = ends.commit?.status === 'fulfilled'
  assert.notEqual(ends.abandon?.status, ends.commit?.status)
  await collectGarbage(registry, { graceSeconds: 0, searchStore: false, pause: async () => {} })
  const entries = await registry.metadata.read((tx) => tx.manifests.count(draftId))
  assert.equal(entries, isCommitted ? 1 : 0)
  return isCommitted
}
