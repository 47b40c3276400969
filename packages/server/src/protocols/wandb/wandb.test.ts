import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { manifestDigestOf, md5Of } from '../../../test/wandb-client.ts'
import {
  ADD_ALIASES,
  type Art,
  aliasesOf,
  aliasInput,
  announce,
  byId,
  byName,
  COMMIT,
  create,
  DELETE_ALIASES,
  fileLinks,
  inputOf,
  log,
  type ManifestAnswer,
  manifestOf,
  pull,
  sendFiles,
  sendManifest,
  setUp,
  UPDATE,
  UPDATE_MANIFEST,
} from '../../../test/wandb-log.ts'
import { resolve } from '../../core/operations/resolve.ts'

describe('log, promote, pull', () => {
  it('plays the trace of the client', async (t) => {
    const { app, client } = await setUp(t)
    const files = { 'data/f0.txt': 'zero', 'data/empty': '', 'odd #?%20 ü.txt': 'odd' }
    const id = await log(client, { files, aliases: ['staging'] })

    const first = await byId(client, id)
    assert.equal(first?.versionIndex, 0)
    assert.deepEqual(aliasesOf(first), ['latest', 'staging'])
    assert.equal(first?.state, 'COMMITTED')
    assert.equal(first?.size, 7)
    assert.equal(first?.fileCount, 3)
    assert.equal(first?.historyStep, 5)
    assert.equal(first?.digest, inputOf({ files }).digest)
    assert.equal(Buffer.from(id, 'base64').toString('base64'), id, 'padded base64')

    await client.ask(ADD_ALIASES, aliasInput(id, 'production'))
    await client.ask(DELETE_ALIASES, aliasInput(id, 'staging'))
    const { updateArtifact } = await client.ask<{ updateArtifact: { artifact: Art } }>(UPDATE, {
      input: {
        artifactID: id,
        description: 'new',
        metadata: '{"acc":1}',
        tagsToAdd: [{ tagName: 't2' }],
        tagsToDelete: [],
        ttlDurationSeconds: 60,
      },
    })
    assert.deepEqual(aliasesOf(updateArtifact.artifact), ['latest', 'production'])
    assert.deepEqual(
      updateArtifact.artifact.tags.map(({ name }) => name),
      ['t2'],
    )
    assert.equal(updateArtifact.artifact.ttlDurationSeconds, 60)

    const { manifest, texts } = await pull(client, 'model', 'production')
    assert.deepEqual(texts, files)
    assert.deepEqual(Object.keys(manifest.contents).sort(), Object.keys(files).sort())
    assert.deepEqual(manifest.contents['data/f0.txt'], {
      digest: md5Of('zero'),
      birthArtifactID: id,
      size: 4,
    })
    const { registry, user } = app
    const there = await resolve(registry, user, {
      collection: collectionOf(user, 'model', 'proj'),
      selector: { kind: 'alias', alias: 'production' },
    })
    assert.equal(there.version.description, 'new')
    assert.equal(Buffer.from(id, 'base64').toString(), `Artifact:${there.version.id}`)
  })

  it('adopts equal content, moves its aliases there, and says so at once', async (t) => {
    const { client } = await setUp(t)
    const first = await log(client, { files: { a: '1' } })
    await log(client, { files: { a: '2' } })
    const again = await create(client, { files: { a: '1' }, aliases: ['again'] })
    assert.deepEqual([again.id, again.state], [first, 'COMMITTED'])
    assert.deepEqual(aliasesOf(await byId(client, first)), ['again', 'latest'])
  })

  it('answers a client id with the same draft, before and after its commit', async (t) => {
    const { client } = await setUp(t)
    const files = { a: '1' }
    const logged = { files, input: { clientID: 'c'.repeat(128) } }
    const { id } = await create(client, logged)
    assert.equal((await create(client, logged)).id, id)
    await sendFiles(client, id, files)
    await sendManifest(client, id, manifestOf(files))
    await client.ask(COMMIT, { artifactID: id })
    const again = await client.ask<{ commitArtifact: { artifact: { id: string } } }>(COMMIT, {
      artifactID: id,
    })
    assert.equal(again.commitArtifact.artifact.id, id)
    const after = await create(client, logged)
    assert.deepEqual([after.id, after.state], [id, 'COMMITTED'])
  })

  it('takes the asker’s own entity where none is named, as a run from offline does', async (t) => {
    const { client } = await setUp(t)
    const files = { a: '1' }
    await log(client, { files, input: { entityName: '' } })
    assert.equal((await byName(client, 'model:latest'))?.versionIndex, 0)
  })

  it('maps client ids of drafts, versions and adopted versions', async (t) => {
    const { client } = await setUp(t)
    const map = async (clientID: string) => {
      const answer = await client.ask<{ clientIDMapping: { serverID: string } | null }>(
        'query C($key: ID!) { clientIDMapping(clientID: $key) { serverID } }',
        { key: clientID },
      )
      return answer.clientIDMapping?.serverID
    }
    const open = await create(client, { files: { a: '0' }, input: { clientID: 'open' } })
    assert.equal(await map('open'), open.id)
    const first = await log(client, { files: { a: '1' }, input: { clientID: 'first' } })
    assert.equal(await map('first'), first)
    await create(client, { files: { a: '1' }, input: { clientID: 'second' } })
    assert.equal(await map('second'), first)
    assert.equal(await map('unknown'), undefined)
  })

  it('needs no bytes that the asker holds, and tells where they came from', async (t) => {
    const { app, client } = await setUp(t)
    const first = await log(client, { files: { a: 'shared' } })
    const { id } = await create(client, { files: { b: 'shared', c: 'fresh' } })
    const [known, fresh] = await fileLinks(client, id, { b: 'shared', c: 'fresh' })
    assert.deepEqual([known?.uploadUrl, known?.artifact.id], [null, first])
    assert.match(fresh?.uploadUrl ?? '', /\/wandb_artifacts\//)
    assert.equal(fresh?.artifact.id, id)
    assert.match(fresh?.storagePath ?? '', /^wandb_artifacts\//)

    // Of another user's bytes nothing is told: they must be sent.
    const foreign = collectionOf(app.admin, 'secret')
    await addVersion(app.registry, app.admin, { files: { s: 'secret' }, collection: foreign })
    const [secret] = await fileLinks(client, id, { s: 'secret' })
    assert.notEqual(secret?.uploadUrl, null)
  })

  it('does not take bytes that are not what was announced', async (t) => {
    const { client } = await setUp(t)
    const { id } = await create(client, { files: { a: '1' } })
    const [link] = await fileLinks(client, id, { a: '1' })
    const refused = await client.put(link?.uploadUrl ?? '', '2')
    assert.ok([400, 422].includes(refused.statusCode), refused.body)
  })

  it('keeps references, and gives them back as they came', async (t) => {
    const { client } = await setUp(t)
    const digests = { r: 'an etag', a: md5Of('1') }
    const { id } = await create(client, {
      files: {},
      input: { digest: manifestDigestOf(digests) },
    })
    await sendFiles(client, id, { a: '1' })
    const r = { digest: 'an etag', ref: 's3://bucket/key', size: 9, extra: { versionID: 'x' } }
    const manifest = JSON.parse(manifestOf({ a: '1' }))
    manifest.contents.r = r
    await sendManifest(client, id, JSON.stringify(manifest))
    await client.ask(COMMIT, { artifactID: id })
    const pulled = await pull(client, 'model', 'v0')
    assert.deepEqual(pulled.manifest.contents.r, r)
    assert.deepEqual(pulled.texts, { a: '1', r: 's3://bucket/key' })
    assert.equal((await byId(client, id))?.size, 10)
  })

  it('adds an incremental manifest to the version it is based on', async (t) => {
    const { client } = await setUp(t)
    const base = await log(client, { files: { a: '1', b: '2' } })
    const { id, artifactSequence } = await create(client, { files: { b: '3', c: '4' } })
    assert.equal(artifactSequence.latestArtifact?.id, base)
    const { id: manifestId } = await announce(client, id, {
      manifestType: 'INCREMENTAL',
      baseArtifactID: base,
    })
    await sendFiles(client, id, { b: '3', c: '4' })
    const text = manifestOf({ b: '3', c: '4' })
    const { updateArtifactManifest } = await client.ask<{
      updateArtifactManifest: { artifactManifest: ManifestAnswer }
    }>(UPDATE_MANIFEST, {
      artifactManifestID: manifestId,
      digest: md5Of(text),
      baseArtifactID: null,
    })
    await client.put(updateArtifactManifest.artifactManifest.file.uploadUrl, text)
    await client.ask(COMMIT, { artifactID: id })
    const whole = { a: '1', b: '3', c: '4' }
    assert.deepEqual((await pull(client, 'model', 'latest')).texts, whole)
    assert.equal((await byId(client, id))?.digest, inputOf({ files: whole }).digest)
  })

  it('joins the patches of workers that make one version together', async (t) => {
    const { client } = await setUp(t)
    const parts: readonly Record<string, string>[] = [{ a: '1' }, { b: '2' }, { a: '3', c: '4' }]
    const ids = new Set<string>()
    for (const files of parts) {
      const { id } = await create(client, { files, input: { distributedID: 'group' } })
      ids.add(id)
      const { id: manifestId } = await announce(client, id, { manifestType: 'PATCH' })
      await sendFiles(client, id, files)
      const text = manifestOf(files)
      const { updateArtifactManifest } = await client.ask<{
        updateArtifactManifest: { artifactManifest: ManifestAnswer }
      }>(UPDATE_MANIFEST, { artifactManifestID: manifestId, digest: md5Of(text) })
      await client.put(updateArtifactManifest.artifactManifest.file.uploadUrl, text)
    }
    assert.equal(ids.size, 1)
    await client.ask(COMMIT, { artifactID: [...ids][0] })
    assert.deepEqual((await pull(client, 'model', 'latest')).texts, { a: '3', b: '2', c: '4' })
    const next = await create(client, { files: { z: '9' }, input: { distributedID: 'group' } })
    assert.equal(ids.has(next.id), false, 'a committed group is over')
  })

  it('pulls what was logged through another door', async (t) => {
    const { app, client } = await setUp(t)
    const files = { 'w.bin': 'weights', 'x/y': 'z' }
    const collection = collectionOf(app.user, 'model', 'proj')
    await addVersion(app.registry, app.user, { files, collection, aliases: ['production'] })
    const { manifest, texts } = await pull(client, 'model', 'production')
    assert.deepEqual(texts, files)
    assert.equal(manifest.contents['w.bin']?.digest, md5Of('weights'))
    const { id } = (await byName(client, 'model:production'))?.artifact ?? assert.fail()
    const digest = Buffer.from(md5Of('weights'), 'base64').toString('hex')
    const place = `ada/proj/model/${encodeURIComponent(id)}/${encodeURIComponent(id)}`
    const url = `${app.url}/artifactsV2/default/${place}/${digest}/w.bin`
    const { headers } = await client.get(url, true)
    assert.equal((await client.get(String(headers.location))).body, 'weights')
  })

  it('gives one file by its digest, whatever the last part of the path says', async (t) => {
    const { app, client } = await setUp(t)
    const id = await log(client, { files: { 'a/#odd?': 'odd' } })
    const place = `ada/proj/model/${encodeURIComponent(id)}/${encodeURIComponent(id)}`
    const digest = Buffer.from(md5Of('odd'), 'base64').toString('hex')
    const url = (end: string) => `${app.url}/artifactsV2/default/${place}/${end}`
    const found = await client.get(url(`${digest}/`), true)
    assert.equal(found.statusCode, 302)
    assert.equal((await client.get(String(found.headers.location))).body, 'odd')
    assert.equal((await client.get(url(`${'0'.repeat(32)}/x`), true)).statusCode, 404)
    assert.equal((await client.get(url(`${digest}/x`))).statusCode, 401)
  })
})
