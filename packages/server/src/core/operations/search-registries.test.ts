import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import { testApp } from '../../../test/test-app.ts'
import { openMetadataStore } from '../../metadata/open.ts'
import { EVERYTHING, type Filter, type FilterValue } from '../model/filter.ts'
import type { Page } from '../model/page.ts'
import { changeCollection } from './change-collection.ts'
import { changeOwner } from './change-owner.ts'
import { changeVersion } from './change-version.ts'
import { createRegistry } from './create-registry.ts'
import { linkVersion } from './link-version.ts'
import { searchCollections } from './search-collections.ts'
import { searchLinkedVersions } from './search-linked-versions.ts'
import { type Order, searchRegistries } from './search-registries.ts'
import { searchVersions } from './search-versions.ts'
import type { SearchPlace } from './steps/searched.ts'

const ORGANIZATION = 'greenroom-org'
const SIZES = [1, 2, 3, 100]

for (const { name, url, skip } of [
  { name: 'SQLite', url: async () => 'sqlite::memory:', skip: false },
  { name: 'PostgreSQL', url: createTestDatabase, skip: skipPostgres },
])
  describe(`searching registries on ${name}`, { skip }, () => {
    test('registries, by their fields and in any order', async (t) => {
      const { registry, admin, user } = await setUp(t, await url())
      const find = (filter: Filter, order: Order | null = null) =>
        everyPage(
          (after, limit) =>
            searchRegistries(registry, admin, {
              ...{ entityName: ORGANIZATION, filter, order, after, limit },
            }),
          (owner) => owner.name,
        )
      assert.deepEqual(await find(EVERYTHING), ['model', 'dataset', 'vision', 'audio'])
      assert.deepEqual(await find(EVERYTHING, { field: 'name', direction: 'desc' }), [
        ...['vision', 'model', 'dataset', 'audio'],
      ])
      await changeOwner(registry, admin, {
        owner: { kind: 'registry', entityName: ORGANIZATION, name: 'dataset' },
        description: 'All that we train on',
      })
      const changed = await find(EVERYTHING, { field: 'updatedAt', direction: 'desc' })
      assert.equal(changed[0], 'dataset')
      assert.deepEqual(await find(contains('description', 'train')), ['dataset'])
      assert.deepEqual(await find(not(oneOf('name', 'model', 'vision'))), ['dataset', 'audio'])
      await assert.rejects(() => find(oneOf('colour', 'red')), { code: 'request_invalid' })
      const seen = await searchRegistries(registry, user, {
        ...{ entityName: 'nobody', filter: EVERYTHING, order: null, after: null, limit: 10 },
      })
      assert.deepEqual(seen, { items: [], next: null })
    })

    test('collections of several registries, by their fields and in any order', async (t) => {
      const { registry, admin } = await setUp(t, await url())
      const find = (registries: Filter, filter: Filter, order: Order | null = null) =>
        everyPage(
          (after, limit) =>
            searchCollections(registry, admin, {
              within: { registriesOf: ORGANIZATION, filter: registries },
              ...{ filter, order, after, limit },
            }),
          ({ owner, collection }) => `${owner.name}/${collection.name}`,
        )
      assert.deepEqual(await find(EVERYTHING, EVERYTHING), [
        ...['model/detector', 'model/resnet', 'vision/resnet', 'vision/segmenter'],
      ])
      assert.deepEqual(await find(EVERYTHING, EVERYTHING, { field: 'name', direction: 'desc' }), [
        ...['vision/segmenter', 'vision/resnet', 'model/resnet', 'model/detector'],
      ])
      const vision = oneOf('name', 'vision')
      assert.deepEqual(await find(vision, EVERYTHING), ['vision/resnet', 'vision/segmenter'])
      assert.deepEqual(await find(EVERYTHING, oneOf('tag', 'good')), ['vision/resnet'])
      assert.deepEqual(await find(vision, not(oneOf('tag', 'good'))), ['vision/segmenter'])
      assert.deepEqual(await find(oneOf('name', 'none'), EVERYTHING), [])
    })

    test('linked versions, by theirs', async (t) => {
      const { registry, admin } = await setUp(t, await url())
      const find = (filter: Filter, collections = EVERYTHING, registries = EVERYTHING) =>
        everyPage(
          (after, limit) =>
            searchLinkedVersions(registry, admin, {
              ...{ entityName: ORGANIZATION, registries, collections, filter, after, limit },
            }),
          ({ owner, collection, membership }) =>
            `${owner.name}/${collection.name}:v${membership.index}`,
        )
      assert.deepEqual(await find(EVERYTHING), [
        ...['model/detector:v0', 'model/resnet:v1', 'model/resnet:v0'],
        ...['vision/resnet:v1', 'vision/resnet:v0', 'vision/segmenter:v1', 'vision/segmenter:v0'],
      ])
      assert.deepEqual(await find(EVERYTHING, EVERYTHING, oneOf('name', 'vision')), [
        ...['vision/resnet:v1', 'vision/resnet:v0', 'vision/segmenter:v1', 'vision/segmenter:v0'],
      ])
      assert.deepEqual(await find(oneOf('alias', 'production')), ['vision/resnet:v0'])
      assert.deepEqual(await find(oneOf('tag', 'slow')), ['model/resnet:v1', 'vision/resnet:v0'])
      assert.deepEqual(await find(oneOf('metadata.acc', 0.9)), [
        ...['model/resnet:v1', 'vision/resnet:v0'],
      ])
      assert.deepEqual(
        await find({ kind: 'all', of: [oneOf('tag', 'slow'), oneOf('version', 'v0')] }),
        ['vision/resnet:v0'],
      )
      assert.deepEqual(
        await find({ kind: 'any', of: [oneOf('alias', 'production'), oneOf('metadata.acc', 0.5)] }),
        [
          ...['model/detector:v0', 'model/resnet:v0', 'vision/resnet:v1', 'vision/resnet:v0'],
          'vision/segmenter:v1',
        ],
      )
      assert.deepEqual(await find(oneOf('version', 1), oneOf('name', 'resnet')), [
        ...['model/resnet:v1', 'vision/resnet:v1'],
      ])
      assert.deepEqual(await find(EVERYTHING, EVERYTHING, contains('name', 'audio')), [])
    })

    test('versions of one collection, in order of their last change', async (t) => {
      const { registry, user, ids } = await setUp(t, await url())
      await changeVersion(registry, user, { versionId: ids[0] ?? '', description: 'changed' })
      const find = async (filter: Filter) => {
        const { page } = await searchVersions(registry, user, {
          collection: collectionOf(user),
          conditions: [],
          ...{ filter, sort: { path: 'updatedAt', direction: 'desc' }, after: null, limit: 10 },
        })
        return page.items.map(({ membership }) => membership.index)
      }
      assert.deepEqual(await find(EVERYTHING), [0, 1, 2])
      assert.deepEqual(await find(not(oneOf('metadata.acc', 0.9))), [0, 2])
    })
  })

async function setUp(t: TestContext, url: string) {
  const metadata = await openMetadataStore({ url })
  t.after(() => metadata.close())
  const { registry, admin, user } = await testApp(t, { metadata, deterministic: true })
  for (const name of ['vision', 'audio'])
    await createRegistry(registry, admin, { entityName: ORGANIZATION, name })
  const ids: string[] = []
  for (const acc of [0.5, 0.9, 0.7]) {
    const { version } = await addVersion(registry, user, {
      files: { 'weights.bin': `${acc}` },
      metadata: JSON.stringify({ acc }),
    })
    ids.push(version.id)
  }
  await changeVersion(registry, user, { versionId: ids[1] ?? '', tags: ['slow'] })
  const links = [
    ['vision', 'resnet', 1],
    ['vision', 'resnet', 0],
    ['vision', 'segmenter', 2],
    ['vision', 'segmenter', 0],
    ['model', 'resnet', 0],
    ['model', 'resnet', 1],
    ['model', 'detector', 0],
  ] as const
  for (const [to, name, at] of links)
    await linkVersion(registry, admin, {
      versionId: ids[at] ?? '',
      target: { owner: { kind: 'registry', entityName: ORGANIZATION, name: to }, name },
      aliases: to === 'vision' && at === 1 ? ['production'] : [],
    })
  await changeCollection(registry, admin, {
    collection: {
      owner: { kind: 'registry', entityName: ORGANIZATION, name: 'vision' },
      name: 'resnet',
    },
    tagsToAdd: ['good', 'old'],
    tagsToDelete: ['old'],
  })
  return { registry, admin, user, ids }
}

/** What every page size gives when one follows the cursors: each time the same. */
async function everyPage<Item>(
  page: (after: SearchPlace | null, limit: number) => Promise<Page<Item, SearchPlace>>,
  nameOf: (item: Item) => string,
): Promise<readonly string[]> {
  const answers: string[][] = []
  for (const limit of SIZES) {
    const names: string[] = []
    for (let after: SearchPlace | null = null; ; ) {
      const { items, next }: Page<Item, SearchPlace> = await page(after, limit)
      assert(items.length <= limit)
      names.push(...items.map(nameOf))
      if (next === null) break
      after = next
    }
    answers.push(names)
  }
  for (const names of answers) assert.deepEqual(names, answers[0])
  return answers[0] ?? []
}

function oneOf(field: string, ...values: readonly FilterValue[]): Filter {
  return { kind: 'field', field, test: 'in', values }
}

function contains(field: string, text: string): Filter {
  return { kind: 'field', field, test: 'contains', text }
}

function not(filter: Filter): Filter {
  return { kind: 'none', of: [filter] }
}
