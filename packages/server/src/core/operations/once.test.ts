import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import { testApp } from '../../../test/test-app.ts'
import { openMetadataStore } from '../../metadata/open.ts'
import { createUser } from './create-user.ts'
import { listHistory } from './list-history.ts'
import { once } from './once.ts'
import { promote } from './promote.ts'
import { rollBack } from './roll-back.ts'

const dialects = [
  { name: 'SQLite', url: async () => 'sqlite::memory:', skip: false },
  { name: 'PostgreSQL', url: createTestDatabase, skip: skipPostgres },
]

for (const { name, url, skip } of dialects)
  describe(`once, on ${name}`, { skip }, () => {
    test('eight askings under one key roll back once and get the same answer', async (t) => {
      const metadata = await openMetadataStore({ url: await url() })
      t.after(() => metadata.close())
      const { registry, user } = await testApp(t, { metadata })
      const collection = collectionOf(user)
      for (const text of ['one', 'two', 'three'])
        await addVersion(registry, user, { files: { 'a.bin': text }, collection })
      for (const index of [0, 1, 2]) {
        const selector = { kind: 'index' as const, index }
        await promote(registry, user, { collection, alias: 'production', selector })
      }
      const call = { collection, alias: 'production' }
      const asked = JSON.stringify(call)
      const answers = await Promise.all(
        Array.from({ length: 8 }, () =>
          rollBack(once(registry, user, { key: 'k1', asked }), user, call),
        ),
      )
      for (const answer of answers) assert.deepEqual(answer, answers[0])
      assert.equal(answers[0]?.outcome.slots[0]?.index, 1)
      const page = { collection, alias: 'production', before: null, limit: 100 }
      const history = await listHistory(registry, user, page)
      assert.equal(history.page.items.length, 4)
    })

    test('the key with another body is refused, another key is another request', async (t) => {
      const metadata = await openMetadataStore({ url: await url() })
      t.after(() => metadata.close())
      const { registry, admin } = await testApp(t, { metadata })
      const make = (username: string, key: string) =>
        createUser(once(registry, admin, { key, asked: username }), admin, {
          username,
          admin: false,
        })
      const first = await make('grace', 'k1')
      assert.deepEqual(await make('grace', 'k1'), first)
      await assert.rejects(make('hopper', 'k1'), { code: 'idempotency_key_reused' })
      await assert.rejects(make('grace', 'k2'), { code: 'already_exists' })
      // A refusal keeps nothing: the same key may be right later.
      assert.equal((await make('hopper', 'k2')).username, 'hopper')
    })
  })

test('a key must have a sensible length', async (t) => {
  const { registry, admin } = await testApp(t)
  for (const key of ['', 'k'.repeat(201)])
    assert.throws(() => once(registry, admin, { key, asked: '' }), { code: 'request_invalid' })
})
