import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { type FastifyInstance, fastify } from 'fastify'
import { MemoryBlobStore } from '../blobs/memory.ts'
import { isRegistryError } from '../core/errors.ts'
import { CHECK_CHUNK_BYTES } from '../core/limits.ts'
import type { Blob } from '../core/model/blob.ts'
import { digestOf } from '../core/model/digest.ts'
import { bytesOf, put } from '../core/ports/blob-store-fixture.conformance.ts'
import { answerFor, attachment, matchesETag, parseRange, sendBytes } from './byte-response.ts'
import { answerProblem } from './problem.ts'

describe('parseRange', () => {
  const cases = [
    ['bytes=0-0', 10, { first: 0, last: 0 }],
    ['bytes=2-5', 10, { first: 2, last: 5 }],
    ['bytes=2-', 10, { first: 2, last: 9 }],
    ['bytes=2-99', 10, { first: 2, last: 9 }],
    ['bytes=-3', 10, { first: 7, last: 9 }],
    ['bytes=-99', 10, { first: 0, last: 9 }],
    ['Bytes = 1-2 ', 10, { first: 1, last: 2 }],
    ['bytes=0-99999999999999999999999', 10, { first: 0, last: 9 }],
    // No valid range, another unit, several ranges, nothing to cut: the whole blob.
    ['', 10, null],
    ['bytes=', 10, null],
    ['bytes=-', 10, null],
    ['bytes=5-2', 10, null],
    ['bytes=50-2', 10, null],
    ['bytes=a-b', 10, null],
    ['bytes=1-2-3', 10, null],
    ['bytes=0x1-2', 10, null],
    ['bytes=+1-2', 10, null],
    ['lines=1-2', 10, null],
    ['bytes=0-1,3-4', 10, null],
    ['bytes=0-0', 0, null],
    ['bytes=-1', 0, null],
  ] as const
  for (const [header, size, range] of cases) {
    it(`${JSON.stringify(header)} of ${size} bytes`, () => {
      assert.deepEqual(parseRange(header, size), range)
    })
  }
  for (const header of ['bytes=10-', 'bytes=10-12', 'bytes=-0', 'bytes=99999999999999999999-']) {
    it(`${header} of 10 bytes is not satisfiable`, () => {
      assert.throws(
        () => parseRange(header, 10),
        (error) => isRegistryError(error, 'range_not_satisfiable') && error.details.size === 10,
      )
    })
  }

  it('never leaves the blob', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^bytes=\d{0,3}-\d{0,3}$/))
    fc.assert(
      fc.property(texts, fc.nat(200), (header, size) => {
        try {
          const range = parseRange(header, size)
          if (range === null) return
          assert.ok(0 <= range.first && range.first <= range.last && range.last < size)
        } catch (error) {
          assert.ok(isRegistryError(error, 'range_not_satisfiable'))
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('answerFor', () => {
  const blob = { digest: digestOf('x'), size: 100 }
  const etag = `"${blob.digest.slice(7)}"`
  const ask = (headers: Record<string, string>, method = 'GET') =>
    answerFor({ method, headers }, blob, 'model.bin')

  it('gives everything as something to save, never to show', () => {
    assert.deepEqual(ask({}), {
      status: 200,
      body: true,
      range: null,
      headers: {
        etag,
        'accept-ranges': 'bytes',
        'content-type': 'application/octet-stream',
        'content-length': '100',
        'content-disposition': 'attachment; filename="model.bin"',
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
      },
    })
  })

  it('gives a part', () => {
    const { status, headers, range } = ask({ range: 'bytes=90-' })
    assert.equal(status, 206)
    assert.equal(headers['content-range'], 'bytes 90-99/100')
    assert.equal(headers['content-length'], '10')
    assert.deepEqual(range, { first: 90, last: 99 })
  })

  it('gives a part only of what the reader already has a part of', () => {
    const range = 'bytes=1-2'
    assert.equal(ask({ range, 'if-range': etag }).status, 206)
    const others = ['"other"', `W/${etag}`, 'Tue, 24 Nov 2026 10:00:00 GMT']
    for (const other of others) assert.equal(ask({ range, 'if-range': other }).status, 200)
    // A range that the other thing cannot satisfy does not matter either.
    assert.equal(ask({ range: 'bytes=500-', 'if-range': '"other"' }).status, 200)
  })

  it('says that nothing has changed, before it looks at the range', () => {
    const asked: Record<string, string>[] = [{}, { range: 'bytes=1-2' }, { range: 'bytes=500-' }]
    for (const headers of asked) {
      const answer = ask({ 'if-none-match': etag, ...headers })
      assert.deepEqual(answer, {
        status: 304,
        headers: { etag, 'accept-ranges': 'bytes' },
        range: null,
        body: false,
      })
    }
  })

  it('answers HEAD as GET of the whole, without the body', () => {
    const head = ask({ range: 'bytes=1-2' }, 'HEAD')
    assert.deepEqual(head, { ...ask({}), body: false })
  })
})

it('matchesETag compares lists, weakly', () => {
  for (const header of ['"a"', 'W/"a"', '"b", "a"', '"b",W/"a"', ' * '])
    assert.equal(matchesETag(header, '"a"'), true, header)
  for (const header of ['', 'a', '"b"', '"a', '"A"', '"b*"', undefined])
    assert.equal(matchesETag(header, '"a"'), false, String(header))
})

describe('attachment', () => {
  const cases = [
    ['model.bin', 'filename="model.bin"'],
    ['a folder/model v2 (1).bin', 'filename="model v2 (1).bin"'],
    ['..\\..\\evil.exe', 'filename="evil.exe"'],
    ['naïve.bin', `filename="na_ve.bin"; filename*=UTF-8''na%C3%AFve.bin`],
    ['模型.bin', `filename="__.bin"; filename*=UTF-8''%E6%A8%A1%E5%9E%8B.bin`],
    ['🦜.bin', `filename="_.bin"; filename*=UTF-8''%F0%9F%A6%9C.bin`],
    ['a"b%c.bin', `filename="a_b_c.bin"; filename*=UTF-8''a%22b%25c.bin`],
    ["é'(*)!.bin", `filename="_'(*)!.bin"; filename*=UTF-8''%C3%A9%27%28%2A%29!.bin`],
    [
      'a\r\nset-cookie: b',
      `filename="a__set-cookie: b"; filename*=UTF-8''a%0D%0Aset-cookie%3A%20b`,
    ],
    ['\ud800', `filename="_"; filename*=UTF-8''%EF%BF%BD`],
    ['', 'filename=""'],
  ] as const
  for (const [name, parameters] of cases) {
    it(JSON.stringify(name), () => {
      assert.equal(attachment(name), `attachment; ${parameters}`)
    })
  }
})

describe('sendBytes over a connection', () => {
  const store = new MemoryBlobStore(() => 0)
  const bytes = bytesOf(12 * CHECK_CHUNK_BYTES + 11)
  const corrupted: string[] = []
  let blob: Blob
  let app: FastifyInstance
  let served: Blob
  let chunksSent = 0
  let sending: Promise<void> = Promise.resolve()
  // With kept connections, only a broken one ends an answer that is too short.
  const agent = new Agent({ keepAlive: true })

  before(async () => {
    blob = await put(store, bytes)
    app = fastify()
    app.setErrorHandler(answerProblem)
    app.addHook('onRequest', async (_, reply) => {
      reply.headers({ 'x-request-id': 'abc', 'content-security-policy': "default-src 'none'" })
    })
    app.get('/file', (request, reply) => {
      chunksSent = 0
      sending = sendBytes(request, reply, {
        blob: served,
        fileName: 'folder/model.bin',
        send: (range, sink) =>
          store.send(served, range, async (chunk) => {
            chunksSent += 1
            await sink(chunk)
          }),
        onCorrupt: (digest) => corrupted.push(digest),
      })
      return sending
    })
    app.get('/never', () => new Promise(() => {}))
    await app.listen({ host: '127.0.0.1', port: 0 })
  })
  after(async () => {
    agent.destroy()
    await app.close()
  })

  it('gives the whole, a part, the head, and nothing anew', async () => {
    served = blob
    const whole = await ask()
    assert.equal(whole.status, 200)
    assert.equal(whole.headers['x-request-id'], 'abc')
    assert.equal(whole.headers['content-security-policy'], "sandbox; default-src 'none'")
    assert.ok(bytes.equals(whole.body))

    const range = 'bytes=4194300-8388700'
    const part = await ask({ range })
    assert.equal(part.status, 206)
    assert.equal(part.headers['content-range'], `bytes 4194300-8388700/${bytes.length}`)
    assert.ok(bytes.subarray(4_194_300, 8_388_701).equals(part.body))

    const head = await ask({}, 'HEAD')
    assert.equal(head.status, 200)
    assert.equal(head.headers['content-length'], String(bytes.length))
    assert.equal(head.body.length, 0)

    const unchanged = await ask({ 'if-none-match': String(head.headers.etag) })
    assert.equal(unchanged.status, 304)
    assert.equal(unchanged.headers['content-length'], undefined)
  })

  it('gives an empty file', async () => {
    served = await put(store, Buffer.alloc(0))
    const { status, headers, body } = await ask({ range: 'bytes=0-0' })
    assert.equal(status, 200)
    assert.equal(headers['content-length'], '0')
    assert.equal(body.length, 0)
  })

  it('refuses with an answer what it can know before the first byte', async () => {
    served = blob
    const outside = await ask({ range: `bytes=${bytes.length}-` })
    assert.equal(outside.status, 416)
    assert.equal(outside.headers['content-range'], `bytes */${bytes.length}`)
    assert.equal(JSON.parse(outside.body.toString()).code, 'range_not_satisfiable')

    served = await put(store, bytesOf(20, 2))
    store.corrupt(served.digest, 3)
    assert.equal((await ask()).status, 500)
    assert.deepEqual(corrupted.splice(0), [served.digest])

    await store.delete(served.digest)
    const missing = await ask()
    assert.equal(JSON.parse(missing.body.toString()).code, 'blob_missing')
    assert.equal(missing.headers['content-disposition'], undefined)
  })

  it('breaks the connection at bytes that have changed', async () => {
    served = await put(store, bytes.subarray(0, 3 * CHECK_CHUNK_BYTES))
    store.corrupt(served.digest, 2 * CHECK_CHUNK_BYTES + 5)
    const response = await open()
    const received: Buffer[] = []
    await assert.rejects(async () => {
      for await (const chunk of response) received.push(chunk)
    }, /aborted/)
    const good = bytes.subarray(0, 2 * CHECK_CHUNK_BYTES)
    assert.ok(good.equals(Buffer.concat(received)))
    assert.deepEqual(corrupted.splice(0), [served.digest])
  })

  it('reads no faster than the reader takes, and stops when the reader goes', async () => {
    served = blob
    const slow = await open()
    await sleep(300)
    assert.ok(chunksSent < 6, `${chunksSent} chunks sent to a reader who took none`)
    const received: Buffer[] = []
    for await (const chunk of slow) received.push(chunk)
    assert.ok(bytes.equals(Buffer.concat(received)))

    const leaving = await open()
    await once(leaving, 'readable')
    leaving.destroy()
    await sending
    assert.ok(chunksSent < 6, `${chunksSent} chunks sent to a reader who left`)
    assert.equal((await ask({ range: 'bytes=0-1' })).status, 206)
  })

  it('serves tests that inject a request', async () => {
    served = blob
    const answer = await app.inject({ url: '/file', headers: { range: 'bytes=5-8' } })
    assert.equal(answer.statusCode, 206)
    assert.ok(bytes.subarray(5, 9).equals(answer.rawPayload))
  })

  it('stops when a reader goes whose turn on the connection never came', async () => {
    served = blob
    chunksSent = 0
    const { port } = app.server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    const head = 'HTTP/1.1\r\nHost: x\r\n\r\n'
    socket.write(`GET /never ${head}GET /file ${head}`)
    while (chunksSent === 0) await sleep(5)
    socket.destroy()
    await sending
    assert.equal(chunksSent, 1)
  })

  async function open(headers = {}, method = 'GET'): Promise<IncomingMessage> {
    const { port } = app.server.address() as AddressInfo
    const asking = request({
      host: '127.0.0.1',
      port,
      path: '/file',
      method,
      headers,
      agent,
    })
    asking.end()
    const [response] = await once(asking, 'response')
    return response
  }

  async function ask(headers = {}, method = 'GET') {
    const response = await open(headers, method)
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }
  }
})
