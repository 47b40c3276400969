import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ADMIN_KEY, testApp, USER_KEY } from '../../test/test-app.ts'
import { createToken } from '../core/operations/create-token.ts'

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

test('/metrics counts what each operation answered, and tells it to administrators', async (t) => {
  const { app, registry, admin } = await testApp(t)
  for (const headers of [{}, bearer(USER_KEY)])
    assert.ok([401, 403].includes((await app.inject({ url: '/metrics', headers })).statusCode))
  for (let asked = 0; asked < 3; asked++)
    await app.inject({ url: '/api/v1/me', headers: bearer(ADMIN_KEY) })
  await app.inject('/api/v1/me')

  // A key that is good for nothing else.
  const scope = { verbs: ['read'], owner: 'none', collection: '*', alias: '*' } as const
  const { key } = await createToken(registry, admin, { username: 'admin', name: 'monitor', scope })
  const answer = await app.inject({ url: '/metrics', headers: bearer(key) })
  assert.equal(answer.statusCode, 200)
  assert.match(String(answer.headers['content-type']), /^text\/plain; version=0\.0\.4/)
  const told = new Map(
    answer.body
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const [, name = '', value = ''] = /^(\S+) (\S+)$/.exec(line) ?? []
        return [name, Number(value)] as const
      }),
  )
  for (const [name, value] of told) assert.ok(Number.isFinite(value), name)
  const me = (part: string, status: string, le = '') =>
    told.get(`greenroom_request_seconds_${part}{operation="getMe",status="${status}"${le}}`)
  assert.equal(me('count', '2xx'), 3)
  assert.equal(me('bucket', '2xx', ',le="+Inf"'), 3)
  assert.equal(me('count', '4xx'), 1)
  assert.ok((told.get('greenroom_stream_revision') ?? 0) > 0)
  assert.ok((told.get('process_resident_memory_bytes') ?? 0) > 1_000_000)
})

test('/metrics names each series once, under its heading', async (t) => {
  const { app } = await testApp(t)
  const { body } = await app.inject({ url: '/metrics', headers: bearer(ADMIN_KEY) })
  const lines = body.trimEnd().split('\n')
  const series = lines
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.split(' ')[0] ?? '')
  assert.equal(new Set(series).size, series.length)
  const typed = lines
    .filter((line) => line.startsWith('# TYPE '))
    .map((line) => line.split(' ')[2] ?? '')
  for (const name of series)
    assert.ok(
      typed.some((known) => name.startsWith(known)),
      name,
    )
})
