import {
  buildSchema,
  GraphQLInterfaceType,
  GraphQLObjectType,
  type GraphQLSchema,
  GraphQLUnionType,
} from 'graphql'
import { ENTITY, entity, ORGANIZATION, organization } from './accounts.ts'
import type { PageArguments } from './answers.ts'
import { ARTIFACT, findArtifact, MEMBERSHIP } from './artifacts.ts'
import type { Call, FieldResolvers } from './call.ts'
import {
  type ChangeAliasesInput,
  saveAliases,
  type UpdateArtifactInput,
  type UseArtifactInput,
  updateArtifact,
  useArtifact,
} from './changes.ts'
import {
  ALIAS,
  ARTIFACT_TYPE,
  COLLECTION,
  type CollectionSource,
  collectionById,
  SEQUENCE,
} from './collections.ts'
import { commitArtifact } from './commit.ts'
import { SERVER_INFO } from './features.ts'
import { FILE } from './files.ts'
import { withoutNulls } from './graphql/prune-variables.ts'
import {
  type CollectionTagsInput,
  type DeleteArtifactInput,
  type DeleteCollectionInput,
  deleteArtifact,
  type LinkArtifactInput,
  linkArtifact,
  type MoveSequenceInput,
  moveSequence,
  removeCollection,
  tagCollection,
  type UnlinkArtifactInput,
  type UpdateCollectionInput,
  unlinkArtifact,
  updateCollection,
} from './links.ts'
import {
  type CreateArtifactInput,
  type CreateFilesInput,
  type CreateManifestInput,
  clientIdMapping,
  createArtifact,
  createArtifactFiles,
  createManifest,
  type UpdateManifestInput,
  updateManifest,
} from './logging.ts'
import {
  addProjectMembers,
  changeProjectRole,
  createInvite,
  type DeleteInviteInput,
  deleteInvite,
  type InviteInput,
  MEMBER,
  PROJECT_MEMBER,
  type ProjectMembersInput,
  type ProjectRoleInput,
  removeProjectMembers,
  TEAM_MEMBER,
} from './members.ts'
import { type CompleteUploadInput, completeUpload } from './parts.ts'
import {
  type CreateTeamInput,
  type CreateUserInput,
  createTeamNamed,
  createTeamServiceAccount,
  createUserByEmail,
  deleteApiKey,
  generateApiKey,
  type ServiceAccountInput,
  USER,
  users,
  viewer,
} from './people.ts'
import { PROJECT, project, projects, upsertModel } from './projects.ts'
import {
  deleteModel,
  type RenameProjectInput,
  renameProject,
  type UpsertRegistryInput,
} from './registries.ts'
import {
  type AlertInput,
  deleteFiles,
  deleteRun,
  notifyAlert,
  type RewindRunInput,
  rewindRun,
  stopRun,
  updateRunState,
} from './run-changes.ts'
import { createRunFiles, markRunFilesUploaded, type RunFilesInput } from './run-files.ts'
import { RUN, type UpsertBucketInput, upsertBucket } from './runs.ts'
import { SCHEMA } from './schema.graphql.ts'

interface OwnerNames {
  readonly name?: string
  readonly entityName?: string
}

const QUERY: FieldResolvers<unknown> = {
  viewer: (_root, _args, call) => viewer(call),
  serverInfo: () => SERVER_INFO,
  entity: (_root, args: { name?: string }, call) => entity(call, args.name),
  organization: (_root, args: { name: string }, call) => organization(call, args.name),
  project: (_root, args: OwnerNames, call) => project(call, args),
  model: (_root, args: OwnerNames, call) => project(call, args),
  models: (_root, args: PageArguments & { entityName?: string }, call) => projects(call, args),
  users: (_root, args: PageArguments & { query?: string }, call) => users(call, args),
  artifact: (_root, args: { id: string }, call) => findArtifact(call, args.id),
  artifactCollection: (_root, args: { id: string }, call) => collectionById(call, args.id),
  clientIDMapping: (_root, args: { clientID: string }, call) =>
    clientIdMapping(call, args.clientID),
}

/** A mutation by its input: each calls one core operation. */
function mutation<Input>(run: (call: Call, input: Input) => unknown) {
  return (_root: unknown, args: { readonly input: Input }, call: Call) => run(call, args.input)
}

const MUTATION: FieldResolvers<unknown> = {
  upsertModel: mutation<UpsertRegistryInput>(upsertModel),
  renameProject: mutation<RenameProjectInput>(renameProject),
  deleteModel: mutation<{ id?: string }>(deleteModel),
  createProjectMembers: mutation<ProjectMembersInput>(addProjectMembers),
  deleteProjectMembers: mutation<ProjectMembersInput>(removeProjectMembers),
  updateProjectMember: mutation<ProjectRoleInput>(changeProjectRole),
  updateProjectTeamMember: mutation<ProjectRoleInput>(changeProjectRole),
  createUser: mutation<CreateUserInput>(createUserByEmail),
  generateApiKey: mutation<{ description?: string }>(generateApiKey),
  deleteApiKey: mutation<{ id: string }>(deleteApiKey),
  createTeam: mutation<CreateTeamInput>(createTeamNamed),
  createInvite: mutation<InviteInput>(createInvite),
  deleteInvite: mutation<DeleteInviteInput>(deleteInvite),
  createServiceAccount: mutation<ServiceAccountInput>(createTeamServiceAccount),
  upsertBucket: mutation<UpsertBucketInput>(upsertBucket),
  createRunFiles: mutation<RunFilesInput>(createRunFiles),
  markRunFilesUploaded: mutation<RunFilesInput>(markRunFilesUploaded),
  rewindRun: mutation<RewindRunInput>(rewindRun),
  deleteRun: mutation<{ id: string; deleteArtifacts?: boolean }>(deleteRun),
  stopRun: mutation<{ id: string }>(stopRun),
  updateRunState: mutation<{ id: string; state: string }>(updateRunState),
  deleteFiles: mutation<{ files: readonly string[] }>(deleteFiles),
  notifyScriptableRunAlert: mutation<AlertInput>(notifyAlert),
  createArtifact: mutation<CreateArtifactInput>(createArtifact),
  createArtifactManifest: mutation<CreateManifestInput>(createManifest),
  updateArtifactManifest: mutation<UpdateManifestInput>(updateManifest),
  createArtifactFiles: mutation<CreateFilesInput>(createArtifactFiles),
  completeMultipartUploadArtifact: mutation<CompleteUploadInput>(completeUpload),
  commitArtifact: mutation<{ artifactID: string }>(commitArtifact),
  useArtifact: mutation<UseArtifactInput>(useArtifact),
  updateArtifact: mutation<UpdateArtifactInput>(updateArtifact),
  addAliases: mutation<ChangeAliasesInput>((call, input) => saveAliases(call, input, 'add')),
  deleteAliases: mutation<ChangeAliasesInput>((call, input) => saveAliases(call, input, 'remove')),
  deleteArtifact: mutation<DeleteArtifactInput>(deleteArtifact),
  linkArtifact: mutation<LinkArtifactInput>(linkArtifact),
  unlinkArtifact: mutation<UnlinkArtifactInput>(unlinkArtifact),
  updateArtifactSequence: mutation<UpdateCollectionInput>(updateCollection),
  updateArtifactPortfolio: mutation<UpdateCollectionInput>(updateCollection),
  moveArtifactSequence: mutation<MoveSequenceInput>(moveSequence),
  createArtifactCollectionTagAssignments: mutation<CollectionTagsInput>((call, input) =>
    tagCollection(call, input, 'add'),
  ),
  deleteArtifactCollectionTagAssignments: mutation<CollectionTagsInput>((call, input) =>
    tagCollection(call, input, 'delete'),
  ),
  deleteArtifactSequence: mutation<DeleteCollectionInput>(removeCollection),
  deleteArtifactPortfolio: mutation<DeleteCollectionInput>(removeCollection),
}

const RESOLVERS: Readonly<Record<string, FieldResolvers<never>>> = {
  Query: QUERY,
  Mutation: MUTATION,
  User: USER,
  Entity: ENTITY,
  Member: MEMBER,
  ProjectMember: PROJECT_MEMBER,
  ProjectTeamMember: TEAM_MEMBER,
  Organization: ORGANIZATION,
  Project: PROJECT,
  Run: RUN,
  File: FILE,
  ArtifactType: ARTIFACT_TYPE,
  ArtifactSequence: SEQUENCE,
  ArtifactPortfolio: COLLECTION,
  ArtifactAlias: ALIAS,
  Artifact: ARTIFACT,
  ArtifactCollectionMembership: MEMBERSHIP,
}

/**
 * The schema with its resolvers. A field without one is the property of that name. Throws when a
 * resolver has no field: then one of the two was forgotten.
 */
export function createSchema(): GraphQLSchema {
  const schema = buildSchema(SCHEMA)
  for (const [typeName, resolvers] of Object.entries(RESOLVERS)) {
    const type = schema.getType(typeName)
    if (!(type instanceof GraphQLObjectType)) throw new Error(`the schema has no type ${typeName}`)
    const fields = type.getFields()
    for (const [name, resolve] of Object.entries(resolvers)) {
      const field = fields[name]
      if (field === undefined) throw new Error(`the schema has no field ${typeName}.${name}`)
      const ask = resolve as (source: unknown, args: unknown, call: Call) => unknown
      field.resolve = (source: unknown, args: unknown, call: Call) =>
        ask(source, withoutNulls(args), call)
    }
  }
  resolveType(schema, 'ArtifactCollection', (source: CollectionSource) =>
    source.collection?.kind === 'linked' ? 'ArtifactPortfolio' : 'ArtifactSequence',
  )
  resolveType(schema, 'ArtifactCreator', (source: { readonly type: string }) => source.type)
  return schema
}

function resolveType<Source>(
  schema: GraphQLSchema,
  typeName: string,
  nameOf: (source: Source) => string,
): void {
  const type = schema.getType(typeName)
  if (!(type instanceof GraphQLInterfaceType || type instanceof GraphQLUnionType))
    throw new Error(`the schema has no interface or union ${typeName}`)
  type.resolveType = nameOf
}
