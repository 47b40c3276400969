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

export const COLLECTIONS = /* GraphQL */ `
extend type Query {
  artifactCollection(id: ID!): ArtifactCollection
}
extend type Mutation {
  updateArtifactSequence(input: UpdateArtifactSequenceInput!): ArtifactCollectionPayload
  updateArtifactPortfolio(input: UpdateArtifactPortfolioInput!): ArtifactCollectionPayload
  moveArtifactSequence(input: MoveArtifactSequenceInput!): ArtifactCollectionPayload
  createArtifactCollectionTagAssignments(
    input: CreateArtifactCollectionTagAssignmentsInput!
  ): TagsPayload
  deleteArtifactCollectionTagAssignments(
    input: DeleteArtifactCollectionTagAssignmentsInput!
  ): SuccessPayload
  deleteArtifactSequence(input: DeleteArtifactSequenceInput!): ArtifactCollectionPayload
  deleteArtifactPortfolio(input: DeleteArtifactPortfolioInput!): ArtifactCollectionPayload
}

enum ArtifactCollectionState { READY DELETED }
enum ArtifactDigestAlgorithm { MANIFEST_MD5 MANIFEST_XXH128 }

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
type TagsPayload { tags: [Tag!]! }
type ArtifactCollectionPayload { artifactCollection: ArtifactCollection }
input UpdateArtifactSequenceInput {
  artifactSequenceID: ID!  name: String  description: String  clientMutationId: String
}
input UpdateArtifactPortfolioInput {
  artifactPortfolioID: ID!  name: String  description: String  clientMutationId: String
}
input MoveArtifactSequenceInput {
  artifactSequenceID: ID!  destinationArtifactTypeName: String!  clientMutationId: String
}
input CreateArtifactCollectionTagAssignmentsInput {
  entityName: String!  projectName: String!  artifactCollectionName: String!  tags: [TagInput!]!
  clientMutationID: String
}
input DeleteArtifactCollectionTagAssignmentsInput {
  entityName: String!  projectName: String!  artifactCollectionName: String!  tags: [TagInput!]!
  clientMutationID: String
}
input DeleteArtifactSequenceInput { artifactSequenceID: ID! }
input DeleteArtifactPortfolioInput { artifactPortfolioID: ID! }
`
