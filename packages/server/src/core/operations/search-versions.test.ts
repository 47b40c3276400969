import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import { testApp } from '../../../test/test-app.ts'
import { openMetadataStore } from '../../metadata/open.ts'
import type { Condition } from '../model/field.ts'
import { changeVersion } from './change-version.ts'
import { deleteVersion } from './delete-version.ts'
import { promote } from './promote.ts'
import { type SearchKey, type SearchVersionsInput, searchVersions } from './search-versions.ts'

const VERSIONS = [
  { accuracy: 0.5, framework: 'torch', nested: { loss: 1 } },
  { accuracy: 0.9, framework: 'jax', quantized: true },
  { accuracy: 0.7, framework: 'torch', nested: { loss: 0.25 } },
  { framework: 'torch' },
  { accuracy: '0.8 (guess)', framework: 'jax', nested: { loss: null } },
]

for (const { name, url, skip } of [
  { name: 'SQLite', url: async () => 'sqlite::memory:', skip: false },
  { name: 'PostgreSQL', url: createTestDatabase, skip: skipPostgres },
])
  describe(`searching versions on ${name}`, { skip }, () => {
    test('filters and sorts by any field, in pages of every size', async (t) => {
      const { find } = await setUp(t, await url())
      const accuracy = 'metadata.accuracy'
      assert.deepEqual(await find({}), [4, 3, 2, 1, 0])
      assert.deepEqual(await find({ sort: { path: accuracy, direction: 'asc' } }), [0, 2, 1, 4, 3])
      assert.deepEqual(await find({ sort: { path: accuracy, direction: 'desc' } }), [4, 1, 2, 0, 3])
      const where = (...conditions: Condition[]) => find({ conditions })
      const framework = 'metadata.framework'
      assert.deepEqual(await where(is(framework, 'eq', 'torch')), [3, 2, 0])
      assert.deepEqual(await where(is(framework, 'ne', 'torch')), [4, 1])
      assert.deepEqual(await where(is(accuracy, 'gte', 0.7)), [2, 1])
      assert.deepEqual(await where(is(accuracy, 'lt', 0.7)), [0])
      assert.deepEqual(await where(is(accuracy, 'lte', 0.7), is(accuracy, 'gt', 0.5)), [2])
      assert.deepEqual(await where(is('metadata.nested.loss', 'exists', null)), [2, 0])
      assert.deepEqual(await where(is('metadata.nested.loss', 'missing', null)), [4, 3, 1])
      assert.deepEqual(await where(is('metadata.quantized', 'eq', true)), [1])
      assert.deepEqual(await where(is('tag', 'eq', 'good'), is(framework, 'eq', 'jax')), [1])
      assert.deepEqual(await where(is('alias', 'eq', 'production')), [2])
      assert.deepEqual(await where(is('alias', 'ne', 'production'), is('tag', 'eq', 'good')), [1])
    })

    test('follows changes and deletes', async (t) => {
      const { registry, user, ids, find } = await setUp(t, await url())
      const sort = { path: 'metadata.accuracy', direction: 'asc' } as const
      await changeVersion(registry, user, {
        versionId: ids[0] ?? '',
        metadata: '{"accuracy":0.95}',
      })
      assert.deepEqual(await find({ sort }), [2, 1, 0, 4, 3])
      await changeVersion(registry, user, { versionId: ids[1] ?? '', tags: [] })
      assert.deepEqual(await find({ conditions: [is('tag', 'eq', 'good')] }), [2])
      await deleteVersion(registry, user, { versionId: ids[1] ?? '', dropAliases: true })
      assert.deepEqual(await find({ sort }), [2, 0, 4, 3])
    })

    test('refuses too many conditions and a foreign cursor', async (t) => {
      const { registry, user } = await setUp(t, await url())
      const call = { collection: collectionOf(user), conditions: [], sort: null, limit: 10 }
      const many = Array.from({ length: 33 }, () => is('tag', 'eq', 'good'))
      const refused = searchVersions(registry, user, { ...call, conditions: many, after: null })
      await assert.rejects(refused, { code: 'request_invalid' })
      const key = { kind: 0, number: 0, text: '', index: 3 } as const
      const after = { walk: 'sorted', key } as const
      await assert.rejects(searchVersions(registry, user, { ...call, after }), {
        code: 'cursor_invalid',
      })
    })
  })

function is(path: string, comparison: Condition['comparison'], value: Condition['value']) {
  return { path, comparison, value }
}

async function setUp(t: TestContext, url: string) {
  const metadata = await openMetadataStore({ url })
  t.after(() => metadata.close())
  const { registry, user } = await testApp(t, { metadata })
  const collection = collectionOf(user)
  const ids: string[] = []
  for (const [at, fields] of VERSIONS.entries()) {
    const files = { 'a.bin': `content ${at}` }
    const added = { files, collection, metadata: JSON.stringify(fields) }
    ids.push((await addVersion(registry, user, added)).version.id)
  }
  for (const at of [1, 2])
    await changeVersion(registry, user, { versionId: ids[at] ?? '', tags: ['good', 'small'] })
  const selector = { kind: 'index' as const, index: 2 }
  await promote(registry, user, { collection, alias: 'production', selector })
  /** Indices found, the same through pages of one, two and all. */
  const find = async (search: Partial<SearchVersionsInput>): Promise<readonly number[]> => {
    const results: number[][] = []
    for (const limit of [1, 2, 100]) {
      const found: number[] = []
      let after: SearchKey | null = null
      do {
        const call: SearchVersionsInput = {
          collection,
          conditions: [],
          sort: null,
          ...search,
          after,
          limit,
        }
        const { page }: Awaited<ReturnType<typeof searchVersions>> = await searchVersions(
          registry,
          user,
          call,
        )
        found.push(...page.items.map((member) => member.membership.index))
        after = page.next
      } while (after !== null)
      results.push(found)
    }
    assert.deepEqual(results[0], results[2])
    assert.deepEqual(results[1], results[2])
    return results[2] ?? []
  }
  return { registry, user, ids, find }
}
