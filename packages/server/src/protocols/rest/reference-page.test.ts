import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../../test/test-app.ts'

test('/docs names every operation and shape, and each of its links leads somewhere', async (t) => {
  const { app } = await testApp(t)
  const answer = await app.inject('/docs')
  assert.equal(answer.statusCode, 200)
  assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
  const page = answer.body
  const { paths, components } = (await app.inject('/openapi.json')).json()
  const operations = Object.values(paths as Record<string, Record<string, object>>).flatMap(
    (methods) => Object.values(methods) as { operationId: string }[],
  )
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id))
  for (const { operationId } of operations) assert.ok(ids.has(operationId), operationId)
  for (const name of Object.keys(components.schemas)) assert.ok(ids.has(`shape-${name}`), name)
  for (const [, target = ''] of page.matchAll(/href="#([^"]+)"/g))
    assert.ok(ids.has(target), target)
})

test('/docs runs no script and loads nothing but the style sheet that it brings', async (t) => {
  const { app } = await testApp(t)
  const { body, headers } = await app.inject('/docs')
  const policy = String(headers['content-security-policy'])
  assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; /)
  assert.doesNotMatch(policy, /unsafe|script-src/)
  assert.doesNotMatch(body, /<script|style=|\bon\w+="|src=/)
  const again = await app.inject({ url: '/docs', headers: { 'if-none-match': headers.etag } })
  assert.deepEqual([again.statusCode, again.body], [304, ''])
})
