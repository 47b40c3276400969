import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collectionOf, entryOf, feedOf } from '../../../test/builders.ts'
import { testApp } from '../../../test/test-app.ts'
import { commitVersion } from './commit-version.ts'
import { createDraft } from './create-draft.ts'
import { deleteRun } from './delete-run.ts'
import { receiveBlob } from './receive-blob.ts'
import { upsertRun } from './upsert-run.ts'

test('with its versions go those that the run made, not those that it found', async (t) => {
  const { registry, user } = await testApp(t)
  const collection = collectionOf(user)
  const { owner } = collection
  const log = async (runName: string, text: string) => {
    await upsertRun(registry, user, { owner, name: runName, fields: {} })
    const created = await createDraft(registry, user, {
      ...{ collection, artifactType: 'model', makeProject: false, runName, complete: true },
      entries: [entryOf('a', text)],
    })
    if (created.kind === 'version') return created.version.id
    const draftId = created.draft.id
    await receiveBlob(registry, { draftId, expected: {}, feed: feedOf(text) })
    return (await commitVersion(registry, user, { draftId })).version.id
  }
  const first = await log('first', 'common')
  assert.equal(await log('second', 'common'), first)
  const own = await log('second', 'its own')
  await deleteRun(registry, user, { run: { owner, name: 'second' }, withVersions: true })
  const stateOf = async (id: string) =>
    (await registry.metadata.read((tx) => tx.versions.findById(id)))?.state
  assert.deepEqual([await stateOf(first), await stateOf(own)], ['committed', 'deleted'])
})
