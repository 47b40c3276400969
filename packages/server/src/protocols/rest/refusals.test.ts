import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { collectionPath, entriesOf, logVersion, restClient } from '../../../test/rest-client.ts'
import { ADMIN_KEY, type TestApp, testApp, USER_KEY } from '../../../test/test-app.ts'
import { ERROR_CODES, type ErrorCode, RegistryError } from '../../core/errors.ts'
import { digestOf } from '../../core/model/digest.ts'
import { DEFAULT_STAGES, type Stage } from '../../core/model/stage.ts'
import { setStages } from '../../core/operations/set-stages.ts'
import type { MetadataStore } from '../../core/registry.ts'
import { STATUS_OF } from '../../http/problem.ts'
import { openMetadataStore } from '../../metadata/open.ts'

// The contract of errors, code by code: what provokes it, its status, and what it carries.

const PATH = collectionPath('classifier')

interface Refused {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly details: Readonly<Record<string, unknown>>
}
interface Case {
  readonly code: ErrorCode
  readonly status: number
  readonly provoke: (stage: Scene) => Promise<Refused>
  /** What `details` must be, or the keys that it must have. */
  readonly carries: object | readonly string[]
}

/** A collection of two versions: v0 was production and is staging, canary was emptied. */
interface Scene {
  readonly app: TestApp
  readonly ask: (method: string, path: string, body?: object, headers?: object) => Promise<Refused>
}

async function scene(app: TestApp): Promise<Scene> {
  const call = restClient(app, USER_KEY)
  for (const text of ['weights 0', 'weights 1']) await logVersion(app, call, PATH, { w: text })
  await call('PUT', `${PATH}/aliases/production`, { body: { version: 'v0' } })
  await call('PUT', `${PATH}/aliases/canary`, { body: { version: 'v1' } })
  await call('DELETE', `${PATH}/aliases/canary`)
  const ask: Scene['ask'] = async (method, path, body, headers = {}) =>
    (await call(method, path, { ...(body === undefined ? {} : { body }), headers: { ...headers } }))
      .json
  return { app, ask }
}

/** A link for five bytes that nobody has sent. */
async function uploadPath({ ask }: Scene): Promise<string> {
  const body = { type: 'model', entries: entriesOf({ x: 'right' }) }
  const draft = (await ask('POST', `${PATH}/versions`, body)) as unknown as {
    uploads: { url: string }[]
  }
  return new URL(draft.uploads[0]?.url ?? '').pathname
}

async function put({ app }: Scene, url: string, payload: string, headers = {}): Promise<Refused> {
  const answer = await app.app.inject({ method: 'PUT', url, payload, headers })
  return answer.json()
}

async function declare({ app }: Scene, change: (stage: Stage) => Stage): Promise<void> {
  const owner = { kind: 'project', entityName: 'ada', name: 'demo' } as const
  await setStages(app.registry, app.admin, { owner, stages: DEFAULT_STAGES.map(change) })
}

const CASES: readonly Case[] = [
  {
    code: 'alias_confusable',
    status: 422,
    provoke: ({ ask }) => ask('PUT', `${PATH}/aliases/PRODUCTION`, { version: 'v0' }),
    carries: { alias: 'PRODUCTION', stage: 'production' },
  },
  {
    code: 'alias_unknown',
    status: 404,
    provoke: ({ ask }) => ask('GET', `${PATH}/resolve/staging`),
    carries: { collection: 'classifier', alias: 'staging', aliases: ['latest', 'production'] },
  },
  {
    code: 'alias_vacant',
    status: 404,
    provoke: ({ ask }) => ask('GET', `${PATH}/resolve/canary`),
    carries: ['collection', 'alias', 'generation', 'lastBearers', 'emptiedAt', 'emptiedBy'],
  },
  {
    code: 'already_exists',
    status: 409,
    provoke: ({ ask }) =>
      ask('POST', '/projects/ada/demo/collections', { name: 'classifier', type: 'model' }),
    carries: { collection: 'classifier' },
  },
  {
    code: 'blob_missing',
    status: 422,
    provoke: async ({ ask }) => {
      const body = { type: 'model', entries: entriesOf({ x: 'nowhere' }) }
      const { id } = (await ask('POST', `${PATH}/versions`, body)) as unknown as { id: string }
      return ask('POST', `${PATH}/drafts/${id}/commit`)
    },
    carries: { missing: [digestOf('nowhere')] },
  },
  {
    code: 'capacity_exceeded',
    status: 422,
    provoke: ({ ask }) =>
      ask('PUT', `${PATH}/aliases/canary`, {
        slots: [
          { version: 'v0', label: 'a' },
          { version: 'v1', label: 'b' },
        ],
      }),
    carries: { alias: 'canary', capacity: 1 },
  },
  {
    code: 'collection_not_found',
    status: 404,
    provoke: ({ ask }) => ask('GET', `${collectionPath('clasifier')}/resolve/production`),
    carries: { collection: 'clasifier', near: ['classifier'] },
  },
  {
    code: 'cursor_invalid',
    status: 422,
    provoke: ({ ask }) => ask('GET', `${PATH}/history?cursor=WyJ4Il0`),
    carries: [],
  },
  {
    code: 'digest_mismatch',
    status: 422,
    provoke: async (scene) => put(scene, await uploadPath(scene), 'wrong'),
    carries: ['expected', 'actual'],
  },
  {
    code: 'draft_not_found',
    status: 404,
    provoke: ({ ask }) => ask('POST', `${PATH}/drafts/none/commit`),
    carries: { draft: 'none' },
  },
  {
    code: 'forbidden',
    status: 403,
    provoke: ({ ask }) => ask('GET', '/users'),
    carries: [],
  },
  {
    code: 'generation_mismatch',
    status: 412,
    provoke: ({ ask }) =>
      ask('PUT', `${PATH}/aliases/production`, { version: 'v1' }, { 'if-match': '"9"' }),
    carries: {
      alias: 'production',
      generation: 1,
      slots: [{ version: 'v0', label: 'default', weight: 1 }],
    },
  },
  {
    code: 'idempotency_key_reused',
    status: 422,
    provoke: async ({ ask }) => {
      const headers = { 'idempotency-key': 'k-1' }
      await ask('POST', '/projects', { name: 'one' }, headers)
      return ask('POST', '/projects', { name: 'two' }, headers)
    },
    carries: [],
  },
  {
    code: 'manifest_invalid',
    status: 422,
    provoke: ({ ask }) =>
      ask('POST', `${PATH}/versions`, { type: 'model', entries: [{ path: 'a' }] }),
    carries: { path: 'a' },
  },
  {
    code: 'name_invalid',
    status: 422,
    provoke: ({ ask }) => ask('PUT', `${PATH}/aliases/now@{1}`, { version: 'v0' }),
    carries: ['what', 'name', 'why'],
  },
  {
    code: 'not_found',
    status: 404,
    provoke: ({ ask }) => ask('GET', `${PATH}/versions/v0/files/nothing`),
    carries: { path: 'nothing' },
  },
  {
    code: 'owner_not_found',
    status: 404,
    provoke: ({ ask }) => ask('GET', collectionPath('classifier', 'ada', 'nowhere')),
    carries: { kind: 'project', entity: 'ada', name: 'nowhere' },
  },
  {
    code: 'promotion_refused',
    status: 422,
    provoke: async (scene) => {
      await declare(scene, (stage) =>
        stage.name === 'production' ? { ...stage, requires: ['staging'] } : stage,
      )
      return scene.ask('PUT', `${PATH}/aliases/production`, { version: 'v1' })
    },
    carries: ['alias', 'rules'],
  },
  {
    code: 'range_not_satisfiable',
    status: 416,
    provoke: ({ ask }) =>
      ask('GET', `${PATH}/versions/v0/files/w`, undefined, { range: 'bytes=99-' }),
    carries: { size: 9 },
  },
  {
    code: 'ref_invalid',
    status: 422,
    provoke: ({ ask }) => ask('GET', '/resolve?ref=classifier'),
    carries: { ref: 'classifier' },
  },
  {
    code: 'request_invalid',
    status: 400,
    provoke: ({ ask }) => ask('PUT', `${PATH}/aliases/production`, { versoin: 'v1' }),
    carries: [],
  },
  {
    code: 'rollback_target_missing',
    status: 409,
    provoke: ({ ask }) => ask('POST', `${PATH}/aliases/production/rollback`),
    carries: { alias: 'production', generation: 1, stack: [] },
  },
  {
    code: 'too_large',
    status: 413,
    provoke: ({ ask }) => ask('PATCH', `${PATH}/versions/v0`, { description: 'x'.repeat(1 << 20) }),
    carries: [],
  },
  {
    code: 'type_mismatch',
    status: 409,
    provoke: ({ ask }) => ask('POST', `${PATH}/versions`, { type: 'dataset' }),
    carries: { collection: 'classifier', type: 'model', asked: 'dataset' },
  },
  {
    code: 'unauthenticated',
    status: 401,
    provoke: async ({ app }) => (await app.app.inject('/api/v1/me')).json(),
    carries: [],
  },
  {
    code: 'upload_incomplete',
    status: 409,
    provoke: async (scene) =>
      put(scene, await uploadPath(scene), 'ht', { 'content-range': 'bytes 3-4/5' }),
    carries: [],
  },
  {
    code: 'version_deleted',
    status: 410,
    provoke: async (scene) => {
      await scene.ask('DELETE', `${PATH}/versions/v0?dropAliases=true`)
      return scene.ask('GET', `${PATH}/versions/v0`)
    },
    carries: ['collection', 'version', 'deletedAt', 'deletedBy'],
  },
  {
    code: 'version_in_use',
    status: 409,
    provoke: ({ ask }) => ask('DELETE', `${PATH}/versions/v0`),
    carries: { holders: ['ada/demo/classifier:production'], hidden: 0 },
  },
  {
    code: 'version_not_found',
    status: 404,
    provoke: ({ ask }) => ask('GET', `${PATH}/versions/v2/files`),
    carries: { collection: 'classifier', asked: 'v2', first: 0, last: 1 },
  },
  {
    code: 'version_quarantined',
    status: 423,
    provoke: async (scene) => {
      const body = { reason: 'opcode REDUCE' }
      await restClient(scene.app, ADMIN_KEY)('POST', `${PATH}/versions/v0/quarantine`, { body })
      return scene.ask('GET', `${PATH}/versions/production/files/w`)
    },
    carries: { collection: 'classifier', version: 'v0', reason: 'opcode REDUCE' },
  },
]

for (const { code, status, provoke, carries } of CASES)
  test(`${code} is ${status}`, async (t) => {
    const answer = await provoke(await scene(await testApp(t)))
    assert.deepEqual([answer.code, answer.status], [code, status], JSON.stringify(answer))
    assert.ok(answer.detail.length > 20, 'the message says what is wrong and how to mend it')
    if (Array.isArray(carries)) for (const key of carries) assert.ok(key in answer.details, key)
    else assert.deepEqual(answer.details, carries)
  })

/** Codes whose cause is the registry's own trouble: provoked by a store that has it. */
const TROUBLES: readonly [ErrorCode, number, Error][] = [
  ['registry_unavailable', 503, new RegistryError('registry_unavailable', 'The database is away.')],
  ['storage_full', 507, new RegistryError('storage_full', 'The disk is full.')],
  ['internal', 500, new Error('inner detail')],
]

for (const [code, status, error] of TROUBLES)
  test(`${code} is ${status}`, async (t) => {
    const healthy = await openMetadataStore({ url: 'sqlite::memory:' })
    t.after(() => healthy.close())
    let isBroken = false
    const metadata: MetadataStore = {
      read: (work) => (isBroken ? Promise.reject(error) : healthy.read(work)),
      transaction: (work) => healthy.transaction(work),
      dataVersion: () => healthy.dataVersion(),
      rightsVersion: () => healthy.rightsVersion(),
      stream: healthy.stream,
      close: () => healthy.close(),
    }
    const app = await testApp(t, { metadata, mayBreak: true })
    const call = restClient(app, ADMIN_KEY)
    assert.equal((await call('GET', '/me')).status, 200)
    isBroken = true
    const answer = await call('GET', '/me')
    assert.deepEqual([answer.json.code, answer.status], [code, status])
    assert.equal(answer.headers['retry-after'] !== undefined, status === 503)
    assert.ok(!JSON.stringify(answer.json).includes('inner detail'))
  })

const NOT_YET: Partial<Record<ErrorCode, string>> = {
  alias_protected: 'whoever may write may move what is protected, until grants come',
  rate_limited: 'nothing is limited by rate yet',
}

test('every code of the contract is provoked here, or cannot happen yet', () => {
  const provoked = [...CASES, ...TROUBLES.map(([code]) => ({ code }))].map(({ code }) => code)
  const all = [...provoked, ...(Object.keys(NOT_YET) as ErrorCode[])]
  assert.deepEqual(all.toSorted(), ERROR_CODES.toSorted())
})

test('docs/API.md names every code with its status', () => {
  const page = readFileSync(new URL('../../../../../docs/API.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z_]+)` \| (\d+) \|/gm)]
  const documented = rows.map(([, code, status]) => [code, Number(status)])
  assert.deepEqual(Object.fromEntries(documented), STATUS_OF)
})
