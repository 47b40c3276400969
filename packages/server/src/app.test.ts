import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteOptions } from 'fastify'
import { testApp } from '../test/test-app.ts'
import { createLog } from './http/log.ts'
import { createServer } from './http/server.ts'
import { rest } from './protocols/rest/index.ts'
import { transfer } from './protocols/transfer/index.ts'
import { wandb } from './protocols/wandb/index.ts'

/** All that may be asked without a token, beside health: what a signature opens, and the contract. */
const PUBLIC_ROUTES = [
  'GET /artifacts/manifest/:signed/wandb_manifest.json',
  'GET /openapi.json',
  'GET /transfer/:signed/*',
  'HEAD /artifacts/manifest/:signed/wandb_manifest.json',
  'HEAD /openapi.json',
  'HEAD /transfer/:signed/*',
  'PUT /transfer/:signed/*',
]

test('every route asks for a token, but the few that are meant for everybody', async (t) => {
  const { registry, context, app } = await testApp(t)
  const routes: RouteOptions[] = []
  const log = await createLog({ level: 'silent', format: 'json' }, { write: () => {} })
  const bare = createServer(registry, log)
  bare.addHook('onRoute', (route) => void routes.push(route))
  for (const protocol of [rest, wandb, transfer])
    await bare.register((inner) => protocol(inner, context))
  await bare.ready()
  t.after(() => bare.close())
  assert.ok(routes.length > 20)

  const open: string[] = []
  for (const { url, method, config } of routes) {
    const path = url
      .replace(/:(kind)\([^)]*\)/, 'projects')
      .replace(/:\w+/g, 'x')
      .replace('*', 'x')
    for (const verb of [method].flat()) {
      if (config?.access === 'public') open.push(`${verb} ${url}`)
      else {
        const answer = await app.inject({ method: verb as 'GET', url: path })
        assert.equal(answer.statusCode, 401, `${verb} ${path}`)
      }
    }
  }
  assert.deepEqual(open.toSorted(), PUBLIC_ROUTES)
})

test('an unknown path is 404 with and without a token, also below the protocols', async (t) => {
  const { app } = await testApp(t)
  for (const url of ['/', '/api/v1', '/api/v1/none', '/files/x', '/sdk/otel/v1/metrics'])
    for (const headers of [{}, { authorization: `Bearer ${'x'.repeat(40)}` }])
      for (const method of ['GET', 'POST', 'DELETE'] as const) {
        const answer = await app.inject({ url, headers, method })
        assert.equal(answer.statusCode, 404, `${method} ${url}`)
      }
})
