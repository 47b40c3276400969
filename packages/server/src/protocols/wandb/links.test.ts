import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ADMIN_KEY } from '../../../test/test-app.ts'
import { type WandbClient, wandbClient } from '../../../test/wandb-client.ts'
import { aliasesOf, byId, byName, log, setUp } from '../../../test/wandb-log.ts'

const LINK = `mutation LinkArtifact($input: LinkArtifactInput!) {
  linkArtifact(input: $input) { versionIndex artifactMembership { versionIndex
    aliases { alias } artifact { id }
    artifactCollection { __typename id name project { name entity { name } } } } }
}`

interface Linked {
  readonly linkArtifact: {
    readonly versionIndex: number
    readonly artifactMembership: {
      readonly aliases: readonly { readonly alias: string }[]
      readonly artifact: { readonly id: string }
      readonly artifactCollection: { readonly id: string; readonly __typename: string }
    }
  }
}

function link(client: WandbClient, input: Readonly<Record<string, unknown>>) {
  const target = { artifactPortfolioName: 'port', entityName: 'ada', projectName: 'proj' }
  return client.ask<Linked>(LINK, { input: { ...target, ...input } })
}

const UNLINK = `mutation UnlinkArtifact($artifactID: ID!, $artifactPortfolioID: ID!) {
  unlinkArtifact(input: {artifactID: $artifactID, artifactPortfolioID: $artifactPortfolioID}) {
    success } }`

const DELETE = `mutation DeleteArtifact($input: DeleteArtifactInput!) {
  deleteArtifact(input: $input) { artifact { id } } }`

describe('links', () => {
  it('give a version a place elsewhere, once, with aliases of its own', async (t) => {
    const { client } = await setUp(t)
    const id = await log(client, { files: { a: '1' }, aliases: ['here'] })
    const alias = (name: string) => [{ alias: name, artifactCollectionName: 'port' }]
    const { linkArtifact } = await link(client, { artifactID: id, aliases: alias('there') })
    const { artifactMembership: member } = linkArtifact
    assert.deepEqual([linkArtifact.versionIndex, member.artifact.id], [0, id])
    assert.equal(member.artifactCollection.__typename, 'ArtifactPortfolio')
    assert.deepEqual(member.aliases, [{ alias: 'latest' }, { alias: 'there' }])
    const again = await link(client, { artifactID: id, aliases: alias('more') })
    assert.equal(again.linkArtifact.versionIndex, 0)
    assert.deepEqual(aliasesOf(await byId(client, id)), [
      'here',
      'latest',
      'latest',
      'more',
      'there',
    ])
    assert.equal((await byName(client, 'port:more'))?.artifact.id, id)
    assert.equal(await byName(client, 'model:more'), null)
  })

  it('are made by the client’s own key too, and taken away', async (t) => {
    const { client } = await setUp(t)
    const id = await log(client, { files: { a: '1' }, input: { clientID: 'key' } })
    const { linkArtifact } = await link(client, { clientID: 'key' })
    const portfolio = linkArtifact.artifactMembership.artifactCollection.id
    const unlink = { artifactID: id, artifactPortfolioID: portfolio }
    assert.deepEqual(await client.ask(UNLINK, unlink), { unlinkArtifact: { success: true } })
    assert.equal(await byName(client, 'port:latest'), null)
    assert.notEqual(await byName(client, 'model:latest'), null)
    const gone = await client.send({ query: UNLINK, variables: unlink })
    assert.equal(gone.statusCode, 404)
  })

  it('are refused into a collection of versions, or where one may only look', async (t) => {
    const { client } = await setUp(t)
    const id = await log(client, { files: { a: '1' } })
    const target = { artifactID: id, entityName: 'ada', projectName: 'proj' }
    const send = (input: unknown) => client.send({ query: LINK, variables: { input } })
    const sequence = await send({ ...target, artifactPortfolioName: 'model' })
    assert.equal(sequence.statusCode, 422, sequence.body)
    const registry = { entityName: 'greenroom-org', projectName: 'wandb-registry-model' }
    const looked = await send({ ...target, ...registry, artifactPortfolioName: 'x' })
    assert.equal(looked.statusCode, 403, looked.body)
  })

  it('lead into a registry for whoever may write there', async (t) => {
    const { app, client } = await setUp(t)
    const id = await log(client, { files: { a: '1' } })
    const admin = wandbClient(app, ADMIN_KEY)
    const registry = { entityName: 'greenroom-org', projectName: 'wandb-registry-model' }
    await link(admin, { artifactID: id, ...registry })
    const find = `{ project(name: "wandb-registry-model", entityName: "greenroom-org") {
      name artifactCollectionMembership(name: "port:latest") { versionIndex artifact { id } } } }`
    // The organization's members see it, too.
    for (const each of [admin, client])
      assert.deepEqual(await each.ask(find), {
        project: {
          name: 'wandb-registry-model',
          artifactCollectionMembership: { versionIndex: 0, artifact: { id } },
        },
      })
    const organization = `query FetchOrgInfoFromEntity($entity: String!) { entity(name: $entity) {
      organization { name orgEntity { name } }
      user { organizations { name orgEntity { name } } } }
      organization(name: "Greenroom") { orgEntity { name entityType } } }`
    assert.deepEqual(await client.ask(organization, { entity: 'ada' }), {
      entity: {
        organization: null,
        user: { organizations: [{ name: 'Greenroom', orgEntity: { name: 'greenroom-org' } }] },
      },
      organization: { orgEntity: { name: 'greenroom-org', entityType: 'organization' } },
    })
  })
})

describe('deletes', () => {
  it('of a version are refused while an alias but latest points to it', async (t) => {
    const { client } = await setUp(t)
    const id = await log(client, { files: { a: '1' }, aliases: ['production'] })
    const refused = await client.send({
      query: DELETE,
      variables: { input: { artifactID: id, deleteAliases: false } },
    })
    assert.equal(refused.statusCode, 422)
    assert.match(refused.json().errors[0].message, /production/)
    await client.ask(DELETE, { input: { artifactID: id, deleteAliases: true } })
    assert.equal(await byName(client, 'model:production'), null)
    const deleted = await client.send({
      query: `{ project(name: "proj", entityName: "ada") {
        artifactCollectionMembership(name: "model:v0") { id } } }`,
    })
    assert.equal(deleted.statusCode, 410, 'what was deleted is told, not hidden')
  })

  it('of a collection end its versions; renames keep them', async (t) => {
    const { client } = await setUp(t)
    await log(client, { files: { a: '1' }, aliases: ['production'] })
    const find =
      '{ project(name: "proj", entityName: "ada") { artifactCollection(name: "NAME") { id } } }'
    const collection = async (name: string) =>
      (
        await client.ask<{ project: { artifactCollection: { id: string } | null } }>(
          find.replace('NAME', name),
        )
      ).project.artifactCollection
    const artifactSequenceID = (await collection('model'))?.id
    const input = { artifactSequenceID, name: 'renamed', description: '' }
    await client.ask(
      `mutation UpdateArtifactSequence($input: UpdateArtifactSequenceInput!) {
        updateArtifactSequence(input: $input) { artifactCollection { name description } } }`,
      { input },
    )
    assert.equal(await collection('model'), null)
    assert.notEqual(await byName(client, 'renamed:production'), null)
    const remove = `mutation DeleteArtifactSequence($id: ID!) {
      deleteArtifactSequence(input: {artifactSequenceID: $id}) {
        artifactCollection { __typename state } } }`
    assert.deepEqual(await client.ask(remove, { id: artifactSequenceID }), {
      deleteArtifactSequence: {
        artifactCollection: { __typename: 'ArtifactSequence', state: 'DELETED' },
      },
    })
    assert.equal(await collection('renamed'), null)
  })
})
