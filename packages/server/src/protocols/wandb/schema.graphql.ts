/** A GraphQL interface says its fields again in every type that has it. */
const COLLECTION_FIELDS = /* GraphQL */ `
  id: ID!
  name: String!
  description: String
  state: ArtifactCollectionState!
  createdAt: DateTime!
  updatedAt: DateTime
  project: Project
  defaultArtifactType: ArtifactType!
  tags(first: Int, after: String): TagConnection!
  aliases(first: Int, after: String): ArtifactAliasConnection
  artifacts(
    after: String, first: Int, order: String, filters: JSONString
  ): VersionedArtifactConnection
  artifactMembership(aliasName: String!): ArtifactCollectionMembership
`

/**
 * What is served of the wandb client's GraphQL schema. A document that asks for more is refused
 * with 400 and logged by name. Results that may be missing are nullable on purpose: the client
 * takes `null` for "not found" and an error for a failure. `JSONString` is JSON as a string, `JSON`
 * an inline value, `Int64` a number, `DateTime` RFC 3339 in UTC.
 */
export const SCHEMA = /* GraphQL */ `
scalar DateTime
scalar Duration
scalar Int64
scalar JSON
scalar JSONString

type Query {
  viewer: User
  serverInfo: ServerInfo
  entity(name: String): Entity
  organization(name: String!): Organization
  project(name: String, entityName: String): Project
  model(name: String, entityName: String): Project
  models(entityName: String, after: String, first: Int): ProjectConnection
  artifact(id: ID!): Artifact
  artifactCollection(id: ID!): ArtifactCollection
  clientIDMapping(clientID: ID!): ClientIDMapping
}

type ServerInfo { features: [ServerFeatureInfo]  cliVersionInfo: JSON }
type ServerFeatureInfo { name: String!  isEnabled: Boolean! }
type ClientIDMapping { serverID: ID! }
type PageInfo { endCursor: String  hasNextPage: Boolean! }

# ---------- accounts ----------
type User {
  id: ID!
  name: String!
  username: String
  email: String
  admin: Boolean
  flags: JSONString
  entity: String
  deletedAt: DateTime
  photoUrl: String
  apiKeys(first: Int, after: String): ApiKeyConnection
  teams(first: Int, after: String): EntityConnection
}
type ApiKey { id: ID!  name: String!  description: String }
type ApiKeyConnection { edges: [ApiKeyEdge!]! }
type ApiKeyEdge { node: ApiKey }
type Entity {
  id: ID!
  name: String!
  entityType: String
  isTeam: Boolean!
  available: Boolean
  organization: Organization
  user: EntityUser
  xxhashDigestsEnabled: Boolean
  project(name: String): Project
}
type EntityConnection { edges: [EntityEdge!]! }
type EntityEdge { node: Entity }
type EntityUser { organizations: [Organization!] }
type Organization { id: ID!  name: String!  orgEntity: Entity  coreWeaveOrganizationId: String }

# ---------- projects ----------
type Project {
  id: ID!
  internalId: ID!
  name: String!
  entityName: String!
  entity: Entity!
  description: String
  user: User
  access: String
  views: JSONString
  isBenchmark: Boolean!
  readOnly: Boolean
  createdAt: DateTime!
  updatedAt: DateTime
  run(name: String!, desc: String): Run
  bucket(name: String!, missingOk: Boolean): Run
  artifact(name: String!): Artifact
  artifactType(name: String!): ArtifactType
  artifactTypes(includeAll: Boolean, after: String, first: Int): ArtifactTypeConnection!
  artifactCollection(name: String!): ArtifactCollection
  artifactCollections(
    after: String, first: Int, filters: JSONString, order: String
  ): ArtifactCollectionConnection
  artifactCollectionMembership(name: String!): ArtifactCollectionMembership
}

type ProjectConnection { edges: [ProjectEdge!]!  pageInfo: PageInfo! }
type ProjectEdge { node: Project  cursor: String }

# ---------- runs ----------
type Run {
  id: ID!
  name: String!
  projectId: Int!
  project: Project
  displayName: String
  description: String
  notes: String
  state: String
  tags: [String!]
  group: String
  jobType: String
  commit: String
  sweepName: String
  readOnly: Boolean
  createdAt: DateTime!
  heartbeatAt: DateTime
  user: User
  config: JSONString
  wandbConfig(keys: [String!]): JSONString
  summaryMetrics: JSONString
  systemMetrics: JSONString
  historyKeys: JSON
  historyLineCount: Int
  eventsLineCount: Int
  logLineCount: Int
  historyTail: JSONString
  eventsTail: JSONString
  fileCount: Int
  files(names: [String], after: String, first: Int, pattern: String): FileConnection
  outputArtifacts(after: String, first: Int): ArtifactConnection
  inputArtifacts(after: String, first: Int): ArtifactConnection
}
type RunConnection { edges: [RunEdge!]!  pageInfo: PageInfo! }
type RunEdge { node: Run!  cursor: String! }

# ---------- files ----------
type File {
  id: ID!
  name: String!
  displayName: String!
  url(upload: Boolean): String
  directUrl: String!
  uploadUrl: String
  uploadHeaders: [String!]
  uploadMultipartUrls: UploadMultipartUrls
  storagePath: String
  sizeBytes: Int64!
  mimetype: String
  updatedAt: DateTime
  digest: String
  md5: String
  artifact: Artifact
}
type FileConnection { edges: [FileEdge!]!  pageInfo: PageInfo!  totalCount: Int! }
type FileEdge { node: File  cursor: String }
type UploadMultipartUrls { uploadID: String!  uploadUrlParts: [UploadUrlPart!]! }
type UploadUrlPart { partNumber: Int64!  uploadUrl: String! }

# ---------- artifacts ----------
enum ArtifactState { PENDING COMMITTED DELETED }
enum ArtifactCollectionState { READY DELETED }
enum ArtifactDigestAlgorithm { MANIFEST_MD5 MANIFEST_XXH128 }
enum ArtifactManifestType { FULL PATCH INCREMENTAL }
enum ArtifactStorageLayout { V1 V2 }

type ArtifactType {
  id: ID!
  name: String!
  description: String
  createdAt: DateTime!
  artifactCollection(name: String!): ArtifactCollection
  artifactCollections(
    after: String, first: Int, filters: JSONString, order: String
  ): ArtifactCollectionConnection
}
type ArtifactTypeConnection { edges: [ArtifactTypeEdge!]!  pageInfo: PageInfo!  totalCount: Int }
type ArtifactTypeEdge { node: ArtifactType  cursor: String }

interface ArtifactCollection {${COLLECTION_FIELDS}}
type ArtifactSequence implements ArtifactCollection {${COLLECTION_FIELDS}
  latestArtifact: Artifact
  digestAlgorithm: ArtifactDigestAlgorithm
}
type ArtifactPortfolio implements ArtifactCollection {${COLLECTION_FIELDS}}
type ArtifactCollectionConnection {
  edges: [ArtifactCollectionEdge!]!  pageInfo: PageInfo!  totalCount: Int!
}
type ArtifactCollectionEdge { node: ArtifactCollection  cursor: String }
type Tag { id: ID!  name: String! }
type TagConnection { edges: [TagEdge!]! }
type TagEdge { node: Tag! }
type ArtifactAlias { id: ID!  alias: String!  artifactCollection: ArtifactCollection }
type ArtifactAliasConnection { edges: [ArtifactAliasEdge!]!  pageInfo: PageInfo! }
type ArtifactAliasEdge { node: ArtifactAlias  cursor: String }

type Artifact {
  id: ID!
  artifactSequence: ArtifactSequence!
  artifactType: ArtifactType!
  versionIndex: Int
  description: String
  metadata: JSONString
  ttlDurationSeconds: Int64!
  ttlIsInherited: Boolean!
  tags: [Tag!]!
  historyStep: Int64
  state: ArtifactState!
  size: Int64!
  storageBytes: Int64
  digest: String!
  digestAlgorithm: ArtifactDigestAlgorithm
  commitHash: String
  fileCount: Int64!
  createdAt: DateTime!
  updatedAt: DateTime
  aliases: [ArtifactAlias!]!
  artifactMemberships(first: Int, after: String): ArtifactCollectionMembershipConnection
  currentManifest: ArtifactManifest
  createdBy: ArtifactCreator
  usedBy(first: Int, after: String): RunConnection
  filesByManifestEntries(storageLayout: String!, manifestVersion: String!,
    entries: [ArtifactManifestEntryInput!], storageRegion: String, after: String, first: Int
  ): FileConnection
}
union ArtifactCreator = Run | User
type ArtifactManifest { id: ID!  digest: String  file: File! }
type ArtifactConnection { edges: [ArtifactEdge!]!  pageInfo: PageInfo!  totalCount: Int! }
type ArtifactEdge { node: Artifact  cursor: String }
type VersionedArtifactConnection {
  edges: [VersionedArtifactEdge!]!  pageInfo: PageInfo!  totalCount: Int!
}
type VersionedArtifactEdge { version: String!  node: Artifact  cursor: String }
type ArtifactCollectionMembership {
  id: ID!
  versionIndex: Int
  createdAt: DateTime!
  aliases: [ArtifactAlias!]!
  artifactCollection: ArtifactCollection
  artifact: Artifact
  files(names: [String!], after: String, first: Int): FileConnection
}

type ArtifactCollectionMembershipConnection {
  edges: [ArtifactCollectionMembershipEdge!]!  pageInfo: PageInfo!
}
type ArtifactCollectionMembershipEdge { node: ArtifactCollectionMembership  cursor: String }

# ---------- mutations ----------
type Mutation {
  upsertModel(input: UpsertModelInput!): UpsertModelPayload
  upsertBucket(input: UpsertBucketInput!): UpsertBucketPayload
  createRunFiles(input: CreateRunFilesInput!): CreateRunFilesPayload
  markRunFilesUploaded(input: MarkRunFilesUploadedInput!): SuccessPayload
  createArtifact(input: CreateArtifactInput!): CreateArtifactPayload
  createArtifactManifest(input: CreateArtifactManifestInput!): ArtifactManifestPayload
  updateArtifactManifest(input: UpdateArtifactManifestInput!): ArtifactManifestPayload
  createArtifactFiles(input: CreateArtifactFilesInput!): CreateArtifactFilesPayload
  commitArtifact(input: CommitArtifactInput!): ArtifactPayload
  useArtifact(input: UseArtifactInput!): ArtifactPayload
  updateArtifact(input: UpdateArtifactInput!): ArtifactPayload
  addAliases(input: AddAliasesInput!): SuccessPayload
  deleteAliases(input: DeleteAliasesInput!): SuccessPayload
  deleteArtifact(input: DeleteArtifactInput!): ArtifactPayload
  linkArtifact(input: LinkArtifactInput!): LinkArtifactPayload
  unlinkArtifact(input: UnlinkArtifactInput!): SuccessPayload
  updateArtifactSequence(input: UpdateArtifactSequenceInput!): ArtifactCollectionPayload
  updateArtifactPortfolio(input: UpdateArtifactPortfolioInput!): ArtifactCollectionPayload
  deleteArtifactSequence(input: DeleteArtifactSequenceInput!): ArtifactCollectionPayload
  deleteArtifactPortfolio(input: DeleteArtifactPortfolioInput!): ArtifactCollectionPayload
}

type SuccessPayload { success: Boolean  clientMutationId: String }
type UpsertModelPayload { project: Project  model: Project  inserted: Boolean }
type UpsertBucketPayload { bucket: Run  inserted: Boolean  clientMutationId: String }
type CreateRunFilesPayload { runID: ID!  uploadHeaders: [String!]!  files: [CreateRunFilesFile!]! }
type CreateRunFilesFile { name: String!  uploadUrl: String }
type CreateArtifactPayload { artifact: Artifact! }
type ArtifactManifestPayload { artifactManifest: ArtifactManifest! }
type CreateArtifactFilesPayload { files: FileConnection! }
type ArtifactPayload { artifact: Artifact! }
type LinkArtifactPayload { versionIndex: Int  artifactMembership: ArtifactCollectionMembership }
type ArtifactCollectionPayload { artifactCollection: ArtifactCollection }

input UpsertModelInput { name: String  entityName: String  clientMutationId: String }
input UpsertBucketInput {
  id: String  name: String  modelName: String  entityName: String  groupName: String
  description: String
  displayName: String  notes: String  commit: String  config: JSONString  host: String
  debug: Boolean
  jobProgram: String  jobRepo: String  jobType: String  state: String  sweep: String
  tags: [String!]
  summaryMetrics: JSONString  clientMutationId: String
}
input CreateRunFilesInput {
  entityName: String!  projectName: String!  runName: String!  files: [String!]!
}
input MarkRunFilesUploadedInput {
  entityName: String!  projectName: String!  runName: String!  files: [String!]!
}
input ArtifactAliasInput { alias: String!  artifactCollectionName: String! }
input ArtifactCollectionAliasInput {
  alias: String!  artifactCollectionName: String!  entityName: String!  projectName: String!
}
input TagInput { tagName: String!  tagCategoryName: String  attributes: JSONString }
input CreateArtifactInput {
  entityName: String!  projectName: String!  runName: String
  artifactTypeName: String!  artifactCollectionName: String  artifactCollectionNames: [String!]
  digest: String!  digestAlgorithm: ArtifactDigestAlgorithm
  description: String  labels: JSONString  metadata: JSONString
  aliases: [ArtifactAliasInput!]  tags: [TagInput!]
  ttlDurationSeconds: Int64  historyStep: Int64
  enableDigestDeduplication: Boolean  distributedID: String
  clientID: ID  sequenceClientID: ID  storageRegion: String  clientMutationId: String
}
input CreateArtifactManifestInput {
  artifactID: ID!  baseArtifactID: ID  name: String!  digest: String!
  entityName: String!  projectName: String!  runName: String!  type: ArtifactManifestType
}
input UpdateArtifactManifestInput { artifactManifestID: ID!  digest: String  baseArtifactID: ID }
input CreateArtifactFilesInput {
  artifactFiles: [CreateArtifactFileSpecInput!]!  storageLayout: ArtifactStorageLayout
  digestAlgorithm: ArtifactDigestAlgorithm  cloudRegionID: ID  clientMutationId: String
}
input CreateArtifactFileSpecInput {
  artifactID: ID!  artifactManifestID: ID  name: String!  md5: String!  digest: String
  mimetype: String
  uploadPartsInput: [UploadPartsInput!]
}
input UploadPartsInput { partNumber: Int64!  hexMD5: String! }
input CommitArtifactInput { artifactID: ID! }
input UseArtifactInput {
  artifactID: ID!  entityName: String!  projectName: String!  runName: String!
  usedAs: String  artifactEntityName: String  artifactProjectName: String  clientMutationId: String
}
input UpdateArtifactInput {
  artifactID: ID!  description: String  labels: JSONString  metadata: JSONString
  ttlDurationSeconds: Int64
  tagsToAdd: [TagInput!]  tagsToDelete: [TagInput!]  clientMutationId: String
}
input AddAliasesInput {
  artifactID: ID!  aliases: [ArtifactCollectionAliasInput!]!  clientMutationId: String
}
input DeleteAliasesInput {
  artifactID: ID!  aliases: [ArtifactCollectionAliasInput!]!  clientMutationId: String
}
input DeleteArtifactInput {
  artifactID: ID!  deleteAliases: Boolean = false  clientMutationId: String
}
input LinkArtifactInput {
  artifactID: ID  clientID: ID  artifactPortfolioID: ID  artifactPortfolioName: String
  entityName: String  projectName: String  aliases: [ArtifactAliasInput!]  clientMutationId: String
}
input UnlinkArtifactInput { artifactID: ID!  artifactPortfolioID: ID!  clientMutationId: String }
input UpdateArtifactSequenceInput {
  artifactSequenceID: ID!  name: String  description: String  clientMutationId: String
}
input UpdateArtifactPortfolioInput {
  artifactPortfolioID: ID!  name: String  description: String  clientMutationId: String
}
input DeleteArtifactSequenceInput { artifactSequenceID: ID! }
input DeleteArtifactPortfolioInput { artifactPortfolioID: ID! }
input ArtifactManifestEntryInput {
  name: String!  digest: String!  birthArtifactID: ID  ref: String  size: Int64
}
`
