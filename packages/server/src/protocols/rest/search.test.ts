import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  collectionPath,
  logVersion,
  type RestClient,
  restClient,
} from '../../../test/rest-client.ts'
import { type TestApp, testApp, USER_KEY } from '../../../test/test-app.ts'

const PATH = collectionPath('classifier')
const METADATA = [
  { accuracy: 0.5, framework: 'torch', 'a b': { c: 1 } },
  { accuracy: 0.9, framework: 'jax', quantized: true },
  { accuracy: 0.7, framework: 'torch', build: '12' },
  { framework: 'torch', note: 'a:b' },
]

async function started(t: TestContext): Promise<{ app: TestApp; call: RestClient }> {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  for (const [at, metadata] of METADATA.entries())
    await logVersion(app, call, PATH, { w: `weights ${at}` }, { metadata, tags: [`t${at % 2}`] })
  await call('PUT', `${PATH}/aliases/production`, { body: { version: 'v2' } })
  return { app, call }
}

function queryOf(filters: readonly string[], sort?: string): string {
  const parts = filters.map((filter) => `filter=${encodeURIComponent(filter)}`)
  return [...parts, ...(sort === undefined ? [] : [`sort=${sort}`])].join('&')
}

async function find(call: RestClient, query: string, limit = 1): Promise<string> {
  const found: string[] = []
  let next = ''
  do {
    const page = await call('GET', `${PATH}/versions?${query}&limit=${limit}${next}`)
    assert.equal(page.status, 200, JSON.stringify(page.json))
    found.push(...page.json.items.map(({ version }: { version: string }) => version))
    next = page.json.next === null ? '' : `&cursor=${page.json.next}`
  } while (next !== '')
  return found.join(' ')
}

test('versions are filtered and sorted by what they are', async (t) => {
  const { call } = await started(t)
  for (const [expected, filters, sort] of [
    ['v1 v2', ['metadata.accuracy:gte:0.7'], '-metadata.accuracy'],
    ['v2 v1', ['metadata.accuracy:gte:0.7'], 'metadata.accuracy'],
    ['v0 v2 v1 v3', [], 'metadata.accuracy'],
    ['v3 v2 v1 v0', [], '-index'],
    ['v3 v2 v0', ['metadata.framework:eq:torch']],
    ['v2 v0', ['metadata.framework:eq:torch', 'metadata.accuracy:exists']],
    ['v3', ['metadata.accuracy:missing']],
    ['v1', ['metadata.quantized:eq:true']],
    ['', ['metadata.quantized:eq:"true "']],
    ['v0', ['metadata.a b.c:eq:1']],
    // In quotes it is a text, without them a number.
    ['v2', ['metadata.build:eq:"12"']],
    ['', ['metadata.build:eq:12']],
    ['v3', ['metadata.note:eq:a:b']],
    ['v2', ['alias:eq:production']],
    ['v3 v1 v0', ['alias:ne:production']],
    ['v2', ['alias:eq:production', 'tag:eq:t0']],
    ['', ['alias:eq:production', 'tag:eq:t1']],
    ['v3 v1', ['tag:eq:t1']],
    ['v2 v0', ['tag:ne:t1']],
    ['v3 v2 v1 v0', ['createdBy:eq:ada']],
    ['', ['createdBy:eq:nobody']],
    ['v3 v2 v1 v0', ['createdAt:gt:2020-01-01T00:00:00Z']],
    ['', ['createdAt:lt:2020-01-01T00:00:00Z']],
    ['v3 v2 v1 v0', ['fileCount:eq:1', 'size:gte:9']],
    ['v0 v1 v2 v3', [], 'createdAt'],
  ] as const) {
    const query = queryOf(filters, sort)
    for (const limit of [1, 3, 1000]) assert.equal(await find(call, query, limit), expected, query)
  }
})

test('a search that means nothing is refused with a sentence', async (t) => {
  const { call } = await started(t)
  for (const filter of [
    '',
    'metadata.accuracy',
    'metadata.accuracy:above:1',
    'metadata.accuracy:gte',
    'metadata.accuracy:exists:1',
    'metadata.accuracy:eq:null',
    'metadata.:eq:1',
    'metadata:eq:1',
    'accuracy:gte:0.9',
    'index:eq:1',
    'alias:gt:production',
    'alias:exists',
    'createdBy:lt:ada',
    'createdAt:gt:yesterday',
    'size:gt:big',
    'tag:eq:\u0000',
  ]) {
    const answer = await call('GET', `${PATH}/versions?${queryOf([filter])}`)
    assert.deepEqual([answer.status, answer.json.code], [400, 'request_invalid'], filter)
    assert.match(answer.json.detail, /is refused: ./)
  }
  for (const sort of ['index', 'tag', 'alias', 'accuracy', '--size', 'createdBy', '']) {
    const answer = await call('GET', `${PATH}/versions?sort=${sort}`)
    assert.deepEqual([answer.status, answer.json.code], [400, 'request_invalid'], sort)
  }
  const many = queryOf(Array.from({ length: 33 }, () => 'tag:eq:t1'))
  assert.equal((await call('GET', `${PATH}/versions?${many}`)).status, 400)
})

test('a cursor belongs to its search', async (t) => {
  const { call } = await started(t)
  const sorted = await call('GET', `${PATH}/versions?sort=metadata.accuracy&limit=1`)
  const plain = await call('GET', `${PATH}/versions?limit=1`)
  for (const query of [
    `sort=-metadata.accuracy&cursor=${sorted.json.next}`,
    `sort=metadata.accuracy&filter=tag:eq:t1&cursor=${sorted.json.next}`,
    `sort=metadata.accuracy&cursor=${plain.json.next}`,
    `cursor=${sorted.json.next}`,
    'sort=metadata.accuracy&cursor=WyJzZWFyY2giLCJbXSJd',
  ]) {
    const answer = await call('GET', `${PATH}/versions?${query}`)
    assert.deepEqual([answer.status, answer.json.code], [422, 'cursor_invalid'], query)
  }
})

test('pages stay right while rows arrive', async (t) => {
  const { app, call } = await started(t)
  const versions = (query: string) => async (cursor: string) => {
    const page = await call('GET', `${PATH}/versions?limit=1${query}${cursor}`)
    return [page.json.next, page.json.items.map(({ version }: { version: string }) => version)]
  }
  const collections = async (cursor: string) => {
    const page = await call('GET', `/projects/ada/demo/collections?contains=c&limit=1${cursor}`)
    return [page.json.next, page.json.items.map(({ name }: { name: string }) => name)]
  }
  let made = 0
  const arrive = async () => {
    made += 1
    const metadata = { accuracy: made / 10 }
    await logVersion(app, call, PATH, { w: `later ${made}` }, { metadata })
    const body = { name: `c-${String(50 - made).padStart(3, '0')}`, type: 'model' }
    await call('POST', '/projects/ada/demo/collections', { body })
  }
  for (const read of [
    versions(''),
    versions('&filter=metadata.framework:eq:torch'),
    versions('&sort=-metadata.accuracy'),
    versions('&sort=metadata.accuracy&filter=metadata.framework:exists'),
    collections,
  ]) {
    const before = new Set<string>()
    for (let next = '', more = true; more; ) {
      const [cursor, items] = (await read(next)) as [string | null, string[]]
      for (const item of items) before.add(item)
      next = `&cursor=${cursor}`
      more = cursor !== null
    }
    const seen: string[] = []
    for (let next = '', more = true; more; ) {
      const [cursor, items] = (await read(next)) as [string | null, string[]]
      seen.push(...items)
      next = `&cursor=${cursor}`
      more = cursor !== null
      if (made < 40) await arrive()
    }
    assert.equal(new Set(seen).size, seen.length, 'nothing comes twice')
    for (const item of before) assert.ok(seen.includes(item), `${item} was hidden`)
  }
})

test('collections are found by type, name, stage, maker and time', async (t) => {
  const { call } = await started(t)
  for (const [name, type] of [
    ['Image sorter', 'model'],
    ['images', 'dataset'],
  ])
    await call('POST', '/projects/ada/demo/collections', { body: { name, type } })
  const names = async (query: string) => {
    const answer = await call('GET', `/projects/ada/demo/collections?${query}`)
    assert.equal(answer.status, 200, JSON.stringify(answer.json))
    return answer.json.items.map(({ name }: { name: string }) => name)
  }
  assert.deepEqual(await names(''), ['Image sorter', 'classifier', 'images'])
  assert.deepEqual(await names('contains=IMAGE'), ['Image sorter', 'images'])
  assert.deepEqual(await names('contains=image&type=dataset'), ['images'])
  assert.deepEqual(await names('stage=production'), ['classifier'])
  assert.deepEqual(await names('stage=staging'), [])
  const withS = ['Image sorter', 'classifier', 'images']
  assert.deepEqual(await names('createdBy=ada&contains=s'), withS)
  assert.deepEqual(await names('createdBy=nobody'), [])
  assert.deepEqual(await names('until=2020-01-01T00:00:00Z'), [])
  assert.deepEqual(await names('since=2020-01-01T00:00:00Z&type=dataset'), ['images'])
  const odd = await call('GET', '/projects/ada/demo/collections?since=now')
  assert.deepEqual([odd.status, odd.json.code], [400, 'request_invalid'])
})
