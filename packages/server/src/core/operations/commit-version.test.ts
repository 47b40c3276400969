import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addVersion, collectionOf, entryOf, feedOf } from '../../../test/builders.ts'
import { countStatements } from '../../../test/count-statements.ts'
import { testApp } from '../../../test/test-app.ts'
import { MAX_ENTRIES_PER_MANIFEST, MAX_ENTRIES_PER_STAGE } from '../limits.ts'
import { abandonDraft } from './abandon-draft.ts'
import { commitVersion } from './commit-version.ts'
import { createDraft } from './create-draft.ts'
import { createDraftManifest } from './create-draft-manifest.ts'
import { deleteOwner } from './delete-owner.ts'
import { putDraftEntries } from './put-draft-entries.ts'
import { receiveBlob } from './receive-blob.ts'
import { receiveDraftManifest } from './receive-draft-manifest.ts'

test('what equal content brings with it is an event, and bounded', async (t) => {
  const { registry, user } = await testApp(t)
  await addVersion(registry, user, { files: { a: '1' } })
  const head = () => registry.metadata.read(async ({ events }) => (await events.head()).revision)
  const again = (tags: readonly string[]) =>
    createDraft(registry, user, {
      collection: collectionOf(user),
      artifactType: 'model',
      makeProject: false,
      tags,
      entries: [entryOf('a', '1')],
      complete: true,
    })
  const before = await head()
  const tagged = await again(['good'])
  assert.ok(tagged.kind === 'version' && !tagged.created)
  const { id, tags, revision } = tagged.version
  assert.deepEqual([tags, revision], [['good'], 2])
  const facts = await registry.metadata.read(({ events }) =>
    events.page({ after: before, limit: 10 }),
  )
  assert.deepEqual(
    facts.map(({ kind, payload, actorName }) => [kind, JSON.parse(payload), actorName]),
    [['version.changed', { version: id, index: 0, revision: 2 }, 'ada']],
  )
  await again(['good'])
  assert.equal(await head(), before + 1, 'what changes nothing is no event')
  const many = Array.from({ length: 100 }, (_, at) => `tag-${at}`)
  await assert.rejects(again(many), { code: 'too_large' })
})

test('nothing is committed to a project that has ended', async (t) => {
  const { registry, user } = await testApp(t)
  const collection = collectionOf(user)
  const created = await createDraft(registry, user, {
    collection,
    artifactType: 'model',
    makeProject: true,
    entries: [entryOf('a', '1')],
  })
  assert.ok(created.kind === 'draft')
  const draftId = created.draft.id
  await receiveBlob(registry, { draftId, expected: {}, feed: feedOf('1') })
  await deleteOwner(registry, user, { owner: collection.owner, dropAliases: false })
  const commit = commitVersion(registry, user, { draftId })
  await assert.rejects(commit, { code: 'owner_not_found' })
})

test('a large commit lets others go between the pages of its digest', async (t) => {
  const { registry, user } = await testApp(t)
  const created = await createDraft(registry, user, {
    collection: collectionOf(user),
    artifactType: 'model',
    makeProject: true,
    entries: Array.from({ length: 4_000 }, (_, at) => ({
      ...{ path: `f${at}`, digest: null, size: 1, reference: `s3://bucket/${at}` },
      ...{ clientDigest: null, extra: null },
    })),
  })
  assert.ok(created.kind === 'draft')
  let [readsInTurn, mostInTurn] = [0, 0]
  const { read } = registry.metadata
  t.mock.method(registry.metadata, 'read', (work: Parameters<typeof read>[0]) => {
    if (readsInTurn === 0) setImmediate(() => (readsInTurn = 0))
    readsInTurn += 1
    mostInTurn = Math.max(mostInTurn, readsInTurn)
    return read.call(registry.metadata, work)
  })
  const { version } = await commitVersion(registry, user, { draftId: created.draft.id })
  assert.equal(version.fileCount, 4_000)
  // The draft, its revision and the first page.
  assert.ok(mostInTurn <= 3, `${mostInTurn} reads in one turn of the event loop`)
})

test('entries are counted only where they could be too many', async (t) => {
  const { registry, user } = await testApp(t)
  const collection = collectionOf(user)
  const created = await createDraft(registry, user, {
    ...{ collection, artifactType: 'model', makeProject: true },
  })
  assert.ok(created.kind === 'draft')
  const draftId = created.draft.id
  const seen = countStatements(t)
  const put = () => putDraftEntries(registry, user, { draftId, entries: [entryOf('a', '1')] })
  const counts = () => seen.filter((sql) => /count\(.*"manifest_entry"/.test(sql)).length
  await put()
  assert.equal(counts(), 0)
  const entriesRevision = MAX_ENTRIES_PER_MANIFEST / MAX_ENTRIES_PER_STAGE
  await registry.metadata.transaction(async ({ drafts }) => {
    const draft = await drafts.lock(draftId)
    if (draft !== undefined) await drafts.update({ ...draft, entriesRevision })
  })
  await put()
  assert.equal(counts(), 1)
})

test('a manifest file that comes while its draft is given up is refused', async (t) => {
  const { registry, user } = await testApp(t)
  const created = await createDraft(registry, user, {
    ...{ collection: collectionOf(user), artifactType: 'model', makeProject: true },
  })
  assert.ok(created.kind === 'draft')
  const draftId = created.draft.id
  const announced = { draftId, kind: 'full', baseVersionId: null, clientDigest: null } as const
  const { id } = await createDraftManifest(registry, user, announced)
  const received = receiveDraftManifest(registry, {
    manifestId: id,
    feed: async (stage) => {
      await abandonDraft(registry, user, { draftId })
      return feedOf('{}')(stage)
    },
  })
  await assert.rejects(received, { code: 'draft_not_found' })
})
