import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type ClientRequest, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, beforeEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FastifyInstance, fastify } from 'fastify'
import { MemoryBlobStore } from '../blobs/memory.ts'
import { isRegistryError } from '../core/errors.ts'
import { digestOf } from '../core/model/digest.ts'
import { bytesOf } from '../core/ports/blob-store-fixture.conformance.ts'
import type { BlobStage } from '../core/registry.ts'
import { answerProblem } from './problem.ts'
import { parseContentRange, receiveBody } from './receive-body.ts'

describe('parseContentRange', () => {
  it('reads the part and the whole', () => {
    assert.equal(parseContentRange(undefined), undefined)
    assert.deepEqual(parseContentRange('bytes 0-9/10'), { first: 0, last: 9, total: 10 })
    assert.deepEqual(parseContentRange('bytes 5-5/*'), { first: 5, last: 5, total: undefined })
  })
  const wrong = ['', 'bytes', 'bytes */x', 'bytes 5-4/10', 'bytes 0-10/10', 'bytes 0-/10']
  const odd = ['bytes=0-9/10', 'lines 0-9/10', 'bytes 0-9', 'bytes -1-9/10', 'bytes 0-9/10 ']
  const huge = [`bytes 0-${'9'.repeat(16)}/*`]
  for (const header of [...wrong, ...odd, ...huge]) {
    it(`refuses ${JSON.stringify(header)}`, () => {
      assert.throws(
        () => parseContentRange(header),
        (error) => isRegistryError(error, 'request_invalid'),
      )
    })
  }
})

describe('receiveBody over a connection', () => {
  const MAX_BYTES = 20_000_000
  const bytes = bytesOf(3_000_000)
  const store = new MemoryBlobStore(() => 0)
  const agent = new Agent({ keepAlive: true })
  let app: FastifyInstance
  let appended = 0
  let stall = async () => {}
  let onFailure = (_error: unknown) => {}

  before(async () => {
    app = fastify()
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _body, done) => done(null))
    app.setErrorHandler(answerProblem)
    app.put('/upload/:id', async (asked) => {
      const { id } = asked.params as { id: string }
      const range = parseContentRange(asked.headers['content-range'])
      const stage = await store.stage(id)
      try {
        const came = await receiveBody(asked.raw, slowed(stage), { range, maxBytes: MAX_BYTES })
        if (came === 'complete') return { digest: (await stage.commit()).digest }
        await stage.pause()
        return { offset: stage.offset }
      } catch (error) {
        await stage.pause()
        onFailure(error)
        throw error
      }
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
  })
  beforeEach(() => {
    appended = 0
    stall = async () => {}
  })
  after(async () => {
    agent.destroy()
    await app.close()
  })

  function slowed(stage: BlobStage): BlobStage {
    const append = async (chunk: Uint8Array) => {
      appended += chunk.length
      await stall()
      await stage.append(chunk)
    }
    return {
      get offset() {
        return stage.offset
      },
      append,
      commit: () => stage.commit(),
      pause: () => stage.pause(),
      abort: () => stage.abort(),
    }
  }

  it('takes a whole body, and an empty one', async () => {
    assert.deepEqual(await put('whole', bytes), { status: 200, digest: digestOf(bytes) })
    const nothing = Buffer.alloc(0)
    assert.deepEqual(await put('empty', nothing), { status: 200, digest: digestOf(nothing) })
  })

  it('takes parts, one after another, and says where to go on', async () => {
    const part = (first: number, end: number, total: number | '*') =>
      put('parts', bytes.subarray(first, end), `bytes ${first}-${end - 1}/${total}`)
    assert.deepEqual(await part(0, 1_000_000, '*'), { status: 200, offset: 1_000_000 })
    const gap = await part(1_500_000, 2_000_000, 3_000_000)
    assert.equal(gap.status, 409)
    assert.deepEqual([gap.code, gap.details], ['upload_incomplete', { offset: 1_000_000 }])
    assert.equal((await put('parts', bytes)).status, 409, 'the whole is not a part')
    const rest = await part(1_000_000, 3_000_000, 3_000_000)
    assert.deepEqual(rest, { status: 200, digest: digestOf(bytes) })
  })

  it('refuses a body that is not as long as its Content-Range says', async () => {
    for (const last of [8, 10]) {
      const answer = await put(`length-${last}`, bytes.subarray(0, 10), `bytes 0-${last}/*`)
      assert.equal(answer.code, 'request_invalid')
    }
  })

  it('answers a refusal while the body still comes, and keeps the connection', async () => {
    const { port } = app.server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    const put = (id: string, length: number) =>
      socket.write(`PUT /upload/${id} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`)
    put('large', 2 * MAX_BYTES)
    for (let sent = 0; sent < 2 * MAX_BYTES; sent += 1_000_000)
      if (!socket.write(bytes.subarray(0, 1_000_000))) await once(socket, 'drain')
    put('after-large', 0)
    let answers = ''
    for await (const chunk of socket) {
      answers += chunk
      if (answers.includes(digestOf(''))) break
    }
    assert.match(answers, /^HTTP\/1.1 413 .*"code":"too_large".*HTTP\/1.1 200 /s)
    assert.ok(appended <= MAX_BYTES)
  })

  it('refuses a part of something too large before it takes any', async () => {
    const answer = await put('large-part', bytes, `bytes 0-2999999/${MAX_BYTES + 1}`)
    assert.equal(answer.status, 413)
    assert.deepEqual(answer.details, { maxBytes: MAX_BYTES })
    assert.equal(appended, 0)
  })

  it('passes on what the stage throws', async () => {
    const later = { stage: undefined as BlobStage | undefined }
    stall = async () => {
      later.stage ??= await store.stage('taken')
    }
    assert.equal((await put('taken', bytes)).code, 'upload_incomplete')
    await later.stage?.abort()
  })

  it('goes on after a broken connection', async () => {
    const failed = new Promise((resolve) => {
      onFailure = resolve
    })
    const sending = open('broken', {
      'content-length': bytes.length,
      'content-range': 'bytes 0-2999999/3000000',
    })
    sending.on('error', () => {})
    sending.write(bytes.subarray(0, 2_000_000))
    while (appended < 2_000_000) await sleep(5)
    sending.destroy()
    assert.ok(isRegistryError(await failed, 'upload_incomplete'))
    const rest = bytes.subarray(2_000_000)
    const answer = await put('broken', rest, 'bytes 2000000-2999999/3000000')
    assert.deepEqual(answer, { status: 200, digest: digestOf(bytes) })
  })

  it('takes no more from the connection than the stage takes', async () => {
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    stall = () => released
    const large = bytesOf(MAX_BYTES)
    const answering = put('slow', large)
    while (appended === 0) await sleep(5)
    await sleep(200)
    assert.ok(appended < 200_000, `${appended} bytes taken while the first chunk was not`)
    release()
    assert.deepEqual(await answering, { status: 200, digest: digestOf(large) })
  })

  function open(id: string, headers: Record<string, string | number>): ClientRequest {
    const { port } = app.server.address() as AddressInfo
    const path = `/upload/${id}`
    return request({ host: '127.0.0.1', port, path, method: 'PUT', headers, agent })
  }

  function put(id: string, body: Buffer, contentRange?: string) {
    const headers = { 'content-length': body.length }
    const sending = open(id, {
      ...headers,
      ...(contentRange !== undefined && { 'content-range': contentRange }),
    })
    sending.end(body)
    return answerOf(sending)
  }

  async function answerOf(sending: ClientRequest) {
    const [response] = await once(sending, 'response')
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    return { status: response.statusCode, ...JSON.parse(Buffer.concat(chunks).toString()) }
  }
})
