import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { collectionPath, entriesOf, logVersion, restClient } from '../../../test/rest-client.ts'
import { testApp, USER_KEY } from '../../../test/test-app.ts'
import { digestOf } from '../../core/model/digest.ts'

const PATH = collectionPath('classifier')

test('bytes come whole, in ranges, as a head, and not again when they are known', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  await logVersion(app, call, PATH, { 'dir/my model.bin': '0123456789' })
  const file = `${PATH}/versions/latest/files/dir/my%20model.bin`
  const whole = await call('GET', file)
  const etag = `"${digestOf('0123456789').slice(7)}"`
  assert.deepEqual(
    [whole.status, whole.bytes.toString(), whole.headers.etag],
    [200, '0123456789', etag],
  )
  assert.equal(whole.headers['content-type'], 'application/octet-stream')
  assert.match(String(whole.headers['content-disposition']), /^attachment; filename="my model.bin"/)
  const slash = await call('GET', file.replace('dir/', 'dir%2F'))
  assert.equal(slash.bytes.toString(), '0123456789')
  for (const [range, status, text] of [
    ['bytes=2-4', 206, '234'],
    ['bytes=7-', 206, '789'],
    ['bytes=-2', 206, '89'],
    ['bytes=0-99', 206, '0123456789'],
    ['bytes=4-2', 200, '0123456789'],
    ['lines=1-2', 200, '0123456789'],
  ] as const) {
    const part = await call('GET', file, { headers: { range } })
    assert.deepEqual([part.status, part.bytes.toString()], [status, text], range)
  }
  const beyond = await call('GET', file, { headers: { range: 'bytes=10-' } })
  assert.deepEqual([beyond.status, beyond.json.code], [416, 'range_not_satisfiable'])
  assert.equal(beyond.headers['content-range'], 'bytes */10')
  const known = await call('GET', file, { headers: { 'if-none-match': etag } })
  assert.deepEqual([known.status, known.bytes.length], [304, 0])
  const head = await call('HEAD', file)
  assert.deepEqual([head.status, head.headers['content-length'], head.bytes.length], [200, '10', 0])
})

test('a reference has no bytes here, and says where they are', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  const reference = { path: 'big.bin', reference: 's3://bucket/key', size: 5, referenceDigest: 'e' }
  const logged = await logVersion(app, call, PATH, {}, { entries: [reference] })
  assert.deepEqual([logged.status, logged.json.size], [201, 5])
  const file = await call('GET', `${PATH}/versions/v0/files/big.bin`)
  assert.deepEqual([file.status, file.json.code], [404, 'not_found'])
  assert.deepEqual(file.json.details, { path: 'big.bin', reference: 's3://bucket/key' })
  const { json } = await call('GET', `${PATH}/versions/v0/files`)
  assert.deepEqual(json.items, [{ ...reference, digest: null }])
})

test('files are listed in pages of one and the same version', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  const names = ['Z', 'a b', 'a/b', 'a/c', 'ä', '🐤']
  await logVersion(app, call, PATH, Object.fromEntries(names.map((name) => [name, name])))
  const list = `${PATH}/versions/latest/files?limit=4`
  const first = await call('GET', list)
  assert.equal(first.json.version, 'v0')
  // The link is pinned: `latest` may be another version by then.
  const link = /^<(.+)>; rel="next"$/.exec(String(first.headers.link))?.[1] ?? ''
  const { pathname, search } = new URL(link)
  assert.match(pathname, /\/versions\/v0\/files$/)
  await logVersion(app, call, PATH, { other: 'x' })
  const rest = await call('GET', `${pathname.replace('/api/v1', '')}${search}`)
  const paths = [...first.json.items, ...rest.json.items].map(({ path }) => path)
  assert.deepEqual(paths, names)
  const mixed = await call('GET', `${list}&cursor=${first.json.next}`)
  assert.deepEqual([mixed.status, mixed.json.code], [422, 'cursor_invalid'])
})

test('hostile names reach nothing, and nothing is decoded twice', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  const name = '100%25 %2e%2e'
  const files = { '%2e%2e/%00': 'percent', 'a+b?c#d': 'marks' }
  await logVersion(app, call, collectionPath(name), files)
  const base = `${collectionPath(name)}/versions/v0/files`
  const get = (path: string) => call('GET', `${base}/${encodeURIComponent(path)}`)
  for (const [path, text] of Object.entries(files))
    assert.equal((await get(path)).bytes.toString(), text)
  for (const path of [
    '../%00',
    '..',
    '/etc/passwd',
    '%2e%2e/%2500',
    'a b?c#d',
    `${'x/'.repeat(500)}x`,
  ])
    assert.deepEqual([(await get(path)).status], [404], path)
  for (const url of [
    `${base}/a%00b`,
    `${base}/%C3`,
    `${base}/%zz`,
    `${base}/${'x'.repeat(2000)}`,
  ]) {
    const answer = await call('GET', url)
    assert.deepEqual([answer.status, answer.json.code], [400, 'request_invalid'], url)
  }
  for (const selector of ['%2e%2e', '../v0', 'v0/../v0', "v0' or 1=1", '\u202e0v']) {
    const answer = await call(
      'GET',
      `${collectionPath(name)}/versions/${encodeURIComponent(selector)}`,
    )
    assert.ok([404, 422].includes(answer.status), `${selector}: ${answer.status}`)
  }
  const refusedNames = ['a/b', 'a:b', '..', '.', 'a\nb', ' a', 'e\u0301', 'x'.repeat(257), '']
  for (const refused of refusedNames) {
    const body = { name: refused, type: 'model' }
    const answer = await call('POST', '/projects/ada/demo/collections', { body })
    assert.deepEqual([answer.status, answer.json.code], [422, 'name_invalid'], refused)
  }
  for (const refused of ['v3', 'latest', 'a/b', 'a:b', 'prod@{1}', 'x'.repeat(129)]) {
    const path = `${collectionPath(name)}/aliases/${encodeURIComponent(refused)}`
    const answer = await call('PUT', path, { body: { version: 'v0' } })
    assert.deepEqual([answer.status, answer.json.code], [422, 'name_invalid'], refused)
  }
  const look = await call('PUT', `${collectionPath(name)}/aliases/Production`, {
    body: { version: 'v0' },
  })
  assert.deepEqual([look.json.code, look.json.details.stage], ['alias_confusable', 'production'])
})

test('texts that one database would change are refused by both', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  await logVersion(app, call, PATH, { a: 'x' })
  for (const odd of ['a\u0000b', 'a\ud800b']) {
    for (const [method, path, body] of [
      ['PUT', '/aliases/production', { version: 'v0', reason: odd }],
      ['PATCH', '/versions/v0', { description: odd }],
      ['POST', '/versions', { type: 'model', entries: entriesOf({ b: 'y' }), description: odd }],
    ] as const) {
      const answer = await call(method, `${PATH}${path}`, { body })
      assert.deepEqual([answer.status, answer.json.code], [400, 'request_invalid'], path)
    }
    // In metadata JSON could escape them, but nobody could search for such a text.
    for (const metadata of [{ [odd]: 1 }, { a: [odd] }]) {
      const { json } = await call('PATCH', `${PATH}/versions/v0`, { body: { metadata } })
      assert.equal(json.code, 'request_invalid')
    }
  }
})

test('a link takes an upload in parts, and goes on where it stopped', async (t) => {
  const app = await testApp(t, { listen: true })
  const call = restClient(app, USER_KEY)
  const bytes = randomBytes(300_000)
  const digest = digestOf(bytes)
  const entries = [{ path: 'w', digest, size: bytes.length }]
  const begun = await call('POST', `${PATH}/versions`, { body: { type: 'model', entries } })
  const [{ url }] = begun.json.uploads
  assert.ok(url.startsWith(app.url))
  const put = (first: number, end: number) =>
    fetch(url, {
      method: 'PUT',
      body: bytes.subarray(first, end),
      headers: { 'content-range': `bytes ${first}-${end - 1}/${bytes.length}` },
    })
  assert.equal((await put(0, 100_000)).status, 202)
  const commit = `${PATH}/drafts/${begun.json.id}/commit`
  assert.equal((await call('POST', commit)).json.code, 'blob_missing')
  const resumed = await fetch(url, { method: 'HEAD' })
  assert.equal(resumed.headers.get('upload-offset'), '100000')
  // A fresh link of the same draft goes on as well.
  const fresh = await call('GET', `${PATH}/drafts/${begun.json.id}`)
  const again = await fetch(fresh.json.uploads[0].url, { method: 'HEAD' })
  assert.equal(again.headers.get('upload-offset'), '100000')
  assert.equal((await put(100_000, bytes.length)).status, 200)
  assert.equal((await call('POST', commit)).status, 201)
  const back = await call('GET', `${PATH}/versions/v0/files/w`)
  assert.ok(back.bytes.equals(bytes))
})

test('bytes that are not what the manifest says are refused', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  const body = { type: 'model', entries: entriesOf({ w: 'right' }) }
  const begun = await call('POST', `${PATH}/versions`, { body })
  const { pathname } = new URL(begun.json.uploads[0].url)
  for (const payload of ['wrong', 'righ', 'right!']) {
    const headers = { 'content-type': 'application/octet-stream' }
    const answer = await app.app.inject({ method: 'PUT', url: pathname, payload, headers })
    assert.ok([409, 413, 422].includes(answer.statusCode), `${payload}: ${answer.body}`)
  }
  const commit = await call('POST', `${PATH}/drafts/${begun.json.id}/commit`)
  assert.deepEqual([commit.status, commit.json.code], [422, 'blob_missing'])
  assert.deepEqual(commit.json.details.missing, [digestOf('right')])
})
