import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { ContentDigest } from '../model/digest.ts'
import type { Tx } from './metadata-store.ts'
import {
  aliasOf,
  type Context,
  draftOf,
  fileEntry,
  freshId,
  insertBlob,
  insertCollection,
  insertProject,
  insertRun,
  insertVersion,
  pointerEventOf,
  slot,
  TIME,
} from './metadata-store-fixture.conformance.ts'

const LATER = TIME + 1_000_000

/** What garbage collection and `verify` ask. */
export function testUpkeep(context: Context): void {
  const { store } = context
  testDiscards(context)
  testGarbage(context)
  testAudit(context)

  it('a lease has one holder until its time is over', async () => {
    const name = freshId('lease')
    const take = (holder: string, now: number) =>
      store().transaction((tx) => tx.leases.take({ name, holder, now, until: now + 10 }))
    assert.equal(await take('a', 0), true)
    assert.equal(await take('b', 9), false)
    assert.equal(await take('a', 9), true, 'its holder prolongs it')
    assert.equal(await take('b', 18), false)
    assert.equal(await take('b', 19), true, 'it ran out')
    await store().transaction((tx) => tx.leases.release(name, 'a'))
    assert.equal(await take('a', 20), false, 'nobody gives back what another holds')
    await store().transaction((tx) => tx.leases.release(name, 'b'))
    assert.equal(await take('a', 20), true)
  })
}

function testDiscards({ store }: Context): void {
  it('discarded content goes in steps, whatever it is', async () => {
    const id = freshId('version')
    const digests = await store().transaction(async (tx) => {
      await tx.manifests.put(
        id,
        ['a', 'b', 'c'].map((path) => fileEntry(path)),
      )
      const digests = [await insertBlob(tx, freshId('c')), await insertBlob(tx, freshId('c'))]
      await tx.blobs.recordUploads(id, digests)
      await tx.discards.add([id])
      await tx.discards.add([id])
      return digests
    })
    assert.equal(digests.length, 2)
    const left = () => store().read((tx) => tx.manifests.count(id))
    assert.ok((await store().read((tx) => tx.discards.list(1000))).includes(id))
    assert.equal(await store().transaction((tx) => tx.discards.remove(id, 2)), false)
    assert.equal(await left(), 1)
    assert.equal(await store().transaction((tx) => tx.discards.remove(id, 2)), true)
    assert.equal(await left(), 0)
    assert.ok(!(await store().read((tx) => tx.discards.list(1000))).includes(id))
  })

  it('expired drafts are open ones, and go at once with their manifest files', async () => {
    const [expired, live, committed] = await store().transaction(async (tx) => {
      const owner = await insertProject(tx)
      const drafts = [
        draftOf(owner.id, { expiresAt: 7 }),
        draftOf(owner.id, { expiresAt: 9 }),
        draftOf(owner.id, { expiresAt: 7, state: 'committed' }),
      ] as const
      for (const draft of drafts) await tx.drafts.insert(draft)
      await tx.manifests.put(drafts[0].id, [fileEntry('a')])
      await tx.drafts.putManifest({
        ...{ id: freshId('manifest'), draftId: drafts[0].id, kind: 'full', createdAt: TIME },
        ...{ baseVersionId: null, clientDigest: null, fileDigest: null },
      })
      return drafts
    })
    const due = await store().read((tx) =>
      tx.discards.listExpiredDrafts({ before: 8, after: null, limit: 9 }),
    )
    const ids = due.map(({ id }) => id)
    assert.ok(ids.includes(expired.id))
    assert.ok(!ids.includes(live.id) && !ids.includes(committed.id))
    await store().transaction((tx) => tx.discards.addDraft(expired.id))
    await store().read(async (tx) => {
      assert.equal(await tx.drafts.findById(expired.id), undefined)
      assert.deepEqual(await tx.drafts.listManifests(expired.id), [])
      assert.ok((await tx.discards.list(1000)).includes(expired.id))
    })
    await store().transaction((tx) => tx.discards.remove(expired.id, 10))
    assert.equal(await store().read((tx) => tx.manifests.count(expired.id)), 0)
  })

  it('expired versions come in order of their end', async () => {
    const born = { createdAt: 1_000_000 }
    const [late, early] = await store().transaction(async (tx) => {
      const { id } = await insertCollection(tx)
      const late = await insertVersion(tx, id, 0, { ...born, ttlSeconds: 2 })
      const early = await insertVersion(tx, id, 1, { ...born, ttlSeconds: 1 })
      await insertVersion(tx, id, 2, { ...born, ttlSeconds: 3 })
      await insertVersion(tx, id, 3, { ...born, ttlSeconds: -2 })
      await insertVersion(tx, id, 4, born)
      await insertVersion(tx, id, 5, { ...born, ttlSeconds: 1, state: 'deleted' })
      return [late, early]
    })
    const list = (after: { id: string; expiresAt: number } | null) =>
      store().read((tx) => tx.discards.listExpiredVersions({ before: 3_000_000, after, limit: 9 }))
    const first = { id: early.id, expiresAt: 2_000_000 }
    assert.deepEqual(await list(null), [first, { id: late.id, expiresAt: 3_000_000 }])
    assert.deepEqual(await list(first), [{ id: late.id, expiresAt: 3_000_000 }])
  })
}

function testGarbage({ store }: Context): void {
  const examine = (tx: Tx, digest: ContentDigest) =>
    tx.garbage
      .lockRipe({ before: LATER, limit: 99 })
      .then((found) => found.find((blob) => blob.digest === digest))
  const condemned = async (tx: Tx) => {
    const digest = await insertBlob(tx, freshId('content'))
    await tx.garbage.condemn([digest], TIME)
    return digest
  }

  it('each thing that names a blob keeps it', async () => {
    const needs: readonly ((tx: Tx, digest: ContentDigest) => Promise<unknown>)[] = [
      (tx, digest) => tx.manifests.put(freshId('draft'), [fileEntry('a', { digest })]),
      async (tx, digest) => {
        const draft = draftOf((await insertProject(tx)).id)
        await tx.drafts.insert(draft)
        await tx.blobs.recordUploads(draft.id, [digest])
      },
      async (tx, digest) => {
        const run = await insertRun(tx, (await insertProject(tx)).id)
        const rest = { digest, size: 1, md5: 'm', updatedAt: TIME }
        await tx.runFiles.put({ runId: run.id, name: 'a', ...rest })
      },
      async (tx, digest) => {
        const draft = draftOf((await insertProject(tx)).id)
        await tx.drafts.insert(draft)
        await tx.drafts.putManifest({
          ...{ id: freshId('manifest'), draftId: draft.id, kind: 'full', createdAt: TIME },
          ...{ baseVersionId: null, clientDigest: null, fileDigest: digest },
        })
      },
    ]
    for (const need of needs)
      await store().transaction(async (tx) => {
        const digest = await condemned(tx)
        assert.equal((await examine(tx, digest))?.needed, false)
        await need(tx, digest)
        assert.equal((await examine(tx, digest))?.needed, true, String(need))
        await tx.garbage.takeBack([digest])
        assert.equal(await examine(tx, digest), undefined)
      })
  })

  it('what keeps no blob: who holds it, and the upload of a draft that is closed', async () => {
    await store().transaction(async (tx) => {
      const digest = await condemned(tx)
      const { id, entityId } = await insertProject(tx)
      const draft = draftOf(id, { state: 'committed' })
      await tx.drafts.insert(draft)
      await tx.blobs.hold(entityId, draft.id, [digest])
      await tx.blobs.recordUploads(draft.id, [digest])
      assert.equal((await examine(tx, digest))?.needed, false)
    })
  })

  it('a blob in quarantine is missing for its holders until its bytes come again', async () => {
    await store().transaction(async (tx) => {
      const content = freshId('content')
      const digest = await insertBlob(tx, content)
      const { entityId } = await insertProject(tx)
      const versionId = freshId('draft')
      await tx.manifests.put(versionId, [fileEntry('a', { digest, size: content.length })])
      await tx.blobs.hold(entityId, versionId, [digest])
      const page = { versionId, entityId, after: '', limit: 9 }
      const missing = async () =>
        (await tx.manifests.examineBlobs(page)).filter(({ isMissing }) => isMissing)
      const held = async () => (await tx.blobs.findHeld([entityId], [digest])).length
      assert.deepEqual([await missing(), await held()], [[], 1])
      assert.equal(await tx.blobs.markCorrupt(digest, LATER), true)
      assert.equal(await tx.blobs.markCorrupt(digest, LATER), false)
      assert.deepEqual(
        [await missing(), await held()],
        [[{ digest, size: content.length, isMissing: true }], 0],
      )
      await insertBlob(tx, content)
      assert.deepEqual([await missing(), await held()], [[], 1])
    })
  })

  it('a condemned blob keeps its first date, and an upload takes it back', async () => {
    await store().transaction(async (tx) => {
      const content = freshId('content')
      const digest = await insertBlob(tx, content)
      const page = { after: '', limit: 1000 }
      const find = async () =>
        (await tx.garbage.examine(page)).find((blob) => blob.digest === digest)?.condemnedAt
      assert.equal(await find(), null)
      await tx.garbage.condemn([digest], TIME)
      await tx.garbage.condemn([digest], TIME + 5)
      assert.equal(await find(), TIME)
      await insertBlob(tx, content)
      assert.equal(await find(), null)
    })
  })

  it('a removal that was begun shuts its blob out until it has ended', async () => {
    const content = freshId('content')
    await store().transaction(async (tx) => {
      const digest = await insertBlob(tx, content)
      const { entityId } = await insertProject(tx)
      await tx.blobs.hold(entityId, 'd', [digest])
      await tx.garbage.condemn([digest], TIME)
      await tx.garbage.beginRemoval([digest], LATER)
      assert.ok((await tx.garbage.listRemoving(1000)).includes(digest))
      assert.deepEqual(await tx.blobs.findHeld('all', [digest]), [])
      assert.deepEqual(await tx.garbage.listUnknown([digest]), [])
      const blob = { digest, size: content.length, checks: new Uint8Array(4), md5: 'm' }
      assert.equal(await tx.blobs.insert(blob, TIME), 'removing')
      assert.equal(await tx.blobs.find(digest), undefined)
      await tx.garbage.takeBack([digest])
      assert.ok((await tx.garbage.listRemoving(1000)).includes(digest), 'there is no way back')
      await tx.garbage.endRemoval([digest], LATER)
      assert.ok(!(await tx.garbage.listRemoving(1000)).includes(digest))
      assert.deepEqual(await tx.garbage.listUnknown([digest]), [], 'it is remembered')
      const removal = { removedAt: LATER }
      assert.deepEqual(await tx.blobs.insert(blob, TIME), removal)
      assert.deepEqual(await tx.blobs.insert(blob, TIME, { removedAt: TIME }), removal)
      assert.equal(await tx.blobs.find(digest), undefined)
      assert.equal(await tx.blobs.insert(blob, TIME, removal), 'kept')
      assert.deepEqual(await tx.blobs.find(digest), blob)
      await tx.garbage.endRemoval([digest], LATER)
      assert.deepEqual(await tx.blobs.find(digest), blob, 'only a removal is ended')
    })
  })

  it('rows come in together, unless a removal shuts one of them out', async () => {
    await store().transaction(async (tx) => {
      const blobOf = (content: string) => {
        const { digest } = fileEntry(content)
        return { digest, size: content.length, checks: new Uint8Array(4), md5: 'm' }
      }
      const [first, second, third] = ['1', '2', '3'].map((each) => blobOf(freshId(each)))
      assert.ok(first && second && third)
      assert.equal(await tx.blobs.insertAll([second, first], TIME), true)
      assert.deepEqual(await tx.blobs.find(first.digest), first)
      await tx.garbage.condemn([first.digest], TIME)
      assert.equal(await tx.blobs.insertAll([first, second], TIME), true, 'it is taken back')
      await tx.garbage.beginRemoval([second.digest], LATER)
      assert.equal(await tx.blobs.insertAll([second, third], TIME), false)
      assert.equal(await tx.blobs.find(second.digest), undefined)
      assert.deepEqual(await tx.blobs.find(third.digest), third)
    })
  })

  it('an ended removal is forgotten after a while', async () => {
    await store().transaction(async (tx) => {
      const digest = await insertBlob(tx, freshId('content'))
      await tx.garbage.beginRemoval([digest], 5)
      const forget = (before: number) => tx.garbage.forgetRemoved({ before, limit: 9 })
      assert.equal(await forget(100), 0, 'it has not ended')
      await tx.garbage.endRemoval([digest], 7)
      assert.equal(await forget(7), 0)
      assert.equal(await forget(8), 1)
      assert.deepEqual(await tx.garbage.listUnknown([digest]), [digest])
    })
  })

  it('bytes without a row get one that an upload completes', async () => {
    await store().transaction(async (tx) => {
      const { digest } = fileEntry(freshId('orphan'))
      await tx.garbage.adopt([{ digest, size: 3 }], TIME)
      assert.equal((await examine(tx, digest))?.needed, false)
      const whole = { digest, size: 3, checks: new Uint8Array([1, 2, 3, 4]), md5: 'm' }
      assert.equal(await tx.blobs.insert(whole, TIME), 'kept')
      assert.deepEqual(await tx.blobs.find(digest), whole)
      await tx.garbage.adopt([{ digest, size: 3 }], TIME)
      assert.deepEqual(await tx.blobs.find(digest), whole)
      assert.equal(await examine(tx, digest), undefined)
    })
  })
}

function testAudit({ store }: Context): void {
  it('an audit walks collections, members, the log, slots and bearers in order', async () => {
    const { id } = await store().transaction(async (tx) => {
      const collection = await insertCollection(tx)
      for (const index of [0, 1, 2]) await insertVersion(tx, collection.id, index)
      const member = await tx.memberships.find(collection.id, 1)
      if (member !== undefined) await tx.memberships.end(member, 1, LATER)
      for (const seq of [1, 2]) {
        const change = { kind: 'members', added: [seq], removed: [] } as const
        await tx.pointerLog.append(pointerEventOf(collection.id, seq, 'x', seq, change))
      }
      await tx.aliases.move(aliasOf(collection.id, 'x'), [], [slot(0), slot(2)])
      await tx.collections.end(collection, LATER)
      return collection
    })
    await store().read(async ({ audit }) => {
      const found = (await audit.collections({ after: '', limit: 1000 })).find((c) => c.id === id)
      assert.equal(found?.endedAt, LATER)
      const page = { collectionId: id, after: 0, limit: 2 }
      const members = await audit.memberships(page)
      assert.deepEqual(
        members.map(({ index, deletedAt }) => [index, deletedAt]),
        [
          [1, LATER],
          [2, null],
        ],
      )
      assert.deepEqual(
        (await audit.log({ ...page, limit: 1 })).map(({ seq }) => seq),
        [1],
      )
      const from = { collectionId: id, after: { alias: 'x', index: 0 }, limit: 9 }
      assert.deepEqual(await audit.slots(from), [{ alias: 'x', ...slot(2) }])
      assert.deepEqual(await audit.bearers({ ...from, after: { alias: 'x', index: 1 } }), [
        { alias: 'x', index: 2 },
      ])
    })
  })

  it('an audit names the entries whose blob is not here, or of another size', async () => {
    const [version, entityId] = await store().transaction(async (tx) => {
      const collection = await insertCollection(tx)
      const version = await insertVersion(tx, collection.id, 0)
      const [content, other] = [freshId('content'), freshId('content')]
      const digest = await insertBlob(tx, content)
      const removing = await insertBlob(tx, other)
      await tx.garbage.beginRemoval([removing], TIME)
      await tx.manifests.put(version.id, [
        fileEntry('whole', { digest, size: content.length }),
        fileEntry('short', { digest, size: 1 }),
        fileEntry('none'),
        fileEntry('going', { digest: removing, size: other.length }),
        { ...fileEntry('ref'), digest: null, reference: 's3://x', size: 3 },
      ])
      const owner = await tx.owners.findById(collection.ownerId)
      return [version, owner?.entityId]
    })
    await store().read(async ({ audit }) => {
      const lost = await audit.unbacked([version.id], 10)
      assert.deepEqual(lost.map(({ path }) => path).sort(), ['going', 'none', 'short'])
      const found = (await audit.versions({ after: '', limit: 1000 })).find(
        ({ id }) => id === version.id,
      )
      assert.deepEqual(found, { ...version, entityId })
    })
  })

  it('an audit lists blobs and drafts behind a key', async () => {
    const [digest, draft] = await store().transaction(async (tx) => {
      const digest = await insertBlob(tx, freshId('content'))
      await tx.garbage.condemn([digest], TIME)
      const draft = draftOf((await insertProject(tx)).id)
      await tx.drafts.insert(draft)
      return [digest, draft] as const
    })
    await store().read(async ({ audit }) => {
      const blobs = await audit.blobs({ after: '', limit: 1000 })
      const found = blobs.find((blob) => blob.digest === digest)
      assert.deepEqual([found?.condemnedAt, found?.removingAt], [TIME, null])
      assert.ok(
        !(await audit.blobs({ after: digest, limit: 1000 })).some((b) => b.digest === digest),
      )
      const drafts = await audit.drafts({ after: '', limit: 1000 })
      assert.deepEqual(
        drafts.find(({ id }) => id === draft.id),
        draft,
      )
    })
  })
}
