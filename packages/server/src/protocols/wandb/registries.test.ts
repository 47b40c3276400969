import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { ADMIN_KEY, testApp } from '../../../test/test-app.ts'
import { type WandbClient, wandbClient } from '../../../test/wandb-client.ts'
import { log, UPSERT_BUCKET } from '../../../test/wandb-log.ts'

const ORGANIZATION = 'Greenroom'
const ENTITY = 'greenroom-org'

const REGISTRY = `fragment Reg on Project { id name description access entity { name
  organization { name } } allowAllArtifactTypes: allowAllArtifactTypesInRegistry
  artifactTypes(includeAll: true) { edges { node { name } } } }`
const UPSERT = `mutation UpsertRegistry($input: UpsertModelInput!) {
  upsertModel(input: $input) { inserted project { ...Reg } } } ${REGISTRY}`
const RENAME = `mutation RenameRegistry($input: RenameProjectInput!) {
  renameProject(input: $input) { inserted project { ...Reg } } } ${REGISTRY}`
const DELETE = 'mutation DeleteRegistry($id: String!) { deleteModel(input: {id: $id}) { success } }'
const FETCH = `query FetchRegistry($name: String, $entity: String) {
  entity(name: $entity) { project(name: $name) { ...Reg } } } ${REGISTRY}`
const REGISTRIES = `query FetchRegistries($organization: String!, $filters: JSONString,
    $cursor: String, $perPage: Int, $order: String) {
  organization(name: $organization) { orgEntity {
    projects(filters: $filters, after: $cursor, first: $perPage, order: $order) {
      pageInfo { endCursor hasNextPage } edges { node { name } } } } } }`
const COLLECTIONS = `query RegistryCollections($organization: String!, $registryFilter: JSONString,
    $collectionFilter: JSONString, $collectionTypes: [ArtifactCollectionType!] = [PORTFOLIO],
    $cursor: String, $perPage: Int, $order: String) {
  organization(name: $organization) { orgEntity { artifactCollections(
      projectFilters: $registryFilter filters: $collectionFilter
      collectionTypes: $collectionTypes after: $cursor first: $perPage order: $order) {
    totalCount pageInfo { endCursor hasNextPage }
    edges { node { __typename name tags { edges { node { name } } } } } } } } }`
const VERSIONS = `query RegistryVersions($organization: String!, $registryFilter: JSONString,
    $collectionFilter: JSONString, $artifactFilter: JSONString, $cursor: String, $perPage: Int) {
  organization(name: $organization) { orgEntity { artifactMemberships(
      projectFilters: $registryFilter collectionFilters: $collectionFilter
      filters: $artifactFilter after: $cursor first: $perPage) {
    pageInfo { endCursor hasNextPage }
    edges { node { versionIndex artifactCollection { name } artifact { id } } } } } } }`
const LINK = `mutation LinkArtifact($input: LinkArtifactInput!) {
  linkArtifact(input: $input) { versionIndex } }`
const TAG = `mutation T($input: CreateArtifactCollectionTagAssignmentsInput!) {
  createArtifactCollectionTagAssignments(input: $input) { tags { name } } }`

interface Connection<Node> {
  readonly totalCount?: number
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
  readonly edges: readonly { readonly node: Node }[]
}

interface Answer<Node> {
  readonly organization: {
    readonly orgEntity: Readonly<Record<string, Connection<Node>>>
  }
}

interface Registry {
  readonly id: string
  readonly name: string
  readonly access: string
  readonly allowAllArtifactTypes: boolean
}

async function setUp(t: TestContext): Promise<WandbClient> {
  const client = wandbClient(await testApp(t), ADMIN_KEY)
  await client.ask(UPSERT_BUCKET, { name: 'r1', project: 'proj', entity: null, id: null })
  return client
}

function upsert(client: WandbClient, name: string, input: object = {}) {
  const full = { entityName: ENTITY, name: `wandb-registry-${name}`, access: 'PRIVATE', ...input }
  return client.ask<{ upsertModel: { inserted: boolean; project: Registry } }>(UPSERT, {
    input: full,
  })
}

async function link(client: WandbClient, artifactID: string, registry: string, name: string) {
  const target = { entityName: ENTITY, projectName: `wandb-registry-${registry}` }
  await client.ask(LINK, { input: { artifactID, artifactPortfolioName: name, ...target } })
}

/** All nodes of a connection, page by page, and the number that each page said there are. */
async function walk<Node>(
  client: WandbClient,
  query: string,
  list: string,
  variables: object,
): Promise<{ readonly nodes: readonly Node[]; readonly totals: readonly unknown[] }> {
  const nodes: Node[] = []
  const totals: unknown[] = []
  for (let cursor: string | null = null; ; ) {
    const asked: Readonly<Record<string, unknown>> = {
      ...{ organization: ORGANIZATION, cursor },
      ...variables,
    }
    const answer: Answer<Node> = await client.ask(query, asked)
    const page = answer.organization.orgEntity[list]
    assert.ok(page !== undefined)
    nodes.push(...page.edges.map(({ node }) => node))
    totals.push(page.totalCount)
    if (!page.pageInfo.hasNextPage) return { nodes, totals }
    cursor = page.pageInfo.endCursor
    assert.ok(cursor !== null)
  }
}

describe('registries', () => {
  it('are made, changed, renamed and deleted', async (t) => {
    const client = await setUp(t)
    const types = { allowAllArtifactTypesInRegistry: false, artifactTypes: [{ name: 'model' }] }
    const made = (await upsert(client, 'Vision', { description: null, ...types })).upsertModel
    assert.equal(made.inserted, true)
    assert.deepEqual(made.project, {
      id: made.project.id,
      name: 'wandb-registry-Vision',
      description: null,
      access: 'PRIVATE',
      entity: { name: ENTITY, organization: { name: ORGANIZATION } },
      allowAllArtifactTypes: false,
      artifactTypes: { edges: [{ node: { name: 'model' } }] },
    })
    const input = { access: 'RESTRICTED', allowAllArtifactTypesInRegistry: true }
    const changed = (await upsert(client, 'Vision', input)).upsertModel
    assert.deepEqual(
      [changed.inserted, changed.project.access, changed.project.allowAllArtifactTypes],
      [false, 'RESTRICTED', true],
    )
    const names = {
      oldProjectName: 'wandb-registry-Vision',
      newProjectName: 'wandb-registry-Sight',
    }
    await client.ask(RENAME, { input: { entityName: ENTITY, ...names } })
    const find = (name: string) =>
      client.ask<{ entity: { project: Registry | null } }>(FETCH, { name, entity: ENTITY })
    assert.equal((await find('wandb-registry-Sight')).entity.project?.id, made.project.id)
    assert.equal((await find('wandb-registry-Vision')).entity.project, null)
    await client.ask(DELETE, { id: made.project.id })
    const twice = await client.send({ query: DELETE, variables: { id: made.project.id } })
    assert.equal(twice.statusCode, 404)
    const odd = { query: UPSERT, variables: { input: { entityName: ENTITY, access: 'SECRET' } } }
    const name = 'wandb-registry-odd'
    Object.assign(odd.variables.input, { name })
    assert.equal((await client.send(odd)).statusCode, 400)
  })

  it('are found by filters, in order, page by page', async (t) => {
    const client = await setUp(t)
    for (const name of ['Vision', 'Audio']) await upsert(client, name)
    const find = async (variables: object) => {
      const { nodes } = await walk<Registry>(client, REGISTRIES, 'projects', variables)
      return nodes.map(({ name }) => name.slice('wandb-registry-'.length))
    }
    assert.deepEqual(await find({ perPage: 1, order: '-name' }), [
      ...['model', 'dataset', 'Vision', 'Audio'],
    ])
    const filters = JSON.stringify({ name: { $in: ['wandb-registry-Audio', 'x'] } })
    assert.deepEqual(await find({ filters }), ['Audio'])
    const refused = async (variables: object) => {
      const all = { organization: ORGANIZATION, ...variables }
      return (await client.send({ query: REGISTRIES, variables: all })).statusCode
    }
    assert.equal(await refused({ filters: '{"name":{"$regex":"(a+)+"}}' }), 400)
    assert.equal(await refused({ order: '+size' }), 400)
    assert.equal(await refused({ cursor: 'x' }), 422)
    const unknown = await client.ask<{ organization: null }>(REGISTRIES, { organization: 'Nobody' })
    assert.equal(unknown.organization, null)
  })

  it('tell their collections, with how many there are, and their versions', async (t) => {
    const client = await setUp(t)
    await upsert(client, 'Vision')
    const place = { entityName: 'admin' }
    const first = await log(client, { files: { a: '1' }, input: place })
    const second = await log(client, { files: { a: '2' }, input: place })
    for (const name of ['a', 'b', 'c']) await link(client, first, 'Vision', name)
    await link(client, second, 'Vision', 'b')
    await link(client, second, 'model', 'd')
    await client.ask(TAG, {
      input: {
        ...{ entityName: ENTITY, projectName: 'wandb-registry-Vision' },
        ...{ artifactCollectionName: 'c', tags: [{ tagName: 'good' }] },
      },
    })
    const registryFilter = JSON.stringify({ name: 'wandb-registry-Vision' })
    const list = 'artifactCollections'
    const ask = { registryFilter, perPage: 1 }
    const all = await walk<{ name: string }>(client, COLLECTIONS, list, ask)
    assert.deepEqual(
      all.nodes.map(({ name }) => name),
      ['a', 'b', 'c'],
    )
    assert.deepEqual(all.totals, [3, 3, 3])
    const tagged = await walk<{ name: string }>(client, COLLECTIONS, list, {
      ...ask,
      collectionFilter: '{"tag":"good"}',
    })
    assert.deepEqual(tagged.nodes, [
      { __typename: 'ArtifactPortfolio', name: 'c', tags: { edges: [{ node: { name: 'good' } }] } },
    ])
    assert.deepEqual(tagged.totals, [1])
    const versions = async (variables: object) => {
      const { nodes } = await walk<{ versionIndex: number; artifactCollection: { name: string } }>(
        client,
        VERSIONS,
        'artifactMemberships',
        variables,
      )
      return nodes.map((node) => `${node.artifactCollection.name}:v${node.versionIndex}`)
    }
    assert.deepEqual(await versions(ask), ['a:v0', 'b:v1', 'b:v0', 'c:v0'])
    const latest = { artifactFilter: '{"alias":"latest"}', perPage: 2 }
    assert.deepEqual(await versions(latest), ['d:v0', 'a:v0', 'b:v1', 'c:v0'])
    const good = { ...latest, collectionFilter: '{"tag":{"$exists":true}}' }
    assert.deepEqual(await versions(good), ['c:v0'])
  })
})
