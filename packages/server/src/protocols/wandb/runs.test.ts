import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ADMIN_KEY, USER_KEY } from '../../../test/test-app.ts'
import { wandbClient } from '../../../test/wandb-client.ts'
import { log, setUp, UPSERT_BUCKET } from '../../../test/wandb-log.ts'

describe('runs', () => {
  it('are started, told of, and ended', async (t) => {
    const { client } = await setUp(t)
    const config = '{"lr":{"value":Infinity},"_wandb":{"value":{"t":{"1":[2]},"m":[]}}}'
    const { upsertBucket } = await client.ask<{
      upsertBucket: { inserted: boolean; bucket: Record<string, unknown> }
    }>(UPSERT_BUCKET, { name: 'r2', project: 'proj', config, tags: ['a/b'] })
    assert.equal(upsertBucket.inserted, true)
    assert.equal(upsertBucket.bucket.config, config)

    const sent = await client.fileStream('ada/proj/r2', {
      files: {
        'wandb-history.jsonl': { offset: 0, content: ['{"_step":0,"loss":NaN}'] },
        'wandb-summary.json': { offset: 0, content: ['{"loss":NaN}'] },
      },
      complete: true,
      exitcode: 0,
    })
    assert.deepEqual([sent.statusCode, sent.json()], [200, {}])

    const { model } = await client.ask<{ model: { bucket: Record<string, unknown> } }>(
      `query RunResumeStatus($project: String, $entity: String, $name: String!) {
        model(name: $project, entityName: $entity) { bucket(name: $name, missingOk: true) {
          id name state summaryMetrics historyLineCount eventsLineCount logLineCount historyTail
          eventsTail config tags wandbConfig(keys: ["t"]) } } }`,
      { project: 'proj', entity: null, name: 'r2' },
    )
    const { id, ...bucket } = model.bucket
    assert.equal(typeof id, 'string')
    assert.deepEqual(bucket, {
      name: 'r2',
      state: 'finished',
      summaryMetrics: '{"loss":NaN}',
      historyLineCount: 1,
      eventsLineCount: 0,
      logLineCount: 0,
      historyTail: JSON.stringify(['{"_step":0,"loss":NaN}']),
      eventsTail: '[]',
      config,
      tags: ['a/b'],
      wandbConfig: '{"t":{"1":[2]}}',
    })
  })

  it('keep files, which are read back by name', async (t) => {
    const { client } = await setUp(t)
    const create = `mutation CreateRunFiles($entity: String!, $project: String!, $run: String!,
        $files: [String!]!) {
      createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run,
          files: $files}) { runID uploadHeaders files { name uploadUrl } } }`
    const run = { entity: 'ada', project: 'proj', run: 'r1' }
    const { createRunFiles } = await client.ask<{
      createRunFiles: { files: readonly { name: string; uploadUrl: string }[] }
    }>(create, { ...run, files: ['a b.txt', 'media/x.json'] })
    for (const { name, uploadUrl } of createRunFiles.files)
      assert.equal((await client.put(uploadUrl, `text of ${name}`)).statusCode, 200)
    const read = `query RunFiles($names: [String]) { project(name: "proj", entityName: "ada") {
      run(name: "r1") { fileCount files(names: $names, first: 1) { totalCount
        edges { node { name sizeBytes directUrl } } pageInfo { hasNextPage } } } } }`
    interface Files {
      project: {
        run: {
          fileCount: number
          files: {
            edges: readonly { node: { name: string; directUrl: string } }[]
            pageInfo: { hasNextPage: boolean }
          }
        }
      }
    }
    const all = await client.ask<Files>(read, { names: [] })
    assert.equal(all.project.run.fileCount, 2)
    assert.equal(all.project.run.files.pageInfo.hasNextPage, true)
    const named = await client.ask<Files>(read, { names: ['./a b.txt', 'none'] })
    const [edge, ...rest] = named.project.run.files.edges
    assert.equal(rest.length, 0)
    assert.equal((await client.get(edge?.node.directUrl ?? '')).body, 'text of a b.txt')
    const outside = await client.send({ query: create, variables: { ...run, files: ['../x'] } })
    assert.equal(outside.statusCode, 422)
  })

  it('know what they made and used, and versions know their runs', async (t) => {
    const { client } = await setUp(t)
    const id = await log(client, { files: { a: '1' } })
    await client.ask(UPSERT_BUCKET, { name: 'r2', project: 'proj' })
    const use = `mutation UseArtifact($artifactID: ID!, $runName: String!) {
      useArtifact(input: {artifactID: $artifactID, entityName: "ada", projectName: "proj",
        runName: $runName}) { artifact { id digest } } }`
    for (const runName of ['r2', 'r2', 'not here yet'])
      await client.ask(use, { artifactID: id, runName, usedAs: null })
    const answer = await client.ask(
      `query Lineage($id: ID!) {
        artifact(id: $id) { createdBy { __typename ... on Run { name } }
          usedBy { edges { node { __typename name project { name } } } } }
        project(name: "proj", entityName: "ada") {
          made: run(name: "r1") { outputArtifacts { totalCount edges { node { id } } } }
          used: run(name: "r2") { inputArtifacts { totalCount edges { node { id } } }
            user { username } } } }`,
      { id },
    )
    assert.deepEqual(answer, {
      artifact: {
        createdBy: { __typename: 'Run', name: 'r1' },
        usedBy: {
          edges: [{ node: { __typename: 'Run', name: 'r2', project: { name: 'proj' } } }],
        },
      },
      project: {
        made: { outputArtifacts: { totalCount: 1, edges: [{ node: { id } }] } },
        used: {
          inputArtifacts: { totalCount: 1, edges: [{ node: { id } }] },
          user: { username: 'ada' },
        },
      },
    })
  })

  it('of others are not there', async (t) => {
    const { app } = await setUp(t)
    const admin = wandbClient(app, ADMIN_KEY)
    await admin.ask(UPSERT_BUCKET, { name: 'theirs', project: 'p' })
    const client = wandbClient(app, USER_KEY)
    assert.equal((await client.fileStream('admin/p/theirs', {})).statusCode, 404)
    assert.equal((await client.fileStream('ada/proj/none', {})).statusCode, 404)
    const start = { query: UPSERT_BUCKET, variables: { name: 'x', project: 'p', entity: 'admin' } }
    assert.equal((await client.send(start)).statusCode, 404)
  })
})

describe('lists', () => {
  it('page through types, collections and versions, newest first', async (t) => {
    const { client } = await setUp(t)
    for (const text of ['1', '2', '3']) await log(client, { files: { a: text } })
    await log(client, { files: { a: '1' }, name: 'other' })
    const list = `query ProjectArtifacts($cursor: String, $order: String, $filters: JSONString) {
      project(name: "proj", entityName: "ada") {
        artifactTypes { edges { node { name } } }
        artifactType(name: "model") {
          artifactCollections { totalCount edges { node { name __typename } } }
          artifactCollection(name: "model") { artifacts(first: 2, after: $cursor, order: $order,
              filters: $filters) {
            totalCount pageInfo { endCursor hasNextPage } edges { version node { id } } } }
        } none: artifactType(name: "none") { name } } }`
    interface Listed {
      project: {
        artifactTypes: unknown
        none: null
        artifactType: {
          artifactCollections: unknown
          artifactCollection: {
            artifacts: {
              totalCount: number
              pageInfo: { endCursor: string; hasNextPage: boolean }
              edges: readonly { version: string }[]
            }
          }
        }
      }
    }
    const { project } = await client.ask<Listed>(list, { filters: '{"state": "COMMITTED"}' })
    assert.deepEqual(project.artifactTypes, { edges: [{ node: { name: 'model' } }] })
    assert.equal(project.none, null)
    assert.deepEqual(project.artifactType.artifactCollections, {
      totalCount: 2,
      edges: ['model', 'other'].map((name) => ({
        node: { name, __typename: 'ArtifactSequence' },
      })),
    })
    const first = project.artifactType.artifactCollection.artifacts
    assert.equal(first.totalCount, 3)
    assert.deepEqual(
      first.edges.map(({ version }) => version),
      ['v2', 'v1'],
    )
    const cursor = first.pageInfo.endCursor
    const second = (await client.ask<Listed>(list, { cursor })).project.artifactType
      .artifactCollection.artifacts
    assert.deepEqual(
      second.edges.map(({ version }) => version),
      ['v0'],
    )
    assert.equal(second.pageInfo.hasNextPage, false)
    const unknown = await client.send({ query: list, variables: { order: '+size' } })
    assert.equal(unknown.statusCode, 400, 'an order that is not kept is not passed over')
  })
})

describe('projects', () => {
  it('are made, found and listed by whoever may', async (t) => {
    const { app, client } = await setUp(t)
    const create = `mutation CreateProject($input: UpsertModelInput!) {
      upsertModel(input: $input) { project { name entityName access } inserted } }`
    const made = (inserted: boolean) => ({
      upsertModel: {
        project: { name: 'fresh', entityName: 'ada', access: 'PRIVATE' },
        inserted,
      },
    })
    for (const inserted of [true, false])
      assert.deepEqual(await client.ask(create, { input: { name: 'fresh' } }), made(inserted))
    const list =
      'query P($entity: String) { models(entityName: $entity) { edges { node { name } } } }'
    const names = ['proj', 'fresh'].map((name) => ({ node: { name } }))
    assert.deepEqual(await client.ask(list, { entity: null }), { models: { edges: names } })
    const admin = wandbClient(app, ADMIN_KEY)
    assert.deepEqual(await admin.ask(list, { entity: 'ada' }), { models: { edges: names } })
    assert.deepEqual(await client.ask(list, { entity: 'admin' }), { models: { edges: [] } })
    const foreign = { query: create, variables: { input: { name: 'x', entityName: 'admin' } } }
    assert.equal((await client.send(foreign)).statusCode, 404)
    const registry = { query: create, variables: { input: { name: 'wandb-registry-x' } } }
    assert.equal((await client.send(registry)).statusCode, 404, 'not in an entity of one’s own')
  })
})
