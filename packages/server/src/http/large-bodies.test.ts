import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { fastify } from 'fastify'
import { MAX_JSON_BODY_BYTES, MAX_LARGE_BODIES_AT_ONCE } from '../core/limits.ts'
import { boundLargeBodies } from './large-bodies.ts'

test('so many large bodies at once; who leaves, however early, makes room', async (t) => {
  const app = fastify()
  t.after(() => app.close())
  let mayPass = Promise.resolve()
  let waiting = 0
  // As the look at a key in the database takes its time.
  app.addHook('onRequest', async () => {
    waiting += 1
    await mayPass
  })
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const bodyLimit = 2 * MAX_JSON_BODY_BYTES
  app.post('/', { preParsing: boundLargeBodies(), bodyLimit }, async () => 'taken')
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const length = MAX_JSON_BODY_BYTES + 1
  const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`
  const closed: Promise<unknown>[] = []
  app.server.on('connection', (socket: Socket) => {
    closed.push(new Promise((resolve) => socket.on('close', resolve)))
  })
  const send = async () => {
    const socket = connect(port, '127.0.0.1')
    t.after(() => socket.destroy())
    await once(socket, 'connect')
    socket.write(head)
    return socket
  }

  const gate = Promise.withResolvers<void>()
  mayPass = gate.promise
  const early = await Promise.all(Array.from({ length: MAX_LARGE_BODIES_AT_ONCE }, send))
  while (waiting < early.length) await new Promise((resolve) => setImmediate(resolve))
  for (const socket of early) socket.destroy()
  await Promise.all(closed)
  gate.resolve()
  const post = () => app.inject({ method: 'POST', url: '/', payload: 'x'.repeat(length) })
  assert.equal((await post()).statusCode, 200)

  const held = await Promise.all(Array.from({ length: MAX_LARGE_BODIES_AT_ONCE }, send))
  while (waiting < 2 * held.length + 1) await new Promise((resolve) => setImmediate(resolve))
  assert.equal((await post()).statusCode, 500, 'refused: one too many')
  for (const socket of held) socket.destroy()
  await Promise.all(closed)
  assert.equal((await post()).statusCode, 200)
})
