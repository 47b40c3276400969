import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ADMIN_KEY, testApp, USER_KEY } from './test-app.ts'

test('an app in memory answers, by inject and over a real port', async (t) => {
  const { app, url, admin, user } = await testApp(t, { listen: true })
  assert.equal((await app.inject('/readyz')).statusCode, 200)
  assert.equal((await fetch(`${url}/readyz`)).status, 200)
  assert.deepEqual([admin.username, admin.admin], ['admin', true])
  assert.deepEqual([user.username, user.admin], ['ada', false])
  assert.notEqual(ADMIN_KEY, USER_KEY)
})

test('two deterministic apps are alike in every id and time', async (t) => {
  const events = await Promise.all(
    [1, 2].map(async () => {
      const { registry } = await testApp(t, { deterministic: true })
      return registry.metadata.read((tx) => tx.events.list({ after: 0, limit: 100 }))
    }),
  )
  assert.ok((events[0]?.length ?? 0) > 3)
  assert.deepEqual(events[0], events[1])
})
