import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { RouteOptions } from 'fastify'
import { ADMIN_KEY, type TestApp, testApp } from '../test/test-app.ts'
import { createLog } from './http/log.ts'
import { createServer } from './http/server.ts'
import { rest } from './protocols/rest/index.ts'
import { transfer } from './protocols/transfer/index.ts'
import { wandb } from './protocols/wandb/index.ts'

/** Asked without a token, beside health: the way in, what a signature opens, and the contract. */
const PUBLIC_ROUTES = [
  'DELETE /api/v1/session',
  'GET /artifacts/manifest/:signed/wandb_manifest.json',
  'GET /docs',
  'GET /openapi.json',
  'GET /transfer/:signed/*',
  'HEAD /artifacts/manifest/:signed/wandb_manifest.json',
  'HEAD /docs',
  'HEAD /openapi.json',
  'HEAD /transfer/:signed/*',
  'POST /api/v1/session',
  'PUT /transfer/:signed/*',
]

interface Route {
  readonly verb: 'GET'
  readonly url: string
  /** The path with something in place of every parameter. */
  readonly path: string
  readonly access: unknown
}

async function routesOf(t: TestContext, { registry, context }: TestApp): Promise<Route[]> {
  const routes: RouteOptions[] = []
  const log = await createLog({ level: 'silent', format: 'json' }, { write: () => {} })
  const bare = createServer(registry, {
    ...{
      log,
      pageFolder: null,
      placeOf: () => undefined,
      hostNames: [],
      requestsPerMinute: 0,
      trustedProxies: [],
    },
  })
  t.after(() => bare.close())
  bare.addHook('onRoute', (route) => void routes.push(route))
  for (const protocol of [rest, wandb, transfer])
    await bare.register((inner) => protocol(inner, context))
  await bare.ready()
  return routes.flatMap(({ url, method, config }) => {
    const path = url
      .replace(/:(kind)\([^)]*\)/, 'projects')
      .replace(/:\w+/g, 'x')
      .replace('*', 'x')
    return [method]
      .flat()
      .map((verb) => ({ verb: verb as 'GET', url, path, access: config?.access }))
  })
}

test('every route asks for a token, but the few that are meant for everybody', async (t) => {
  const made = await testApp(t)
  const routes = await routesOf(t, made)
  assert.ok(routes.length > 20)
  const open = routes.filter(({ access }) => access === 'public')
  assert.deepEqual(open.map(({ verb, url }) => `${verb} ${url}`).toSorted(), PUBLIC_ROUTES)
  for (const { verb, path, access } of routes) {
    if (access === 'public') continue
    const answer = await made.app.inject({ method: verb, url: path })
    assert.equal(answer.statusCode, 401, `${verb} ${path}`)
  }
})

test('no route breaks inside, whatever it is asked', async (t) => {
  const made = await testApp(t)
  const authorization = `Bearer ${ADMIN_KEY}`
  const bodies = [undefined, '', '{}', '[]', 'null', '"x"', '{', '{"version":{},"entries":0}']
  for (const { verb, path } of await routesOf(t, made)) {
    if (path.endsWith('/events/watch')) continue
    for (const payload of verb === 'GET' ? [undefined] : bodies) {
      const headers = { authorization, 'content-type': 'application/json' }
      const body = payload === undefined ? {} : { payload }
      const answer = await made.app.inject({ method: verb, url: path, headers, ...body })
      assert.ok(answer.statusCode < 500, `${verb} ${path} ${payload}: ${answer.body}`)
    }
  }
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
