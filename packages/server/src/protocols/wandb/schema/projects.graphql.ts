export const PROJECTS = /* GraphQL */ `
extend type Query {
  project(name: String, entityName: String): Project
  model(name: String, entityName: String): Project
  models(entityName: String, after: String, first: Int): ProjectConnection
}
extend type Mutation {
  upsertModel(input: UpsertModelInput!): UpsertModelPayload
}

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
type UpsertModelPayload { project: Project  model: Project  inserted: Boolean }
input UpsertModelInput {
  name: String  entityName: String  description: String  access: String
  allowAllArtifactTypesInRegistry: Boolean  artifactTypes: [ArtifactTypeInput!]
  clientMutationId: String
}
`
