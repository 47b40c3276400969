import assert from 'node:assert/strict'
import { it } from 'node:test'
import { MAX_ENTRIES_PER_STAGE } from '../limits.ts'
import type { ManifestEntry } from '../model/manifest.ts'
import type { DraftManifest } from '../model/version.ts'
import {
  type Context,
  collectionOf,
  draftOf,
  fileEntry,
  freshId,
  insertBlob,
  insertProject,
  insertRun,
  insertVersion,
  md5Of,
  rejectsWith,
  TIME,
} from './metadata-store-fixture.conformance.ts'

export function testContent(context: Context): void {
  testManifests(context)
  testMissingBlobs(context)
  testBlobs(context)
  testDrafts(context)
  testDraftManifests(context)
}

function testManifests({ store }: Context): void {
  it('entries come back as they were put, in order of their paths’ bytes', async () => {
    const versionId = freshId('draft')
    const entries: readonly ManifestEntry[] = [
      fileEntry('Ａ/weights', { clientDigest: 'md5==', extra: '{"birthArtifactID":"x"}' }),
      fileEntry('a', { size: 0 }),
      reference('b', { size: 12, clientDigest: 'etag' }),
      reference('c'),
      fileEntry('😀'),
    ]
    await store().transaction((tx) => tx.manifests.put(versionId, entries))
    const inOrder = [1, 2, 3, 0, 4].map((at) => entries[at])
    await store().read(async ({ manifests }) => {
      const list = (after: string, limit: number) => manifests.list({ versionId, after, limit })
      assert.deepEqual(await list('', 9), inOrder)
      assert.deepEqual(await list('a', 2), inOrder.slice(1, 3))
      assert.equal(await manifests.count(versionId), 5)
      assert.deepEqual(await manifests.find(versionId, 'b'), entries[2])
      assert.equal(await manifests.find(versionId, 'B'), undefined)
      const many = await manifests.findMany(versionId, ['c', 'none', 'a'])
      assert.deepEqual(new Set(many), new Set([entries[1], entries[3]]))
    })
  })

  it('an entry of the same path is replaced, twins within one call too', async () => {
    const versionId = freshId('draft')
    await store().transaction(async ({ manifests }) => {
      await manifests.put(versionId, [fileEntry('a'), fileEntry('b')])
      await manifests.put(versionId, [fileEntry('a', { size: 1 }), reference('a', { size: 2 })])
      await manifests.put(versionId, [])
    })
    const find = () => store().read((tx) => tx.manifests.find(versionId, 'a'))
    assert.deepEqual(await find(), reference('a', { size: 2 }))
    assert.equal(await store().read((tx) => tx.manifests.count(versionId)), 2)
    await store().transaction((tx) => tx.manifests.remove(versionId))
    assert.equal(await store().read((tx) => tx.manifests.count(versionId)), 0)
  })

  it('the first entry of a client digest is found, however long that is', async () => {
    const versionId = freshId('draft')
    const uri = `s3://bucket/${'é'.repeat(4000)}`
    const entries = [
      fileEntry('b', { clientDigest: 'md5==' }),
      fileEntry('a', { clientDigest: 'md5==' }),
      reference('c', { clientDigest: `${uri}1` }),
      reference('d', { clientDigest: `${uri}2` }),
    ]
    await store().transaction((tx) => tx.manifests.put(versionId, entries))
    const find = async (digest: string) => {
      const found = await store().read((tx) => tx.manifests.findByClientDigest(versionId, digest))
      return found?.path
    }
    assert.deepEqual(await Promise.all(['md5==', `${uri}2`, uri, 'none'].map(find)), [
      'a',
      'd',
      undefined,
      undefined,
    ])
  })

  it('an entry is found by its bytes, within one version', async () => {
    const [versionId, other] = [freshId('draft'), freshId('draft')]
    const entry = fileEntry('a')
    await store().transaction((tx) => tx.manifests.put(versionId, [entry, reference('b')]))
    const find = (id: string) =>
      store().read((tx) => tx.manifests.findByDigest(id, entry.digest ?? assert.fail()))
    assert.deepEqual(await find(versionId), entry)
    assert.equal(await find(other), undefined)
  })

  it('a full stage is put at once, a larger one refused', async () => {
    const versionId = freshId('draft')
    const entries = Array.from({ length: MAX_ENTRIES_PER_STAGE }, (_, at) => fileEntry(`f${at}`))
    await store().transaction((tx) => tx.manifests.put(versionId, entries))
    const count = await store().read((tx) => tx.manifests.count(versionId))
    assert.equal(count, MAX_ENTRIES_PER_STAGE)
    const larger = [...entries, fileEntry('one more')]
    await assert.rejects(store().transaction((tx) => tx.manifests.put(versionId, larger)))
  })
}

function reference(
  path: string,
  rest: { readonly size?: number; readonly clientDigest?: string } = {},
): ManifestEntry {
  const uri = `s3://bucket/${path}`
  const { size = null, clientDigest = null } = rest
  return { path, digest: null, size, reference: uri, clientDigest, extra: null }
}

function testMissingBlobs({ store }: Context): void {
  it('blobs count as missing until the entity holds them', async () => {
    const { entityId } = await store().transaction(insertProject)
    const { entityId: otherId } = await store().transaction(insertProject)
    const versionId = freshId('draft')
    const prefix = freshId('content')
    const digests = await store().transaction(async (tx) => {
      const held = await insertBlob(tx, `${prefix}held`)
      const others = await insertBlob(tx, `${prefix}others`)
      const unheld = await insertBlob(tx, `${prefix}unheld`)
      const absent = fileEntry(`${prefix}absent`).digest
      await tx.blobs.hold(entityId, versionId, [held])
      await tx.blobs.hold(otherId, freshId('draft'), [others])
      await tx.manifests.put(
        versionId,
        [held, others, unheld, absent, absent].map((digest, at) =>
          fileEntry(`${at}`, { digest, size: at === 4 ? 3 : at }),
        ),
      )
      await tx.manifests.put(versionId, [reference('r')])
      return { held, others, unheld, absent }
    })
    const examined = [
      { digest: digests.held, size: 0, isMissing: false },
      { digest: digests.others, size: 1, isMissing: true },
      { digest: digests.unheld, size: 2, isMissing: true },
      { digest: digests.absent, size: 3, isMissing: true },
    ].toSorted((a, b) => (a.digest < b.digest ? -1 : 1))
    const page = { versionId, entityId, after: '', limit: 9 }
    await store().read(async ({ manifests }) => {
      assert.deepEqual(await manifests.examineBlobs(page), examined)
      assert.deepEqual(await manifests.examineBlobs({ ...page, limit: 2 }), examined.slice(0, 2))
      const after = examined[0]?.digest ?? ''
      assert.deepEqual(await manifests.examineBlobs({ ...page, after }), examined.slice(1))
    })
    // What the entity holds is there for this draft only once it was sent for it.
    const unproven = () =>
      store().read((tx) => tx.manifests.examineBlobs({ ...page, isProven: true }))
    assert.deepEqual(
      await unproven(),
      examined.map((row) => ({ ...row, isMissing: true })),
    )
    await store().transaction((tx) => tx.blobs.recordUploads(versionId, [digests.held]))
    assert.deepEqual(await unproven(), examined)
  })
}

function testBlobs({ store }: Context): void {
  it('a blob is inserted once and comes back with its bytes', async () => {
    const content = freshId('content')
    const digest = await store().transaction((tx) => insertBlob(tx, content))
    await store().transaction((tx) => insertBlob(tx, content))
    assert.deepEqual(await store().read((tx) => tx.blobs.find(digest)), {
      digest,
      size: content.length,
      checks: new Uint8Array([0, 255, 1, 128]),
      md5: md5Of(content),
    })
    const none = fileEntry(freshId('none')).digest
    assert.equal(await store().read((tx) => tx.blobs.find(none)), undefined)
  })

  it('held blobs are found within a scope, by digest and by MD5, each once', async () => {
    const [one, two] = await store().transaction(async (tx) => [
      (await insertProject(tx)).entityId,
      (await insertProject(tx)).entityId,
    ])
    assert(one !== undefined && two !== undefined)
    const [content, loose] = [freshId('content'), freshId('content')]
    const draft = freshId('draft')
    const [digest, unheld] = await store().transaction(async (tx) => {
      const held = await insertBlob(tx, content)
      const unheld = await insertBlob(tx, loose)
      await tx.blobs.hold(one, draft, [held])
      await tx.blobs.hold(one, 'a later draft', [held])
      return [held, unheld]
    })
    assert(digest !== undefined && unheld !== undefined)
    const md5s = [md5Of(content), md5Of(loose)]
    const held = { digest, size: content.length, md5: md5Of(content), versionId: draft }
    const find = (scope: readonly number[] | 'all') =>
      store().read(async ({ blobs }) => {
        const found = await blobs.findHeld(scope, [digest, unheld])
        assert.deepEqual(await blobs.findHeldByMd5(scope, md5s), found)
        return found
      })
    assert.deepEqual(await find([one]), [held])
    assert.deepEqual(await find([two]), [])
    assert.deepEqual(await find([]), [])
    assert.deepEqual(await find('all'), [held])
    await store().transaction((tx) => tx.blobs.hold(two, 'draft of two', [digest]))
    assert.deepEqual(await find([two]), [{ ...held, versionId: 'draft of two' }])
    assert.equal((await find([one, two])).length, 1)
    assert.equal((await find('all')).length, 1)
  })

  it('what was uploaded for a draft is found by MD5, for that draft alone', async () => {
    const content = freshId('content')
    const [draft, other] = await store().transaction(async (tx) => {
      const { id } = await insertProject(tx)
      const drafts = [draftOf(id), draftOf(id)]
      for (const each of drafts) await tx.drafts.insert(each)
      return drafts.map((each) => each.id)
    })
    assert(draft !== undefined && other !== undefined)
    const digest = await store().transaction(async (tx) => {
      const digest = await insertBlob(tx, content)
      await tx.blobs.recordUploads(draft, [digest])
      await tx.blobs.recordUploads(draft, [digest])
      return digest
    })
    const md5 = md5Of(content)
    const found = await store().read((tx) => tx.blobs.findUploaded(draft, [md5, 'none']))
    assert.deepEqual(found, [{ digest, size: content.length, md5, versionId: draft }])
    assert.deepEqual(await store().read((tx) => tx.blobs.findUploaded(other, [md5])), [])
  })
}

function testDrafts({ store }: Context): void {
  it('a draft comes back whole, by id and by its maker’s key', async () => {
    const draft = await store().transaction(async (tx) => {
      const { id } = await insertProject(tx)
      const draft = draftOf(id, {
        clientKey: freshId('key'),
        clientDigest: { kind: 'wandb', value: 'abc' },
        baseVersionId: 'base',
        distributedKey: 'shared',
        aliases: ['best', 'é'],
        tags: ['t'],
        metadata: '{"a":1}',
        description: 'd',
        ttlSeconds: 5,
        historyStep: 6,
        runId: (await insertRun(tx, id)).id,
      })
      await tx.drafts.insert(draft)
      return draft
    })
    const { ownerId, createdBy, clientKey } = draft
    await store().read(async ({ drafts }) => {
      assert.deepEqual(await drafts.findById(draft.id), draft)
      assert.deepEqual(await drafts.findByClientKey(createdBy, clientKey ?? ''), draft)
      assert.equal(await drafts.findByClientKey(createdBy + 1, clientKey ?? ''), undefined)
      assert.deepEqual(await drafts.findDistributed(ownerId, 'c', 'shared'), draft)
      assert.equal(await drafts.findDistributed(ownerId, 'd', 'shared'), undefined)
    })
    const twin = draftOf(ownerId, { clientKey })
    await rejectsWith(
      store().transaction((tx) => tx.drafts.insert(twin)),
      'already_exists',
    )
    const another = draftOf(ownerId, { clientKey, createdBy: createdBy + 1 })
    await store().transaction((tx) => tx.drafts.insert(another))
  })

  it('update writes what can change; only an open draft is shared', async () => {
    const { id: ownerId } = await store().transaction(insertProject)
    const draft = draftOf(ownerId, { clientKey: freshId('key'), distributedKey: 'shared' })
    await store().transaction((tx) => tx.drafts.insert(draft))
    const changes = {
      aliases: ['a'],
      metadata: '{"b":2}',
      state: 'committed',
      versionId: 'v',
      collectionId: 'c',
      index: 3,
      entriesRevision: 8,
      expiresAt: TIME + 5,
    } as const
    const fixed = { collectionName: 'other', createdBy: 9, clientKey: 'other' }
    await store().transaction(async (tx) => {
      assert.deepEqual(await tx.drafts.lock(draft.id), draft)
      await tx.drafts.update({ ...draft, ...fixed, ...changes })
    })
    const found = await store().read(async ({ drafts }) => [
      await drafts.findById(draft.id),
      await drafts.findDistributed(ownerId, 'c', 'shared'),
    ])
    assert.deepEqual(found, [{ ...draft, ...changes }, undefined])
    const next = draftOf(ownerId, { distributedKey: 'shared' })
    await store().transaction((tx) => tx.drafts.insert(next))
  })

  it('remove drops a draft’s rows, but never the entries of a version', async () => {
    const [draft, committed] = await store().transaction(async (tx) => {
      const { id: ownerId } = await insertProject(tx)
      const drafts = [draftOf(ownerId), draftOf(ownerId)] as const
      for (const each of drafts) {
        await tx.drafts.insert(each)
        await tx.manifests.put(each.id, [fileEntry('a')])
        await tx.drafts.putManifest(manifestOf(each.id))
        await tx.blobs.recordUploads(each.id, [await insertBlob(tx, freshId('content'))])
      }
      const collection = collectionOf(ownerId)
      await tx.collections.insert(collection)
      await insertVersion(tx, collection.id, 0, { id: drafts[1].id })
      return drafts
    })
    await store().transaction(async (tx) => {
      await tx.drafts.remove(draft.id)
      await tx.drafts.remove(committed.id)
      await tx.drafts.remove('none')
    })
    await store().read(async ({ drafts, manifests }) => {
      assert.equal(await drafts.findById(draft.id), undefined)
      assert.deepEqual(await drafts.listManifests(draft.id), [])
      assert.equal(await manifests.count(draft.id), 0)
      assert.equal(await manifests.count(committed.id), 1)
    })
  })
}

function manifestOf(draftId: string, rest: Partial<DraftManifest> = {}): DraftManifest {
  const empty = { baseVersionId: null, clientDigest: null, fileDigest: null }
  return { id: freshId('manifest'), draftId, kind: 'full', ...empty, createdAt: TIME, ...rest }
}

function testDraftManifests({ store }: Context): void {
  it('a draft’s manifests are listed oldest first, and put anew when they arrive', async () => {
    const { draft, digest } = await store().transaction(async (tx) => {
      const draft = draftOf((await insertProject(tx)).id)
      await tx.drafts.insert(draft)
      return { draft, digest: await insertBlob(tx, freshId('content')) }
    })
    const newer = manifestOf(draft.id, { kind: 'patch', createdAt: TIME + 1 })
    const older = manifestOf(draft.id, { clientDigest: 'md5==', baseVersionId: 'base' })
    const arrived = { ...older, fileDigest: digest }
    await store().transaction(async ({ drafts }) => {
      await drafts.putManifest(newer)
      await drafts.putManifest(older)
      await drafts.putManifest(arrived)
    })
    await store().read(async ({ drafts }) => {
      assert.deepEqual(await drafts.listManifests(draft.id), [arrived, newer])
      assert.deepEqual(await drafts.findManifest(older.id), arrived)
      assert.equal(await drafts.findManifest('none'), undefined)
    })
  })
}
