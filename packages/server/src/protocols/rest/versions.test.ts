import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  collectionPath,
  entriesOf,
  logVersion,
  restClient,
  sendUploads,
} from '../../../test/rest-client.ts'
import { ADMIN_KEY, testApp, USER_KEY } from '../../../test/test-app.ts'
import { digestOf } from '../../core/model/digest.ts'

const PATH = collectionPath('classifier')

test('equal content gives the version that is there, and applies the wishes to it', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  const first = await logVersion(app, call, PATH, { a: 'one', b: 'two' }, { tags: ['old'] })
  await logVersion(app, call, PATH, { a: 'other' })
  const again = await logVersion(
    app,
    call,
    PATH,
    { b: 'two', a: 'one' },
    { tags: ['new'], aliases: ['staging'], metadata: { ignored: true } },
  )
  assert.equal(again.status, 200)
  assert.deepEqual(
    [again.json.version, again.json.created, again.json.digest],
    ['v0', false, first.json.digest],
  )
  assert.deepEqual(again.json.aliases, ['latest', 'staging'])
  assert.deepEqual([again.json.tags, again.json.metadata], [['new', 'old'], {}])
})

test('only what is missing is asked for, and a foreign blob is asked for again', async (t) => {
  const app = await testApp(t)
  const ada = restClient(app, USER_KEY)
  await logVersion(app, ada, PATH, { a: 'shared', b: 'own' })
  const body = { type: 'model', entries: entriesOf({ x: 'shared', y: 'fresh', z: 'fresh' }) }
  const own = await ada('POST', `${PATH}/versions`, { body })
  assert.deepEqual(digestsOf(own.json), [digestOf('fresh')])
  // An administrator may read ada's blobs; somebody else has to prove that they have the bytes.
  const admin = restClient(app, ADMIN_KEY)
  await admin('POST', '/users', { body: { username: 'bob' } })
  const { json: token } = await admin('POST', '/users/bob/tokens', { body: { name: 'laptop' } })
  const bob = restClient(app, token.key)
  const path = collectionPath('theirs', 'bob')
  const foreign = await bob('POST', `${path}/versions`, { body })
  assert.deepEqual(digestsOf(foreign.json).sort(), [digestOf('fresh'), digestOf('shared')].sort())
})

test('a manifest may come in parts; uploads come in pages with fresh links', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  const files = Object.fromEntries(
    Array.from({ length: 120 }, (_, at) => [`f/${at}`, `text ${at}`]),
  )
  const all = entriesOf(files)
  const open = { type: 'model', entries: all.slice(0, 50), moreEntries: true }
  const begun = await call('POST', `${PATH}/versions`, { body: open })
  assert.deepEqual([begun.status, begun.json.uploads.length, begun.json.next], [201, 50, null])
  const draft = `${PATH}/drafts/${begun.json.id}`
  const grown = await call('POST', draft, { body: { entries: all.slice(50) } })
  assert.deepEqual([grown.status, grown.json.uploads.length], [200, 50])
  assert.match(String(grown.headers.link), /\/drafts\/\w+\?cursor=[\w-]+>; rel="next"$/)
  const uploads = []
  for (let next: string | null = ''; next !== null; ) {
    const page = await call('GET', `${draft}?limit=47${next === '' ? '' : `&cursor=${next}`}`)
    uploads.push(...page.json.uploads)
    next = page.json.next
  }
  assert.equal(new Set(uploads.map(({ digest }) => digest)).size, 120)
  await sendUploads(app, { uploads }, Object.values(files))
  const committed = await call('POST', `${draft}/commit`)
  assert.deepEqual([committed.status, committed.json.fileCount], [201, 120])
  const taken = await call('POST', draft, { body: { entries: all.slice(0, 1) } })
  assert.deepEqual([taken.status, taken.json.code], [404, 'draft_not_found'])
  assert.equal((await call('GET', draft)).json.state, 'committed')
})

test('a draft is seen by its maker only, under its own collection only', async (t) => {
  const app = await testApp(t)
  const ada = restClient(app, USER_KEY)
  const admin = restClient(app, ADMIN_KEY)
  const body = { type: 'model', entries: entriesOf({ a: 'x' }) }
  const { json: draft } = await ada('POST', `${PATH}/versions`, { body })
  for (const [call, path] of [
    [admin, `${PATH}/drafts/${draft.id}`],
    [ada, `${collectionPath('other')}/drafts/${draft.id}`],
    [ada, `${collectionPath('classifier', 'ada', 'elsewhere')}/drafts/${draft.id}`],
    [ada, `/registries/ada/demo/collections/classifier/drafts/${draft.id}`],
  ] as const)
    for (const [method, tail, options] of [
      ['GET', '', {}],
      ['POST', '', { body: { entries: [] } }],
      ['POST', '/commit', {}],
      ['DELETE', '', {}],
    ] as const) {
      const answer = await call(method, `${path}${tail}`, options)
      assert.deepEqual([answer.status, answer.json.code], [404, 'draft_not_found'], path)
    }
  assert.equal((await ada('DELETE', `${PATH}/drafts/${draft.id}`)).status, 204)
  assert.equal((await ada('GET', `${PATH}/drafts/${draft.id}`)).status, 404)
})

test('entries that cannot be stored are refused with their path', async (t) => {
  const call = restClient(await testApp(t), USER_KEY)
  const digest = digestOf('x')
  const refused: [object, string, number][] = [
    [{ path: 'a', digest }, 'manifest_invalid', 422],
    [{ path: 'a', digest: digest.toUpperCase(), size: 1 }, 'manifest_invalid', 422],
    [{ path: 'a', size: 1 }, 'manifest_invalid', 422],
    [{ path: 'a', digest, size: 1, reference: 's3://b/k' }, 'manifest_invalid', 422],
    [{ path: 'a', digest, size: 1, referenceDigest: 'x' }, 'manifest_invalid', 422],
    [{ path: '../a', digest, size: 1 }, 'name_invalid', 422],
    [{ path: '/a', digest, size: 1 }, 'name_invalid', 422],
    [{ path: 'a//b', digest, size: 1 }, 'name_invalid', 422],
    [{ path: 'a\\b', digest, size: 1 }, 'name_invalid', 422],
    [{ path: 'C:a', digest, size: 1 }, 'name_invalid', 422],
    [{ path: 'a\u0000', digest, size: 1 }, 'name_invalid', 422],
    [{ path: '\ud800', digest, size: 1 }, 'name_invalid', 422],
    [{ path: 'a', digest, size: -1 }, 'request_invalid', 400],
    [{ path: 'a', digest, size: 1.5 }, 'request_invalid', 400],
    [{ path: 'a', digest, size: '1' }, 'request_invalid', 400],
    [{ path: 'a', digest, size: 1, mode: 7 }, 'request_invalid', 400],
  ]
  for (const [entry, code, status] of refused) {
    const body = { type: 'model', entries: [entry] }
    const answer = await call('POST', `${PATH}/versions`, { body })
    assert.deepEqual([answer.json.code, answer.status], [code, status], JSON.stringify(entry))
  }
  const twice = { type: 'model', entries: [...entriesOf({ a: 'x' }), ...entriesOf({ a: 'y' })] }
  assert.equal(
    (await call('POST', `${PATH}/versions`, { body: twice })).json.code,
    'manifest_invalid',
  )
})

test('metadata, description and tags change under the revision', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  await logVersion(app, call, PATH, { a: 'x' }, { metadata: { accuracy: 0.9 }, tags: ['t'] })
  const version = await call('GET', `${PATH}/versions/latest`)
  assert.equal(version.headers.etag, '"1"')
  const change = { metadata: { accuracy: 0.95, nested: { __proto: [1, null] } } }
  const changed = await call('PATCH', `${PATH}/versions/v0`, {
    body: change,
    headers: { 'if-match': '"1"' },
  })
  assert.deepEqual([changed.status, changed.headers.etag], [200, '"2"'])
  assert.deepEqual([changed.json.metadata, changed.json.tags], [change.metadata, ['t']])
  assert.deepEqual(changed.json.aliases, ['latest'])
  const late = await call('PATCH', `${PATH}/versions/v0`, {
    body: { tags: [] },
    headers: { 'if-match': '"1"' },
  })
  assert.deepEqual(
    [late.status, late.json.code, late.json.details.revision],
    [412, 'generation_mismatch', 2],
  )
  const anyhow = await call('PATCH', `${PATH}/versions/v0`, {
    body: { tags: ['b', 'a', 'b'], description: null },
  })
  assert.deepEqual([anyhow.json.tags, anyhow.json.revision], [['a', 'b'], 3])
  const digest = await call('PATCH', `${PATH}/versions/v0`, { body: { digest: 'sha256:…' } })
  assert.deepEqual([digest.status, digest.json.code], [400, 'request_invalid'])
  assert.match(digest.json.detail, /unknown key "digest"/)
})

test('versions are listed newest first, page by page', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  for (let at = 0; at < 5; at++) await logVersion(app, call, PATH, { a: `x${at}` })
  const seen: string[] = []
  let path = `${PATH}/versions?limit=2`
  for (;;) {
    const page = await call('GET', path)
    seen.push(...page.json.items.map(({ version }: { version: string }) => version))
    const link = /^<(.+)>; rel="next"$/.exec(String(page.headers.link ?? ''))?.[1]
    assert.equal(link === undefined, page.json.next === null)
    if (link === undefined) break
    const url = new URL(link)
    path = `${url.pathname.replace('/api/v1', '')}${url.search}`
  }
  assert.deepEqual(seen, ['v4', 'v3', 'v2', 'v1', 'v0'])
  for (const query of ['limit=0', 'limit=1001', 'limit=x', 'limits=2'])
    assert.equal((await call('GET', `${PATH}/versions?${query}`)).json.code, 'request_invalid')
  const { json } = await call('GET', '/projects/ada/demo/collections?limit=1')
  assert.equal(json.next, null)
  for (const cursor of ['x', Buffer.from('["collections","a"]').toString('base64url')])
    assert.deepEqual(
      [(await call('GET', `${PATH}/versions?cursor=${cursor}`)).json.code],
      ['cursor_invalid'],
    )
})

test('a collection is made empty, or by its first version, with one type', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  const body = { name: 'data of ünïcode 100%', type: 'dataset', description: 'd' }
  const made = await call('POST', '/projects/ada/demo/collections', { body })
  assert.deepEqual([made.status, made.json.kind, made.json.createdBy], [201, 'source', 'ada'])
  const path = collectionPath(body.name)
  assert.equal((await call('GET', path)).json.description, 'd')
  const again = await call('POST', '/projects/ada/demo/collections', { body })
  assert.deepEqual([again.status, again.json.code], [409, 'already_exists'])
  const other = await logVersion(app, call, path, { a: 'x' })
  assert.deepEqual([other.status, other.json.code], [409, 'type_mismatch'])
  assert.deepEqual([other.json.details.type, other.json.details.asked], ['dataset', 'model'])
  const fitting = await logVersion(app, call, path, { a: 'x' }, { type: 'dataset' })
  assert.equal(fitting.json.ref, `ada/demo/${body.name}:v0`)
  const listed = await call('GET', '/projects/ada/demo/collections?type=dataset')
  assert.deepEqual(listed.json.items.length, 1)
  assert.equal(
    (await call('GET', '/projects/ada/demo/collections?type=model')).json.items.length,
    0,
  )
})

test('a body that is no JSON is refused with what to send; an empty one is none', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  const url = `${PATH}/versions`
  const send = (body: string, type: string) =>
    call('POST', url, { body, headers: { 'content-type': type } })
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/xml']) {
    const answer = await send('{"type":"model"}', type)
    assert.deepEqual([answer.status, answer.json.code], [400, 'request_invalid'])
    assert.match(answer.json.detail, /application\/json/)
  }
  const deep = `{"type":"model","metadata":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`
  for (const body of ['', 'nonsense', '[]', 'null', '{"type":"model"', deep]) {
    const answer = await send(body, 'application/json; charset=utf-8')
    assert.deepEqual([answer.status, answer.json.code], [400, 'request_invalid'], body.slice(0, 20))
  }
  await logVersion(app, call, PATH, { a: 'x' })
  await call('PUT', `${PATH}/aliases/production`, { body: { version: 'v0' } })
  const rollback = await call('POST', `${PATH}/aliases/production/rollback`, {
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(rollback.json.code, 'rollback_target_missing')
})

function digestsOf(draft: { readonly uploads: readonly { readonly digest: string }[] }): string[] {
  return draft.uploads.map(({ digest }) => digest)
}
