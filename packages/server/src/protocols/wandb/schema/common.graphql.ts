/** What every subject uses; each adds its own fields to `Query` and `Mutation`. */
export const COMMON = /* GraphQL */ `
scalar DateTime
scalar Duration
scalar Int64
scalar JSON
scalar JSONString

type Query {
  serverInfo: ServerInfo
}
type Mutation

type ServerInfo { features: [ServerFeatureInfo]  cliVersionInfo: JSON }
type ServerFeatureInfo { name: String!  isEnabled: Boolean! }
type PageInfo { endCursor: String  hasNextPage: Boolean! }
type SuccessPayload { success: Boolean  clientMutationId: String }
`
