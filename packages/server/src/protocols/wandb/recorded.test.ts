import assert from 'node:assert/strict'
import { it } from 'node:test'
import { md5Of } from '../../../test/wandb-client.ts'
import { log, setUp } from '../../../test/wandb-log.ts'

// What the client sends only of its own accord, or only to look: requests of the same shape.

it('tells that no flag of an organization is on', async (t) => {
  const { client } = await setUp(t)
  const query = `query OrgFeatureFlags ($org: String!) { organization(name: $org) {
    featureFlags(rampIDType: OrgName) { rampKey isEnabled } } }`
  assert.deepEqual(await client.ask(query, { org: 'Greenroom' }), {
    organization: { featureFlags: [] },
  })
  assert.deepEqual(await client.ask(query, { org: 'Nobody' }), { organization: null })
})

it('tells the organization of a team, and that a user is not one', async (t) => {
  const { client } = await setUp(t)
  await client.ask('mutation { createTeam(input: { teamName: "Vision" }) { entity { id } } }')
  const query = `query FetchOrgEntityFromEntity ($entityName: String!) { entity(name: $entityName) {
    organization { name orgEntity { name } } user { organizations { name orgEntity { name } } } } }`
  const organization = { name: 'Greenroom', orgEntity: { name: 'greenroom-org' } }
  const find = (entityName: string) => client.ask(query, { entityName })
  assert.deepEqual(await find('Vision'), { entity: { organization, user: null } })
  assert.deepEqual(await find('ada'), {
    entity: { organization: null, user: { organizations: [organization] } },
  })
  assert.deepEqual(await find('nobody'), { entity: { organization: null, user: null } })
})

it('tells the algorithm of a collection, and the versions of a type', async (t) => {
  const { client } = await setUp(t)
  const id = await log(client, { files: { a: '1' }, aliases: ['best'] })
  const names = { entityName: 'ada', projectName: 'proj', artifactTypeName: 'model' }
  const algorithm = `query FetchArtifactDigestAlgorithm (
      $entityName: String!, $projectName: String!,
      $artifactTypeName: String!, $artifactCollectionName: String!) {
    project(name: $projectName, entityName: $entityName) {
      artifactType(name: $artifactTypeName) { artifactCollection(name: $artifactCollectionName) {
        __typename ... on ArtifactSequence { digestAlgorithm } } } } }`
  const find = (artifactCollectionName: string) =>
    client.ask(algorithm, { ...names, artifactCollectionName })
  const found = { __typename: 'ArtifactSequence', digestAlgorithm: 'MANIFEST_MD5' }
  assert.deepEqual(await find('model'), {
    project: { artifactType: { artifactCollection: found } },
  })
  assert.deepEqual(await find('none'), { project: { artifactType: { artifactCollection: null } } })
  const versions = `query ArtifactOfType($entityName: String!, $projectName: String!,
      $artifactTypeName: String!) { project(name: $projectName, entityName: $entityName) {
    artifactType(name: $artifactTypeName) { artifactCollections { edges { node { artifacts {
      edges { node { id state aliases { alias } artifactSequence { name } } } } } } } } } }`
  const aliases = [{ alias: 'best' }, { alias: 'latest' }]
  const node = { id, state: 'COMMITTED', aliases, artifactSequence: { name: 'model' } }
  const collection = { node: { artifacts: { edges: [{ node }] } } }
  assert.deepEqual(await client.ask(versions, names), {
    project: { artifactType: { artifactCollections: { edges: [collection] } } },
  })
})

it('gives links to a manifest and to the files that it names, and a run to look at', async (t) => {
  const { client } = await setUp(t)
  const id = await log(client, { files: { 'a b.txt': '1', c: '2' } })
  const manifest = `query ArtifactManifest ($artifact_id: ID!) { artifact(id: $artifact_id) {
    currentManifest { file { directUrl } } } }`
  const { artifact } = await client.ask<{
    artifact: { currentManifest: { file: { directUrl: string } } }
  }>(manifest, { artifact_id: id })
  const { contents } = (await client.get(artifact.currentManifest.file.directUrl)).json()
  assert.deepEqual(Object.keys(contents), ['a b.txt', 'c'])

  const links = `query ArtifactFileURLsByManifestEntries ($id: ID!,
      $entries: [ArtifactManifestEntryInput!], $storageLayout: String!, $manifestVersion: String!,
      $storageRegion: String) { artifact(id: $id) { filesByManifestEntries(
        storageLayout: $storageLayout, manifestVersion: $manifestVersion, entries: $entries,
        storageRegion: $storageRegion) {
      pageInfo { hasNextPage endCursor } edges { node { name directUrl } } } } }`
  const entry = { name: 'a b.txt', digest: md5Of('1'), birthArtifactID: id, ref: null, size: 1 }
  const found = await client.ask<{
    artifact: { filesByManifestEntries: { edges: { node: { name: string; directUrl: string } }[] } }
  }>(links, { id, entries: [entry], storageLayout: 'V2', manifestVersion: '1' })
  const [edge, ...others] = found.artifact.filesByManifestEntries.edges
  assert.deepEqual([edge?.node.name, others], ['a b.txt', []])
  assert.equal((await client.get(edge?.node.directUrl ?? '')).body, '1')

  const look = `query QueryRunInfo ($entity: String!, $project: String!, $run: String!) {
    project(name: $project, entityName: $entity) {
      run(name: $run) { displayName summaryMetrics } } }`
  assert.deepEqual(await client.ask(look, { entity: 'ada', project: 'proj', run: 'r1' }), {
    project: { run: { displayName: 'r1', summaryMetrics: '{}' } },
  })
})

it('answers what `wandb verify` asks', async (t) => {
  const { client } = await setUp(t)
  const version = '{"min_cli_version":"0.0.1","max_cli_version":"999.0.0"}'
  assert.deepEqual(await client.ask('query ServerInfo { serverInfo { cliVersionInfo } }'), {
    serverInfo: { cliVersionInfo: JSON.parse(version) },
  })
  const query = `query Project($entity: String!, $name: String!, $runName: String!, $desc: String!){
    project(entityName: $entity, name: $name) {
      run(name: $runName, desc: $desc) { name summaryMetrics } } }`
  const names = { entity: 'a-login-of-the-system', name: 'verify', runName: '', desc: 'x' }
  assert.deepEqual(await client.ask(query, names), { project: null })
})
