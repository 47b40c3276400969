export const ACCOUNTS = /* GraphQL */ `
extend type Query {
  viewer: User
  entity(name: String): Entity
  organization(name: String!): Organization
}

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
`
