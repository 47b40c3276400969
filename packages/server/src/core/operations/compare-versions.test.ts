import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { testApp } from '../../../test/test-app.ts'
import { comparePaths } from '../model/manifest.ts'
import { commitVersion } from './commit-version.ts'
import { type Comparison, compareVersions } from './compare-versions.ts'
import { createDraft } from './create-draft.ts'

test('names every path and metadata leaf that differs, through pages of any size', async (t) => {
  const { registry, user } = await testApp(t)
  let count = 0
  const files = fc.dictionary(fc.stringMatching(/^[a-c]{1,3}$/), fc.constantFrom('x', 'y', 'z'), {
    maxKeys: 12,
    noNullPrototype: true,
  })
  const check = async (before: Record<string, string>, after: Record<string, string>) => {
    count += 1
    const collection = collectionOf(user, `c${count}`)
    const old = await addVersion(registry, user, { files: before, collection })
    const next = await addVersion(registry, user, { files: after, collection })
    const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    const expected = paths.filter((path) => before[path] !== after[path]).sort(comparePaths)
    for (const limit of [1, 3, 100]) {
      const found: string[] = []
      let from: string | null = ''
      while (from !== null) {
        const comparison: Comparison = await compareVersions(registry, user, {
          base: refOf(collection, old.membership.index),
          head: refOf(collection, next.membership.index),
          after: from,
          limit,
        })
        for (const { path, base, head } of comparison.files.items) {
          assert.equal(base === null, before[path] === undefined)
          assert.equal(head === null, after[path] === undefined)
          found.push(path)
        }
        from = comparison.files.next
      }
      assert.deepEqual(found, expected)
    }
  }
  await fc.assert(fc.asyncProperty(files, files, check), { numRuns: 40 })
})

test('metadata is compared leaf by leaf', async (t) => {
  const { registry, user } = await testApp(t)
  const collection = collectionOf(user)
  const add = (text: string, metadata: object) =>
    addVersion(registry, user, {
      files: { a: text },
      collection,
      metadata: JSON.stringify(metadata),
    })
  await add('1', { accuracy: 0.9, framework: 'torch', data: { rows: 10, name: 'a' } })
  await add('2', { accuracy: 0.95, framework: 'torch', data: { rows: 10 }, quantized: true })
  const { metadata } = await compareVersions(registry, user, {
    base: refOf(collection, 0),
    head: refOf(collection, 1),
    after: '',
    limit: 10,
  })
  assert.deepEqual(metadata, [
    { path: 'accuracy', base: 0.9, head: 0.95 },
    { path: 'data.name', base: 'a', head: null },
    { path: 'quantized', base: null, head: 'true' },
  ])
})

function refOf(collection: ReturnType<typeof collectionOf>, index: number) {
  return { collection, selector: { kind: 'index' as const, index } }
}

test('a page reads a bounded part of big manifests and says where it goes on', async (t) => {
  const { registry, user } = await testApp(t)
  const collection = collectionOf(user)
  const commit = async (names: readonly string[], etag: (name: string) => string) => {
    const rest = { digest: null, size: 1, extra: null }
    const entries = names.map((path) => {
      return { path, reference: `s3://bucket/${path}`, clientDigest: etag(path), ...rest }
    })
    const wanted = { collection, artifactType: 'dataset', makeProject: true, entries }
    const created = await createDraft(registry, user, wanted)
    assert.equal(created.kind, 'draft')
    const draftId = created.kind === 'draft' ? created.draft.id : ''
    await commitVersion(registry, user, { draftId })
  }
  const names = Array.from({ length: 12_000 }, (_, at) => `part-${String(at).padStart(6, '0')}`)
  await commit(names, () => 'one')
  await commit(names.slice(0, -1), (name) => (name === 'part-011000' ? 'two' : 'one'))
  const pages: string[][] = []
  let after: string | null = ''
  while (after !== null) {
    const { files }: Comparison = await compareVersions(registry, user, {
      base: refOf(collection, 0),
      head: refOf(collection, 1),
      after,
      limit: 50,
    })
    pages.push(files.items.map(({ path }) => path))
    after = files.next
  }
  assert.deepEqual(pages, [[], [], ['part-011000', 'part-011999']])
})
