import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { testApp } from '../../../test/test-app.ts'

const DOCUMENT = new URL('../../../openapi.json', import.meta.url)

interface Described {
  readonly operationId: string
  readonly summary: string
  readonly responses: { readonly [status: string]: { readonly description: string } }
}
interface Document {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Described } }
  readonly components: { readonly schemas: { readonly [name: string]: unknown } }
}

test('the committed document is the one that the schemas give', async (t) => {
  const { app } = await testApp(t)
  const answer = await app.inject('/openapi.json')
  assert.equal(answer.statusCode, 200)
  const text = `${answer.body}\n`
  if (process.env.UPDATE_OPENAPI === '1') writeFileSync(DOCUMENT, text)
  const hint =
    'the contract changed. If so it shall be: UPDATE_OPENAPI=1 node --test openapi.test.ts'
  assert.ok(readFileSync(DOCUMENT, 'utf8') === text, hint)
})

test('every route is in the document, with what it answers and how it refuses', async (t) => {
  const { app } = await testApp(t)
  const document: Document = (await app.inject('/openapi.json')).json()
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  assert.deepEqual(new Set(described), routesOf(app.printRoutes({ commonPrefix: false })))
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
  const ids = operations.map((operation) => operation.operationId)
  assert.equal(new Set(ids).size, ids.length, 'two operations of one id')
  for (const { operationId, summary, responses } of operations) {
    assert.ok(summary.length > 5, operationId)
    const statuses = Object.keys(responses)
    assert.ok(statuses.includes('401') && statuses.includes('503'), operationId)
    assert.ok(
      statuses.some((status) => status.startsWith('2')),
      operationId,
    )
  }
})

test('every reference in the document leads somewhere', async (t) => {
  const { app } = await testApp(t)
  const answer = await app.inject('/openapi.json')
  const { components }: Document = answer.json()
  const names = answer.body.matchAll(/"#\/components\/schemas\/(\w+)"/g)
  const used = new Set(Array.from(names, ([, name = '']) => name))
  assert.ok(used.size > 20)
  for (const name of used) assert.ok(name in components.schemas, name)
})

test('docs/API.md names every route', async (t) => {
  const { app } = await testApp(t)
  const { paths }: Document = (await app.inject('/openapi.json')).json()
  const page = readFileSync(new URL('../../../../../docs/API.md', import.meta.url), 'utf8')
  for (const path of Object.keys(paths)) {
    const short = path
      .replace('/api/v1', '')
      .replace('/{kind}/{entity}/{owner}/collections/{collection}', '/{c}')
      .replace('/{kind}/{entity}/{owner}', '/{owner}')
    assert.ok(page.includes(`\`${short}\``) || page.includes(`\`${short}?`), short)
  }
})

/** `GET /api/v1/me` for each route of the API, out of the framework's own print of its tree. */
function routesOf(tree: string): Set<string> {
  const routes = new Set<string>()
  const path: string[] = []
  for (const line of tree.trimEnd().split('\n')) {
    const [, indent = '', part = '', methods = ''] =
      /^([│├└─ ]*)(.*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? []
    path.length = indent.length / 4 - 1
    path.push(part === '*' ? '/*' : part)
    const url = path.join('')
    if (!url.startsWith('/api/v1')) continue
    for (const method of methods.split(', '))
      if (method !== '' && method !== 'HEAD') routes.add(`${method} ${braces(url)}`)
  }
  return routes
}

function braces(url: string): string {
  return url.replace(/:(\w+)(\([^)]*\))?/g, '{$1}').replace(/\*$/, '{path}')
}
