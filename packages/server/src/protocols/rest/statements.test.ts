import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { countStatements } from '../../../test/count-statements.ts'
import {
  collectionPath,
  logVersion,
  type RestClient,
  restClient,
} from '../../../test/rest-client.ts'
import { testApp, USER_KEY } from '../../../test/test-app.ts'

/** A project with `count` collections, and one collection with so many versions and aliases. */
async function filled(t: TestContext, count: number): Promise<RestClient> {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  const path = collectionPath('big')
  for (let at = 0; at < count; at++) {
    const body = { name: `c${at}`, type: 'model' }
    await call('POST', '/projects/ada/demo/collections', { body })
    const files = Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, `${at}`]))
    await logVersion(app, call, path, files, { aliases: [`alias-${at}`] })
  }
  return call
}

/** Routes that answer with many, and those whose answer lies beside many. */
const PATHS = [
  '/projects/ada/demo/collections',
  `${collectionPath('big')}/versions`,
  `${collectionPath('big')}/versions/latest`,
  `${collectionPath('big')}/versions/latest/files`,
  `${collectionPath('big')}/aliases`,
  `${collectionPath('big')}/aliases/latest`,
  `${collectionPath('big')}/history`,
  `${collectionPath('big')}/resolve/latest`,
  '/projects',
  '/projects/ada/demo/stages',
  '/projects/ada/demo/stages/history',
  '/projects/ada/demo/runs',
  '/projects/ada/demo/collections?contains=c&stage=latest&createdBy=ada',
  `${collectionPath('big')}/versions?filter=createdBy:eq:ada&sort=-createdAt`,
  `${collectionPath('big')}/versions?filter=alias:eq:latest`,
  `${collectionPath('big')}/compare?base=v0&head=latest`,
  `${collectionPath('big')}/aliases/latest/holders`,
]

test('a request runs as many statements beside 24 things as beside 3', async (t) => {
  const counts: Record<string, number[]> = {}
  for (const size of [3, 24]) {
    const call = await filled(t, size)
    const statements = countStatements(t)
    for (const path of PATHS) {
      statements.length = 0
      assert.equal((await call('GET', path)).status, 200)
      counts[path] = [...(counts[path] ?? []), statements.length]
    }
    t.mock.restoreAll()
  }
  for (const [path, [few, many]] of Object.entries(counts)) {
    assert.ok(few !== undefined && few > 0, path)
    assert.equal(many, few, path)
    // A comparison finds two versions.
    assert.ok(few <= (path.includes('/compare') ? 16 : 12), `${path}: ${few} statements`)
  }
})

test('a kept answer asks the database only whether anything changed', async (t) => {
  const call = await filled(t, 2)
  const path = `${collectionPath('big')}/resolve/latest`
  await call('GET', path)
  const statements = countStatements(t)
  await call('GET', path)
  assert.ok(statements.length <= 1, statements.join('\n'))
})
