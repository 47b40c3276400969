import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { type TestApp, type TestAppOptions, testApp } from '../../../test/test-app.ts'
import { MemoryBlobStore } from '../../blobs/memory.ts'
import { RegistryError } from '../../core/errors.ts'
import {
  MAX_BATCH_BODY_BYTES,
  MAX_BATCHED_BLOB_BYTES,
  MAX_BLOBS_PER_BATCH,
} from '../../core/limits.ts'
import { digestOf } from '../../core/model/digest.ts'
import { createDraft } from '../../core/operations/create-draft.ts'
import { createDraftManifest } from '../../core/operations/create-draft-manifest.ts'
import { upsertRun } from '../../core/operations/upsert-run.ts'
import type { LinkPermit } from '../../http/signed-links.ts'

const BYTES = Buffer.from('0123456789')
const DIGEST = digestOf(BYTES)

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64')
}

/** An app that listens, with an open draft. */
async function withDraft(t: TestContext, options: TestAppOptions = {}) {
  const made = await testApp(t, { listen: true, ...options })
  const created = await createDraft(made.registry, made.user, {
    collection: collectionOf(made.user),
    artifactType: 'model',
    makeProject: true,
  })
  assert.ok(created.kind === 'draft')
  return { ...made, draftId: created.draft.id }
}

function uploadLink(
  { context, draftId }: Pick<TestApp, 'context'> & { draftId: string },
  expected: Partial<Extract<LinkPermit, { kind: 'upload-blob' }>> = {},
): string {
  const open = { digest: null, md5: null, size: null, ...expected }
  return context.links.url({ kind: 'upload-blob', draftId, ...open }, 'wandb_artifacts/x')
}

function put(
  url: string,
  body: Uint8Array<ArrayBuffer> | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, { method: 'PUT', body, headers })
}

async function codeOf(answer: Response): Promise<unknown> {
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  return ((await answer.json()) as { code: unknown }).code
}

test('whatever a body calls itself, its bytes come in as they are', async (t) => {
  const made = await withDraft(t)
  const url = uploadLink(made, { digest: DIGEST, md5: md5(BYTES), size: 10 })
  for (const type of ['application/json', 'text/plain', 'multipart/form-data', 'nonsense', '']) {
    const answer = await put(url, BYTES, { 'content-type': type, 'content-md5': md5(BYTES) })
    assert.equal(answer.status, 200, type)
    assert.equal(answer.headers.get('etag'), `"${DIGEST.slice(7)}"`)
    assert.deepEqual(
      [answer.headers.get('content-length'), answer.headers.get('upload-offset')],
      ['0', '10'],
    )
  }
  assert.deepEqual(await made.registry.blobs.stat(DIGEST), { size: 10 })
  const held = await made.registry.metadata.read((tx) =>
    tx.blobs.findUploaded(made.draftId, [md5(BYTES)]),
  )
  assert.equal(held.length, 1)
})

test('an empty file is a file', async (t) => {
  const made = await withDraft(t)
  const answer = await put(uploadLink(made, { size: 0 }), Buffer.alloc(0))
  assert.equal(answer.status, 200)
  assert.deepEqual(await made.registry.blobs.stat(digestOf('')), { size: 0 })
})

test('the same bytes twice at once are one blob', async (t) => {
  const made = await withDraft(t)
  const url = uploadLink(made, { md5: md5(BYTES) })
  const answers = await Promise.all(Array.from({ length: 16 }, () => put(url, BYTES)))
  for (const answer of answers) assert.equal(answer.status, 200)
})

test('other bytes than the link names are refused for good', async (t) => {
  const made = await withDraft(t)
  for (const expected of [
    { digest: digestOf('x') },
    { md5: md5(Buffer.from('x')) },
    { size: 11 },
  ]) {
    const answer = await put(uploadLink(made, expected), BYTES)
    assert.equal(answer.status, 422, JSON.stringify(expected))
    assert.equal(await codeOf(answer), 'digest_mismatch')
  }
  const tooMany = await put(uploadLink(made, { size: 9 }), BYTES)
  assert.equal(tooMany.status, 413)
  assert.equal(await made.registry.blobs.stat(DIGEST), undefined)
})

test('an upload in parts goes on where it stopped, also through a fresh link', async (t) => {
  const made = await withDraft(t)
  const part = (range: string, bytes: string) =>
    put(uploadLink(made, { digest: DIGEST }), bytes, { 'content-range': `bytes ${range}/10` })
  const offset = async () => {
    const answer = await fetch(uploadLink(made, { digest: DIGEST }), { method: 'HEAD' })
    assert.equal(answer.status, 200)
    return answer.headers.get('upload-offset')
  }
  assert.equal(await offset(), '0')
  const first = await part('0-3', '0123')
  assert.deepEqual([first.status, first.headers.get('upload-offset')], [202, '4'])
  assert.equal(await offset(), '4')
  const gap = await part('6-9', '6789')
  assert.equal(gap.status, 409)
  assert.equal(await codeOf(gap), 'upload_incomplete')
  assert.equal((await part('4-9', '456789')).status, 200)
  assert.deepEqual(await made.registry.blobs.stat(DIGEST), { size: 10 })
})

test('when all has come and the answer was lost, nothing is sent again', async (t) => {
  const made = await withDraft(t)
  const ways = [
    (url: string) => fetch(url, { method: 'HEAD' }),
    (url: string) => put(url, '', { 'content-range': 'bytes */10' }),
  ]
  for (const [nth, finish] of ways.entries()) {
    const bytes = `012345678${nth}`
    const digest = digestOf(bytes)
    const url = uploadLink(made, { digest, size: 10 })
    assert.equal((await put(url, '', { 'content-range': 'bytes */10' })).status, 409, 'too early')
    // Of unknown length: the server waits for more, as after a crash before the last step.
    assert.equal((await put(url, bytes, { 'content-range': 'bytes 0-9/*' })).status, 202)
    assert.equal(await made.registry.blobs.stat(digest), undefined)
    const answer = await finish(url)
    assert.deepEqual([answer.status, answer.headers.get('upload-offset')], [200, '10'])
    assert.deepEqual(await made.registry.blobs.stat(digest), { size: 10 })
  }
})

test('small blobs come in together, all or none', async (t) => {
  const made = await withDraft(t)
  const { registry, context, draftId } = made
  const url = context.links.url({ kind: 'upload-batch', draftId }, 'batch')
  const texts = ['one', 'two', '', 'one']
  const headingOf = (lines: readonly string[]) => lines.map((text) => [digestOf(text), text.length])
  const send = (heading: unknown, text: string) => put(url, `${JSON.stringify(heading)}\n${text}`)
  const whole = 'x'.repeat(MAX_BATCHED_BLOB_BYTES + 1)
  for (const [answer, status, code] of [
    [await send([[digestOf('one'), 3]], 'two'), 422, 'digest_mismatch'],
    [await send([...headingOf(['one']), [digestOf('two'), 3]], 'oneTWO'), 422, 'digest_mismatch'],
    [await send(headingOf(['one', 'one']), 'ONEone'), 422, 'digest_mismatch'],
    [await send(headingOf(['one', 'two']), 'onetw'), 400, 'request_invalid'],
    [await send(headingOf(['one']), 'onetwo'), 400, 'request_invalid'],
    [await send([[digestOf('one'), -3]], ''), 400, 'request_invalid'],
    [await send([['sha256:../../x', 3]], 'one'), 400, 'request_invalid'],
    [await send({ one: 3 }, 'one'), 400, 'request_invalid'],
    [await put(url, 'x'.repeat(100)), 400, 'request_invalid'],
    [await send(headingOf([whole]), whole), 413, 'too_large'],
    [await send(Array(MAX_BLOBS_PER_BATCH + 1).fill([digestOf(''), 0]), ''), 413, 'too_large'],
    [await put(url, 'x'.repeat(MAX_BATCH_BODY_BYTES + 1)), 413, 'too_large'],
  ] as const)
    assert.deepEqual([answer.status, await codeOf(answer)], [status, code])
  assert.equal(await registry.blobs.stat(digestOf('one')), undefined)

  const answer = await send(headingOf(texts), texts.join(''))
  assert.deepEqual([answer.status, await answer.text()], [200, ''])
  const held = await registry.metadata.read((tx) =>
    tx.blobs.findUploaded(
      draftId,
      texts.map((text) => md5(Buffer.from(text))),
    ),
  )
  assert.equal(held.length, 3)
  assert.equal((await fetch(url, { method: 'HEAD' })).status, 403)
  assert.equal((await fetch(url)).status, 403)
})

test('a connection that breaks keeps the part and drops the whole', async (t) => {
  const made = await withDraft(t)
  const { pathname, port, host } = new URL(uploadLink(made))
  const breakAfter = async (bytes: string, range: string) => {
    const socket = connect(Number(port), '127.0.0.1')
    const connected = [once(made.app.server, 'connection'), once(socket, 'connect')]
    const [[far]] = (await Promise.all(connected)) as [[Socket], []]
    const head = `PUT ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 10\r\n${range}\r\n`
    socket.write(head + bytes)
    while (far.bytesRead < head.length + bytes.length) await sleep(2)
    const gone = new Promise((resolve) => far.once('close', resolve))
    socket.destroy()
    await gone
  }
  // What had come is put away a moment after the connection is gone.
  const offsetIs = async (expected: string) => {
    const ask = async () =>
      (await fetch(uploadLink(made), { method: 'HEAD' })).headers.get('upload-offset')
    for (let tries = 0; (await ask()) !== expected; tries++) {
      assert.ok(tries < 1_000, `${await ask()} and not ${expected}`)
      await sleep(5)
    }
  }
  await breakAfter('01234', '')
  await offsetIs('0')
  await breakAfter('01234', 'Content-Range: bytes 0-9/10\r\n')
  await offsetIs('5')
})

test('a manifest and a run file come in through links of their own', async (t) => {
  const made = await withDraft(t)
  const { registry, context, user, draftId } = made
  const manifest = await createDraftManifest(registry, user, {
    draftId,
    kind: 'full',
    baseVersionId: null,
    clientDigest: md5(BYTES),
  })
  const link = context.links.url({ kind: 'upload-draft-manifest', manifestId: manifest.id }, 'm')
  assert.equal((await put(link, 'other')).status, 422)
  assert.equal((await put(link, BYTES)).status, 200)
  const kept = await registry.metadata.read((tx) => tx.drafts.findManifest(manifest.id))
  assert.equal(kept?.fileDigest, DIGEST)

  const { owner } = collectionOf(user)
  const { run } = await upsertRun(registry, user, { owner, name: 'r', fields: {} })
  const name = 'code/ä b.py'
  const file = context.links.url({ kind: 'upload-run-file', runId: run.id, name }, 'f')
  assert.equal((await put(file, BYTES)).status, 200)
  const saved = await registry.metadata.read((tx) => tx.runFiles.find(run.id, name))
  assert.equal(saved?.digest, DIGEST)
})

test('a download gives the bytes, ranges and the digest', async (t) => {
  const { registry, user, context } = await testApp(t, { listen: true })
  const { version } = await addVersion(registry, user, { files: { 'a/b.txt': '0123456789' } })
  const permit: LinkPermit = {
    kind: 'download-blob',
    versionId: version.id,
    digest: DIGEST,
    name: 'a/b.txt',
  }
  const url = context.links.url(permit, 'wandb_artifacts/b')
  const whole = await fetch(url)
  assert.equal(await whole.text(), '0123456789')
  assert.equal(whole.headers.get('etag'), `"${DIGEST.slice(7)}"`)
  const part = await fetch(url, { headers: { range: 'bytes=2-4' } })
  assert.deepEqual([part.status, await part.text()], [206, '234'])
  const beyond = await fetch(url, { headers: { range: 'bytes=10-' } })
  assert.deepEqual([beyond.status, await codeOf(beyond)], [416, 'range_not_satisfiable'])
  const head = await fetch(url, { method: 'HEAD' })
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, '10'])
})

test('a link permits its one thing, and nothing without its signature', async (t) => {
  const made = await withDraft(t)
  const { context } = made
  const upload = uploadLink(made)
  const blob = { versionId: null, digest: DIGEST, name: 'x' }
  const download = context.links.url({ kind: 'download-blob', ...blob }, 'x')
  const manifest = context.links.url({ kind: 'download-manifest', versionId: 'v' }, 'x')
  const forged = upload.replace(/\/transfer\/./, '/transfer/_')
  const refused = [fetch(upload), put(download, BYTES), put(manifest, BYTES), fetch(manifest)]
  for (const answer of await Promise.all([...refused, put(forged, BYTES), fetch(forged)])) {
    assert.equal(answer.status, 403)
    assert.equal(await codeOf(answer), 'forbidden')
  }
  assert.equal((await fetch(`${made.url}/transfer/x`)).status, 404)
})

test('towards a draft that is gone and a full disk nobody sends again', async (t) => {
  class FullBlobStore extends MemoryBlobStore {
    override stage(): never {
      throw new RegistryError('storage_full', 'The disk is full.')
    }
  }
  const made = await withDraft(t, { blobs: new FullBlobStore(() => 0) })
  const full = await put(uploadLink(made, { digest: DIGEST }), BYTES)
  assert.deepEqual([full.status, await codeOf(full)], [413, 'storage_full'])
  const ofWandb = await put(uploadLink(made, { md5: md5(BYTES) }), BYTES)
  assert.deepEqual([ofWandb.status, ofWandb.headers.get('upload-offset')], [202, '0'])
  const gone = await put(uploadLink({ ...made, draftId: 'none' }), BYTES)
  assert.deepEqual([gone.status, await codeOf(gone)], [404, 'draft_not_found'])
})

test('bytes that rotted are never sent as a good answer', async (t) => {
  const blobs = new MemoryBlobStore(() => 0)
  const made = await testApp(t, { listen: true, blobs, mayBreak: true })
  const { version } = await addVersion(made.registry, made.user, { files: { x: '0123456789' } })
  blobs.corrupt(DIGEST, 3)
  const permit = {
    kind: 'download-blob',
    versionId: version.id,
    digest: DIGEST,
    name: 'x',
  } as const
  const answer = await fetch(made.context.links.url(permit, 'x'))
  assert.equal(answer.status, 500)
  assert.ok(made.log.some((line) => line.includes(DIGEST)))
})
