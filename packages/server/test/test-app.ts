import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { createApp } from '../src/app.ts'
import { MemoryBlobStore } from '../src/blobs/memory.ts'
import type { Actor } from '../src/core/model/actor.ts'
import { authenticate } from '../src/core/operations/authenticate.ts'
import { bootstrapRegistry } from '../src/core/operations/bootstrap-registry.ts'
import { createToken } from '../src/core/operations/create-token.ts'
import { createUser } from '../src/core/operations/create-user.ts'
import type { BlobStore, MetadataStore, Registry } from '../src/core/registry.ts'
import type { AppContext } from '../src/http/context.ts'
import { createLog } from '../src/http/log.ts'
import { RESERVED_NAMES } from '../src/http/reserved-names.ts'
import { drain } from '../src/http/server.ts'
import { openMetadataStore } from '../src/metadata/open.ts'
import { createNewId } from '../src/new-id.ts'
import { argon2Passwords } from '../src/passwords/argon2.ts'

/** The key of `admin` in every test. */
export const ADMIN_KEY = 'a'.repeat(40)
/** The key of the plain user `ada`. */
export const USER_KEY = 'u'.repeat(40)

export interface TestAppOptions {
  /** Given stores are the caller's to close; without them both are in memory. */
  readonly metadata?: MetadataStore
  readonly blobs?: BlobStore
  /** A clock that ticks once a question, ids and randomness from a counter: every run is alike. */
  readonly deterministic?: boolean
  /** Listens on a free port, for clients that need a real one. */
  readonly listen?: boolean
  /** For tests that break something on purpose: `internal` in the log does not fail them. */
  readonly mayBreak?: boolean
  /** Where a built page lies; without it there is none. */
  readonly pageFolder?: string
  /** Of one token; no limit without it. */
  readonly requestsPerMinute?: number
}

export interface TestApp {
  readonly app: FastifyInstance
  readonly registry: Registry
  readonly context: AppContext
  /** The user `admin`, an administrator. */
  readonly admin: Actor
  /** The user `ada`, who is none. */
  readonly user: Actor
  /** Where it listens. */
  readonly url: string
  /** What was logged, a line an element. */
  readonly log: readonly string[]
}

/**
 * A whole registry as one app, closed when the test ends. A test that leaves a connection or a
 * server open, or at whose end an answer broke inside (`internal` in the log), fails.
 */
export async function testApp(t: TestContext, options: TestAppOptions = {}): Promise<TestApp> {
  const openBefore = openHandles()
  const sources = options.deterministic === true ? countedSources() : realSources()
  const metadata = options.metadata ?? (await openMetadataStore({ url: 'sqlite::memory:' }))
  const blobs = options.blobs ?? new MemoryBlobStore(sources.now)
  const registry: Registry = {
    ...{ metadata, blobs, passwords: argon2Passwords() },
    ...sources,
    reservedNames: RESERVED_NAMES,
  }
  const { linkKey } = await bootstrapRegistry(registry, { adminKey: ADMIN_KEY })
  const admin = await authenticate(registry, ADMIN_KEY)
  const user = await addUser(registry, admin)
  const log: string[] = []
  const config = {
    ...{ host: '127.0.0.1', port: 0, publicUrl: null, allowedHosts: ['models.example.com'] },
    requestsPerMinute: options.requestsPerMinute ?? 0,
    trustedProxies: [],
  }
  const { app, context } = await createApp(registry, {
    config,
    linkKey,
    pageFolder: options.pageFolder ?? null,
    log: await createLog(
      { level: 'info', format: 'json' },
      { write: (line) => void log.push(line) },
    ),
  })
  t.after(async () => {
    await drain(app, 1_000)
    if (options.metadata === undefined) await metadata.close()
    if (options.blobs === undefined) await blobs.close()
    await assertClosed(openBefore)
    const broken = log.filter((line) => JSON.parse(line).level >= 50)
    if (options.mayBreak !== true)
      assert.deepEqual(broken, [], 'an answer broke inside the registry')
  })
  if (options.listen === true) await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, registry, context, admin, user, url: context.publicUrl, log }
}

/** The user `ada`, unless given stores know her from an earlier app. */
async function addUser(registry: Registry, admin: Actor): Promise<Actor> {
  const known = await registry.metadata.read((tx) => tx.users.find('ada'))
  if (known === undefined) {
    await createUser(registry, admin, { username: 'ada', admin: false })
    await createToken(registry, admin, { username: 'ada', name: 'test', key: USER_KEY })
  }
  return authenticate(registry, USER_KEY)
}

type Sources = Pick<Registry, 'now' | 'newId' | 'randomHex'>

function realSources(): Sources {
  const now = () => Date.now() * 1000
  const randomHex = (bytes: number) => randomBytes(bytes).toString('hex')
  return { now, randomHex, newId: createNewId(now, randomHex) }
}

function countedSources(): Sources {
  let time = Date.UTC(2026, 0, 1) * 1000
  let draws = 0
  const now = () => {
    time += 1000
    return time
  }
  const randomHex = (bytes: number) => {
    draws += 1
    return createHash('shake256', { outputLength: bytes }).update(String(draws)).digest('hex')
  }
  return { now, randomHex, newId: createNewId(now, randomHex) }
}

/** How many servers and connections this process holds. */
function openHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|Pipe)\w*Wrap$/.test(name)).length
}

/** Connections end a moment after they were told to. */
async function assertClosed(before: number): Promise<void> {
  for (let tries = 0; openHandles() > before && tries < 2_000; tries += 1) await sleep(10)
  assert.ok(openHandles() <= before, 'a server or a connection was left open')
}
