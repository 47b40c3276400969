import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testApp } from '../../test/test-app.ts'
import { MemoryBlobStore } from '../blobs/memory.ts'
import { RegistryError } from '../core/errors.ts'

class FailingBlobStore extends MemoryBlobStore {
  away = false
  probes = 0

  override async probe(): Promise<void> {
    this.probes += 1
    if (this.away) throw new RegistryError('registry_unavailable', 'The folder is away.')
  }
}

/** The time that probes are kept by, in milliseconds, as the test lets it pass. */
function clockOf(t: TestContext): { now: number } {
  const clock = { now: 0 }
  t.mock.method(performance, 'now', () => clock.now)
  return clock
}

test('ready follows the stores, alive does not', async (t) => {
  const clock = clockOf(t)
  const blobs = new FailingBlobStore(() => 0)
  const { app } = await testApp(t, { blobs })
  const status = async (url: string) => (await app.inject(url)).statusCode
  assert.equal(await status('/readyz'), 200)
  blobs.away = true
  clock.now += 249
  assert.equal(await status('/readyz'), 200, 'not yet asked again')
  clock.now += 1
  const answer = await app.inject('/readyz')
  assert.equal(answer.statusCode, 503)
  assert.ok(Number(answer.headers['retry-after']) > 0)
  assert.equal(await status('/healthz'), 200)
  blobs.away = false
  clock.now += 250
  assert.equal(await status('/readyz'), 200)
})

test('many who ask at once cost one probe', async (t) => {
  clockOf(t)
  const blobs = new FailingBlobStore(() => 0)
  const { app } = await testApp(t, { blobs })
  await Promise.all(Array.from({ length: 50 }, () => app.inject('/readyz')))
  assert.equal(blobs.probes, 1)
})
