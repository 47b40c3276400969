export const REGISTRIES = /* GraphQL */ `
enum ArtifactCollectionType { SEQUENCE PORTFOLIO }
enum RampIDType { OrgName EntityName UserName }

extend type Organization {
  advancedRegistryFeatures: AdvancedRegistryFeatures
  featureFlags(rampIDType: RampIDType!): [FeatureFlag]
}
type AdvancedRegistryFeatures { advancedSearch: Boolean! }
type FeatureFlag { rampKey: String!  isEnabled: Boolean! }

extend type Entity {
  projects(after: String, first: Int, order: String, filters: JSONString): ProjectConnection
  artifactCollections(
    projectFilters: JSONString, filters: JSONString, collectionTypes: [ArtifactCollectionType!],
    after: String, first: Int, order: String
  ): ArtifactCollectionConnection
  artifactMemberships(
    projectFilters: JSONString, collectionFilters: JSONString, filters: JSONString,
    after: String, first: Int, order: String
  ): ArtifactCollectionMembershipConnection
}
extend type Project { allowAllArtifactTypesInRegistry: Boolean! }

extend type Mutation {
  renameProject(input: RenameProjectInput!): UpsertModelPayload
  deleteModel(input: DeleteModelInput!): SuccessPayload
}
input ArtifactTypeInput { name: String!  description: String }
input RenameProjectInput {
  entityName: String!  oldProjectName: String!  newProjectName: String!  clientMutationId: String
}
input DeleteModelInput { id: String }
`
