export const ARTIFACTS = /* GraphQL */ `
extend type Query {
  artifact(id: ID!): Artifact
  clientIDMapping(clientID: ID!): ClientIDMapping
}
extend type Mutation {
  createArtifact(input: CreateArtifactInput!): CreateArtifactPayload
  createArtifactManifest(input: CreateArtifactManifestInput!): ArtifactManifestPayload
  updateArtifactManifest(input: UpdateArtifactManifestInput!): ArtifactManifestPayload
  createArtifactFiles(input: CreateArtifactFilesInput!): CreateArtifactFilesPayload
  completeMultipartUploadArtifact(
    input: CompleteMultipartUploadArtifactInput!): CompleteMultipartUploadArtifactPayload
  commitArtifact(input: CommitArtifactInput!): ArtifactPayload
  useArtifact(input: UseArtifactInput!): ArtifactPayload
  updateArtifact(input: UpdateArtifactInput!): ArtifactPayload
  addAliases(input: AddAliasesInput!): SuccessPayload
  deleteAliases(input: DeleteAliasesInput!): SuccessPayload
  deleteArtifact(input: DeleteArtifactInput!): ArtifactPayload
  linkArtifact(input: LinkArtifactInput!): LinkArtifactPayload
  unlinkArtifact(input: UnlinkArtifactInput!): SuccessPayload
}

enum ArtifactState { PENDING COMMITTED DELETED }
enum CompleteMultipartAction { Complete }
enum ArtifactManifestType { FULL PATCH INCREMENTAL }
enum ArtifactStorageLayout { V1 V2 }

type ClientIDMapping { serverID: ID! }
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
type CreateArtifactPayload { artifact: Artifact! }
type ArtifactManifestPayload { artifactManifest: ArtifactManifest! }
type CreateArtifactFilesPayload { files: FileConnection! }
type CompleteMultipartUploadArtifactPayload { digest: String }
type ArtifactPayload { artifact: Artifact! }
type LinkArtifactPayload { versionIndex: Int  artifactMembership: ArtifactCollectionMembership }
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
input CompleteMultipartUploadArtifactInput {
  completeMultipartAction: CompleteMultipartAction!  completedParts: [UploadPartsInput!]!
  artifactID: ID!  storagePath: String!  uploadID: String!
}
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
input ArtifactManifestEntryInput {
  name: String!  digest: String!  birthArtifactID: ID  ref: String  size: Int64
}
`
