import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { addVersion, collectionOf, entryOf, feedOf } from '../../../test/builders.ts'
import { type TestApp, testApp } from '../../../test/test-app.ts'
import { isRegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import { DEFAULT_STAGES } from '../model/stage.ts'
import type { MetadataStore, Registry } from '../registry.ts'
import { authenticate } from './authenticate.ts'
import { changeAliases } from './change-aliases.ts'
import { changeCollection } from './change-collection.ts'
import { changeOwner } from './change-owner.ts'
import { clearAlias } from './clear-alias.ts'
import { commitVersion } from './commit-version.ts'
import { createDraft } from './create-draft.ts'
import { createToken } from './create-token.ts'
import { createUser } from './create-user.ts'
import { deleteCollection } from './delete-collection.ts'
import { deleteOwner } from './delete-owner.ts'
import { deleteVersion } from './delete-version.ts'
import { linkVersion } from './link-version.ts'
import { once } from './once.ts'
import { promote } from './promote.ts'
import { receiveBlob } from './receive-blob.ts'
import { removeAlias } from './remove-alias.ts'
import { rollBack } from './roll-back.ts'
import { setAlias } from './set-alias.ts'
import { setStages } from './set-stages.ts'
import { unlinkVersion } from './unlink-version.ts'

/**
 * A collection whose production is protected and held by v1, before by v0, and a collection of
 * links of the same. `intruder` is an admin of both, but a grant denies them production.
 */
async function scene(t: TestContext) {
  const app = await testApp(t)
  const { registry, user } = app
  const collection = collectionOf(user)
  const links = collectionOf(user, 'links', 'served')
  const versions: string[] = []
  for (const text of ['first', 'second', 'third']) {
    const { version } = await addVersion(registry, user, { files: { 'a.bin': text } })
    versions.push(version.id)
    const link = { versionId: version.id, target: links, aliases: ['production'] }
    if (text !== 'third') {
      await promoteTo(registry, user, collection, versions.length - 1)
      await linkVersion(registry, user, link)
    }
  }
  const stages = DEFAULT_STAGES.map((stage) => ({
    ...stage,
    protected: stage.name === 'production',
  }))
  for (const { owner } of [collection, links]) await setStages(registry, user, { owner, stages })
  const intruder = await addIntruder(app, [collection, links])
  return { registry, theirs: registry, intruder, user, collection, links, versions }
}

/** An admin of the owners of these collections to whom their production is denied. */
async function addIntruder(
  { registry, admin }: TestApp,
  collections: readonly CollectionRef[],
): Promise<Actor> {
  const user = await createUser(registry, admin, { username: 'intruder', admin: false })
  const key = 'i'.repeat(40)
  await createToken(registry, admin, { username: 'intruder', name: 'test', key })
  await registry.metadata.transaction(async (tx) => {
    for (const { owner } of collections) {
      const { id } = (await tx.owners.find(owner.kind, owner.entityName, owner.name)) ?? { id: 0 }
      await tx.members.put({ kind: 'owner', id }, user.entityId, 'admin', registry.now())
      await tx.grants.insert({
        ...{ id: registry.newId(), ownerId: id, principalId: user.entityId, collection: '*' },
        ...{ alias: 'prod*', verb: 'promote', effect: 'deny', createdBy: 0, createdAt: 0 },
      })
    }
  })
  return authenticate(registry, key)
}

function storeOf({ metadata }: Registry): MetadataStore {
  return {
    read: (work) => metadata.read(work),
    transaction: (work) => metadata.transaction(work),
    dataVersion: () => metadata.dataVersion(),
    rightsVersion: () => metadata.rightsVersion(),
    stream: metadata.stream,
    close: () => metadata.close(),
  }
}

async function promoteTo(
  registry: Registry,
  actor: Actor,
  collection: ReturnType<typeof collectionOf>,
  index: number,
): Promise<void> {
  const selector = { kind: 'index', index } as const
  await promote(registry, actor, { collection, alias: 'production', selector })
}

type Scene = Awaited<ReturnType<typeof scene>>

/** A draft with bytes of its own, or of v0, that wants production. */
async function draftOf({ theirs, intruder, collection }: Scene, text: string): Promise<string> {
  const created = await createDraft(theirs, intruder, {
    collection,
    artifactType: 'model',
    makeProject: false,
    aliases: ['production'],
    entries: [entryOf('a.bin', text)],
  })
  assert.ok(created.kind === 'draft')
  const draftId = created.draft.id
  await receiveBlob(theirs, { draftId, expected: {}, feed: feedOf(text) })
  return draftId
}

const production = 'production'
const v0 = { kind: 'index', index: 0 } as const

const DOORS: readonly {
  readonly door: string
  readonly cause: string
  readonly open: (scene: Scene) => Promise<unknown>
}[] = [
  {
    door: 'promote',
    cause: 'promote',
    open: ({ theirs, intruder, collection }) =>
      promote(theirs, intruder, { collection, alias: production, selector: v0, reason: 'mine' }),
  },
  {
    door: 'promote, done once under a key',
    cause: 'promote',
    open: ({ theirs, intruder, collection }) =>
      promote(once(theirs, intruder, { key: 'k', asked: 'promote' }), intruder, {
        collection,
        alias: production,
        selector: v0,
      }),
  },
  {
    door: 'set',
    cause: 'set',
    open: ({ theirs, intruder, collection }) =>
      setAlias(theirs, intruder, {
        collection,
        alias: production,
        slots: [{ selector: v0, label: 'default', weight: 1 }],
      }),
  },
  {
    door: 'remove',
    cause: 'remove',
    open: ({ theirs, intruder, collection }) =>
      removeAlias(theirs, intruder, { collection, alias: production, index: 1 }),
  },
  {
    door: 'clear',
    cause: 'clear',
    open: ({ theirs, intruder, collection }) =>
      clearAlias(theirs, intruder, { collection, alias: production }),
  },
  {
    door: 'roll back',
    cause: 'rollback',
    open: ({ theirs, intruder, collection }) =>
      rollBack(theirs, intruder, { collection, alias: production }),
  },
  {
    door: 'save a list of aliases',
    cause: 'promote',
    open: ({ theirs, intruder, collection, versions: [versionId = ''] }) =>
      changeAliases(theirs, intruder, {
        collection,
        versionId,
        add: ['good', production],
        remove: [],
        mayNameLatest: true,
      }),
  },
  {
    door: 'commit',
    cause: 'commit',
    open: async (scene) =>
      commitVersion(scene.theirs, scene.intruder, { draftId: await draftOf(scene, 'fourth') }),
  },
  {
    door: 'commit of what is there',
    cause: 'commit',
    open: async (scene) =>
      commitVersion(scene.theirs, scene.intruder, { draftId: await draftOf(scene, 'first') }),
  },
  {
    door: 'draft of what is there',
    cause: 'commit',
    open: ({ theirs, intruder, collection }) =>
      createDraft(theirs, intruder, {
        collection,
        artifactType: 'model',
        makeProject: false,
        aliases: [production],
        entries: [entryOf('a.bin', 'first')],
        complete: true,
      }),
  },
  {
    door: 'link',
    cause: 'link',
    open: ({ theirs, intruder, links, versions: [, , versionId = ''] }) =>
      linkVersion(theirs, intruder, { versionId, target: links, aliases: [production] }),
  },
  {
    door: 'unlink',
    cause: 'delete',
    open: ({ theirs, intruder, links }) =>
      unlinkVersion(theirs, intruder, { collection: links, index: 1 }),
  },
  {
    door: 'rename a collection',
    cause: 'rename',
    open: ({ theirs, intruder, collection }) =>
      changeCollection(theirs, intruder, { collection, name: 'other' }),
  },
  {
    door: 'rename an owner',
    cause: 'rename',
    open: ({ theirs, intruder, collection: { owner } }) =>
      changeOwner(theirs, intruder, { owner, name: 'other' }),
  },
  {
    door: 'delete a version',
    cause: 'delete',
    open: ({ theirs, intruder, versions: [, versionId = ''] }) =>
      deleteVersion(theirs, intruder, { versionId, dropAliases: true }),
  },
  {
    door: 'delete a collection',
    cause: 'delete',
    open: ({ theirs, intruder, collection }) =>
      deleteCollection(theirs, intruder, { collection, dropAliases: true }),
  },
  {
    door: 'delete an owner',
    cause: 'delete',
    open: ({ theirs, intruder, collection: { owner } }) =>
      deleteOwner(theirs, intruder, { owner, dropAliases: true }),
  },
]

for (const { door, cause, open } of DOORS)
  test(`a refused attempt is a fact, and all that it leaves: ${door}`, async (t) => {
    const at = await scene(t)
    const { metadata } = at.registry
    const events = () => metadata.read(({ events }) => events.page({ after: 0, limit: 1_000 }))
    const before = (await events()).length
    const refused = open(at)
    await assert.rejects(refused, (error) => isRegistryError(error, 'alias_protected'))
    const after = (await events()).slice(before)
    assert.deepEqual(
      after.map(({ kind }) => kind),
      ['refusal.protected'],
    )
    const [fact = assert.fail()] = after
    const { alias, actorName, owner, collectionName } = fact
    assert.deepEqual([alias, actorName, owner?.entityName], [production, 'intruder', 'ada'])
    const payload = JSON.parse(fact.payload)
    assert.deepEqual([payload.cause, payload.collection], [cause, collectionName])
    if (door === 'promote') {
      const slot = { label: 'default', weight: 1 }
      assert.deepEqual(
        [payload.from, payload.to, payload.reason],
        [[{ ...slot, index: 1 }], [{ ...slot, index: 0 }], 'mine'],
      )
    }
    // The error that the caller gets says nothing of what is only for the stream.
    const error: unknown = await refused.catch((caught: unknown) => caught)
    assert.ok(isRegistryError(error))
    assert.deepEqual(Object.keys(error.details).sort(), ['alias', 'rules', 'whoMay'])
  })

test('no operation that may move a pointer has another transaction', () => {
  const folder = import.meta.dirname
  const steps = /\b(writePlan|adoptVersion|applyWishes|removeMembers|endVersions|endCollection)\(/
  const names = readdirSync(folder).filter((name) => /(?<!\.test)\.ts$/.test(name))
  const movers = names.filter((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
    return steps.test(text) && text.includes('metadata.transaction(')
  })
  assert.ok(names.length > 50)
  assert.deepEqual(movers, [], 'use changePointers: it records refused attempts')
})

test('an attempt that cannot be recorded is not answered as if it had been', async (t) => {
  const { registry, theirs, intruder, collection } = await scene(t)
  let works = 0
  const metadata: MetadataStore = {
    ...storeOf(registry),
    transaction: (work) => {
      works += 1
      if (works > 1) return Promise.reject(new Error('the database is away'))
      return theirs.metadata.transaction(work)
    },
  }
  const away: Registry = { ...registry, metadata }
  const call = promote(away, intruder, { collection, alias: production, selector: v0 })
  await assert.rejects(call, /the database is away/)
})

test('any other refusal leaves no fact', async (t) => {
  const { registry, user, collection } = await scene(t)
  const head = () => registry.metadata.read(({ events }) => events.head())
  const before = await head()
  const expect = { kind: 'vacant' } as const
  const selector = v0
  const call = promote(registry, user, { collection, alias: production, selector, expect })
  await assert.rejects(call, (error) => isRegistryError(error, 'generation_mismatch'))
  assert.deepEqual(await head(), before)
})
