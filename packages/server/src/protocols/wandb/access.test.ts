import assert from 'node:assert/strict'
import { it } from 'node:test'
import { GraphQLObjectType } from 'graphql'
import { ADMIN_KEY, USER_KEY } from '../../../test/test-app.ts'
import { md5Of, type WandbClient, wandbClient } from '../../../test/wandb-client.ts'
import {
  create,
  log,
  manifestOf,
  sendFiles,
  setUp,
  UPSERT_BUCKET,
} from '../../../test/wandb-log.ts'
import { setMember } from '../../core/operations/set-member.ts'
import { nodeId } from './node-ids.ts'
import { createSchema } from './schema.ts'

/** Things of one owner, by every name that the client has for them. */
interface Things {
  readonly entity: string
  readonly project: string
  readonly projectId: string
  readonly run: string
  readonly runId: string
  readonly collection: string
  readonly collectionId: string
  readonly version: string
  readonly draft: string
  readonly manifest: string
  readonly clientId: string
  readonly team: string
  readonly teamId: string
  readonly apiKey: string
}

interface Case {
  /** The field of Query or Mutation that it asks. */
  readonly field: string
  readonly query: string
  readonly variables: (things: Things) => Readonly<Record<string, unknown>>
}

const CASES: readonly Case[] = [
  read('project', 'query A($e: String, $p: String) { project(entityName: $e, name: $p) { id } }'),
  read('model', 'query A($e: String, $p: String) { model(entityName: $e, name: $p) { id } }'),
  read('models', 'query A($e: String) { models(entityName: $e) { edges { node { name } } } }'),
  read(
    'entity',
    'query A($e: String, $p: String) { entity(name: $e) { project(name: $p) { id } } }',
  ),
  read('artifact', 'query A($v: ID!) { artifact(id: $v) { id digest } }'),
  read('artifact', 'query A($d: ID!) { artifact(id: $d) { id digest } }'),
  read('artifactCollection', 'query A($c: ID!) { artifactCollection(id: $c) { name } }'),
  read('clientIDMapping', 'query A($k: ID!) { clientIDMapping(clientID: $k) { serverID } }'),
  change('upsertBucket', 'UpsertBucketInput', 'inserted', (of) => ({
    entityName: of.entity,
    modelName: of.project,
    name: of.run,
  })),
  change('upsertBucket', 'UpsertBucketInput', 'inserted', (of) => ({ id: of.runId, notes: 'x' })),
  change('upsertModel', 'UpsertModelInput', 'inserted', (of) => ({
    entityName: of.entity,
    name: of.project,
  })),
  change('createRunFiles', 'CreateRunFilesInput', 'runID', (of) => filesOf(of)),
  change('markRunFilesUploaded', 'MarkRunFilesUploadedInput', 'success', (of) => filesOf(of)),
  change('rewindRun', 'RewindRunInput', 'rewoundRun { id }', (of) => ({
    runName: of.run,
    entityName: of.entity,
    projectName: of.project,
    metricName: '_step',
    metricValue: 0,
  })),
  change('stopRun', 'StopRunInput', 'success', (of) => ({ id: of.runId })),
  change('updateRunState', 'UpdateRunStateInput', 'success', (of) => ({
    id: of.runId,
    state: 'failed',
  })),
  change('deleteFiles', 'DeleteFilesInput', 'success', (of) => ({
    files: [btoa(`${atob(of.runId).replace('Run', 'File')}:x`)],
  })),
  change('notifyScriptableRunAlert', 'NotifyScriptableRunAlertInput', 'success', (of) => ({
    entityName: of.entity,
    projectName: of.project,
    runName: of.run,
    title: 't',
    text: 'x',
  })),
  change('createArtifact', 'CreateArtifactInput', 'artifact { id }', (of) => ({
    entityName: of.entity,
    projectName: of.project,
    artifactTypeName: 'model',
    artifactCollectionName: of.collection,
    digest: 'd',
  })),
  change(
    'createArtifactManifest',
    'CreateArtifactManifestInput',
    'artifactManifest { id }',
    (of) => ({
      artifactID: of.draft,
      name: 'm',
      digest: '',
      entityName: of.entity,
      projectName: of.project,
      runName: of.run,
    }),
  ),
  change(
    'updateArtifactManifest',
    'UpdateArtifactManifestInput',
    'artifactManifest { id }',
    (of) => ({
      artifactManifestID: of.manifest,
      digest: 'd',
    }),
  ),
  change('createArtifactFiles', 'CreateArtifactFilesInput', 'files { totalCount }', (of) => ({
    artifactFiles: [{ artifactID: of.draft, name: 'a', md5: md5Of('a') }],
  })),
  change(
    'completeMultipartUploadArtifact',
    'CompleteMultipartUploadArtifactInput',
    'digest',
    (of) => ({
      completeMultipartAction: 'Complete',
      completedParts: [{ partNumber: 1, hexMD5: `"${'0'.repeat(32)}"` }],
      artifactID: of.draft,
      storagePath: 'wandb_artifacts/x',
      uploadID: '0'.repeat(32),
    }),
  ),
  change('commitArtifact', 'CommitArtifactInput', 'artifact { id }', (of) => ({
    artifactID: of.draft,
  })),
  change('useArtifact', 'UseArtifactInput', 'artifact { id }', (of) => ({
    artifactID: of.version,
    entityName: 'ada',
    projectName: 'proj',
    runName: 'r1',
  })),
  change('updateArtifact', 'UpdateArtifactInput', 'artifact { id }', (of) => ({
    artifactID: of.version,
    description: 'x',
  })),
  change('addAliases', 'AddAliasesInput', 'success', (of) => aliasesOf(of)),
  change('deleteAliases', 'DeleteAliasesInput', 'success', (of) => aliasesOf(of)),
  change('deleteArtifact', 'DeleteArtifactInput', 'artifact { id }', (of) => ({
    artifactID: of.version,
  })),
  change('linkArtifact', 'LinkArtifactInput', 'versionIndex', (of) => ({
    artifactID: of.version,
    entityName: 'ada',
    projectName: 'proj',
    artifactPortfolioName: 'mine',
  })),
  change('unlinkArtifact', 'UnlinkArtifactInput', 'success', (of) => ({
    artifactID: of.version,
    artifactPortfolioID: of.collectionId,
  })),
  change(
    'moveArtifactSequence',
    'MoveArtifactSequenceInput',
    'artifactCollection { id }',
    (of) => ({
      artifactSequenceID: of.collectionId,
      destinationArtifactTypeName: 'model',
    }),
  ),
  change(
    'createArtifactCollectionTagAssignments',
    'CreateArtifactCollectionTagAssignmentsInput',
    'tags { name }',
    (of) => tagsOf(of),
  ),
  change(
    'deleteArtifactCollectionTagAssignments',
    'DeleteArtifactCollectionTagAssignmentsInput',
    'success',
    (of) => tagsOf(of),
  ),
  change('renameProject', 'RenameProjectInput', 'inserted', (of) => ({
    entityName: of.entity,
    oldProjectName: of.project,
    newProjectName: of.project,
  })),
  ...(['Sequence', 'Portfolio'] as const).flatMap((kind) => [
    change(
      `updateArtifact${kind}`,
      `UpdateArtifact${kind}Input`,
      'artifactCollection { id }',
      (of) => ({
        [`artifact${kind}ID`]: of.collectionId,
        description: 'x',
      }),
    ),
    change(
      `deleteArtifact${kind}`,
      `DeleteArtifact${kind}Input`,
      'artifactCollection { id }',
      (of) => ({
        [`artifact${kind}ID`]: of.collectionId,
      }),
    ),
  ]),
  change('createProjectMembers', 'CreateProjectMembersInput', 'success', (of) => ({
    projectId: of.projectId,
    userIds: [nodeId('User', 2)],
  })),
  change('updateProjectMember', 'UpdateProjectMemberInput', 'success', (of) => ({
    projectId: of.projectId,
    userId: nodeId('User', 2),
    userProjectRole: 'viewer',
  })),
  change('deleteProjectMembers', 'DeleteProjectMembersInput', 'success', (of) => ({
    projectId: of.projectId,
    userIds: [nodeId('User', 2)],
  })),
  change('createInvite', 'CreateInviteInput', 'invite { name }', (of) => ({
    entityName: of.team,
    username: 'ada',
  })),
  change('deleteInvite', 'DeleteInviteInput', 'success', (of) => ({
    entityName: of.team,
    id: nodeId('User', 2),
  })),
  change('createServiceAccount', 'CreateServiceAccountInput', 'user { name }', (of) => ({
    entityName: of.team,
    description: 'nightly',
  })),
  change('deleteApiKey', 'DeleteApiKeyInput', 'success', (of) => ({ id: of.apiKey })),
  change('updateProjectTeamMember', 'UpdateProjectTeamMemberInput', 'success', (of) => ({
    projectId: of.projectId,
    teamId: of.teamId,
    teamProjectRole: 'viewer',
  })),
  change('deleteModel', 'DeleteModelInput', 'success', (of) => ({ id: of.projectId })),
]

/**
 * Root fields that tell of nobody's things: the asker's own, or what all may know. `deleteRun`
 * answers everybody alike, as the client wants it; `run-changes.test.ts` says whose it deletes.
 */
const OPEN = [
  ...['viewer', 'serverInfo', 'organization', 'users'],
  ...['createUser', 'createTeam', 'generateApiKey', 'deleteRun'],
]

function read(field: string, query: string): Case {
  const variables = (of: Things) => ({
    e: of.entity,
    p: of.project,
    v: of.version,
    d: of.draft,
    c: of.collectionId,
    k: of.clientId,
  })
  return { field, query, variables }
}

function change(
  field: string,
  type: string,
  selection: string,
  input: (things: Things) => Readonly<Record<string, unknown>>,
): Case {
  const query = `mutation A($input: ${type}!) { ${field}(input: $input) { ${selection} } }`
  return { field, query, variables: (things) => ({ input: input(things) }) }
}

function filesOf(of: Things) {
  return { entityName: of.entity, projectName: of.project, runName: of.run, files: ['a'] }
}

function tagsOf(of: Things) {
  const place = { entityName: of.entity, projectName: of.project }
  return { ...place, artifactCollectionName: of.collection, tags: [{ tagName: 'x' }] }
}

function aliasesOf(of: Things) {
  const place = { entityName: of.entity, projectName: of.project }
  const alias = { alias: 'x', artifactCollectionName: of.collection, ...place }
  return { artifactID: of.version, aliases: [alias] }
}

/** An administrator's run, version and draft. */
async function thingsOf(client: WandbClient): Promise<Things> {
  const place = { entityName: 'admin', projectName: 'secret', runName: 'hidden' }
  const { upsertBucket } = await client.ask<{ upsertBucket: { bucket: { id: string } } }>(
    UPSERT_BUCKET,
    { name: 'hidden', project: 'secret' },
  )
  const name = 'treasure'
  const version = await log(client, { files: { a: '1' }, name, input: place })
  const clientId = 'key-of-admin'
  const draft = await create(client, {
    files: { a: '2' },
    name,
    input: { ...place, clientID: clientId },
  })
  await sendFiles(client, draft.id, { a: '2' })
  const find = `mutation A($input: CreateArtifactManifestInput!) {
    createArtifactManifest(input: $input) { artifactManifest { id file { uploadUrl } } } }`
  const manifest = await client.ask<{
    createArtifactManifest: { artifactManifest: { id: string; file: { uploadUrl: string } } }
  }>(find, { input: { artifactID: draft.id, name: 'm', digest: '', ...place } })
  const { id, file } = manifest.createArtifactManifest.artifactManifest
  await client.put(file.uploadUrl, manifestOf({ a: '2' }))
  const { project } = await client.ask<{
    project: { id: string; artifactCollection: { id: string } }
  }>(
    `{ project(name: "secret", entityName: "admin") { id
      artifactCollection(name: "${name}") { id } } }`,
  )
  const { createTeam } = await client.ask<{ createTeam: { entity: { id: string } } }>(
    'mutation { createTeam(input: { teamName: "conspiracy" }) { entity { id } } }',
  )
  const { generateApiKey } = await client.ask<{ generateApiKey: { apiKey: { id: string } } }>(
    'mutation { generateApiKey(input: {}) { apiKey { id } } }',
  )
  return {
    team: 'conspiracy',
    teamId: createTeam.entity.id,
    apiKey: generateApiKey.apiKey.id,
    entity: 'admin',
    project: 'secret',
    projectId: project.id,
    run: 'hidden',
    runId: upsertBucket.bucket.id,
    collection: name,
    collectionId: project.artifactCollection.id,
    version,
    draft: draft.id,
    manifest: id,
    clientId,
  }
}

/** Names of the same kinds that nobody has. */
const NOTHING: Things = {
  entity: 'nobody',
  project: 'nothing',
  projectId: nodeId('Project', 999_999),
  run: 'none',
  runId: nodeId('Run', 999_999),
  collection: 'no-collection',
  collectionId: nodeId('ArtifactCollection', 'none'),
  version: nodeId('Artifact', 'no-version'),
  draft: nodeId('Artifact', 'no-draft'),
  manifest: nodeId('ArtifactManifest', 'none'),
  clientId: 'no-key',
  team: 'no-team',
  teamId: nodeId('Entity', 999_999),
  apiKey: nodeId('ApiKey', 'nobody', 'none'),
}

/** What an answer says, whatever the names in the question were. */
async function answerOf(client: WandbClient, { query, variables }: Case, things: Things) {
  const { statusCode, body } = await client.send({ query, variables: variables(things) })
  const inside = Object.values(things).flatMap((name) => {
    const [, inner] = Buffer.from(name, 'base64').toString().split(':')
    return inner === undefined || inner === '' ? [name] : [name, inner]
  })
  return {
    statusCode,
    said: inside.reduce(
      (said, name) =>
        said.replaceAll(new RegExp(`${name.replaceAll(/\W/g, '\\$&')}(?!\\w)`, 'g'), '…'),
      body,
    ),
  }
}

it('what is another’s looks like what is not there, through every field', async (t) => {
  const { app, client } = await setUp(t)
  const theirs = await thingsOf(wandbClient(app, ADMIN_KEY))
  for (const each of CASES)
    assert.deepEqual(
      await answerOf(client, each, theirs),
      await answerOf(client, each, NOTHING),
      each.query,
    )
  // Their owner is told something else each time.
  const admin = wandbClient(app, ADMIN_KEY)
  for (const each of CASES) {
    const { statusCode, said } = await answerOf(admin, each, theirs)
    assert.notDeepEqual({ statusCode, said }, await answerOf(client, each, NOTHING), each.query)
  }
})

it('every field is among them, and wants a key', async (t) => {
  const { app } = await setUp(t)
  const schema = createSchema()
  const covered = new Set([...CASES.map(({ field }) => field), ...OPEN])
  for (const root of ['Query', 'Mutation']) {
    const type = schema.getType(root)
    assert.ok(type instanceof GraphQLObjectType)
    for (const field of Object.keys(type.getFields()))
      assert.ok(covered.has(field), `${root}.${field} has no case here`)
  }
  const stranger = wandbClient(app, `${USER_KEY}x`)
  for (const { query, variables } of CASES) {
    const { statusCode } = await stranger.send({ query, variables: variables(NOTHING) })
    assert.equal(statusCode, 401, query)
  }
})

/** What a viewer may: use a version in a run of their own, link it to their own. */
const FOR_VIEWERS = ['useArtifact', 'linkArtifact']
/** Anybody may: a project that is there is the answer; the member in question is ada herself. */
const FOR_ALL = ['upsertModel', 'deleteProjectMembers']

it('who may only see a project changes nothing of it, through any field', async (t) => {
  const { app, client } = await setUp(t)
  const { registry, admin } = app
  const theirs = await thingsOf(wandbClient(app, ADMIN_KEY))
  const place = {
    kind: 'owner',
    owner: { kind: 'project', entityName: theirs.entity, name: theirs.project },
  } as const
  const principals = [{ name: 'ada' }]
  const head = () => registry.metadata.read(({ events }) => events.head())
  for (const role of ['restricted_viewer', 'viewer'] as const) {
    await setMember(registry, admin, { place, principals, role })
    const before = await head()
    for (const each of CASES) {
      const open = role === 'viewer' ? [...FOR_ALL, ...FOR_VIEWERS] : FOR_ALL
      if (open.includes(each.field)) continue
      const { statusCode, said } = await answerOf(client, each, theirs)
      if (each.query.startsWith('mutation'))
        assert.ok(statusCode >= 400 && statusCode < 500, `${role}, ${each.query}: ${said}`)
      else assert.equal(statusCode, 200, `${role}, ${each.query}: ${said}`)
    }
    assert.deepEqual(await head(), before, role)
  }
})
