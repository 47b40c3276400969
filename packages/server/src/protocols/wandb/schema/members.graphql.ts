export const MEMBERS = /* GraphQL */ `
extend type Query {
  users(query: String, after: String, first: Int): UserConnection
}
type UserConnection { edges: [UserEdge!]!  pageInfo: PageInfo!  totalCount: Int }
type UserEdge { node: User  cursor: String }

extend type Entity {
  photoUrl: String
  readOnly: Boolean
  readOnlyAdmin: Boolean!
  privateOnly: Boolean!
  storageBytes: Int64!
  codeSavingEnabled: Boolean!
  defaultAccess: String!
  isPaid: Boolean
  limits: JSONString
  members: [Member!]!
}
type Member {
  id: ID  role: String  admin: Boolean  pending: Boolean  email: String  username: String
  name: String!  photoUrl: String  accountType: String  apiKey: String
}

extend type Project {
  members: [ProjectMember!]!
  teamMembers: [ProjectTeamMember!]!
}
type Role { name: String! }
type ProjectMember { id: ID!  name: String  username: String  email: String  role: Role! }
type ProjectTeamMember { team: Entity!  role: Role! }

extend type Mutation {
  createProjectMembers(input: CreateProjectMembersInput!): SuccessPayload
  deleteProjectMembers(input: DeleteProjectMembersInput!): SuccessPayload
  updateProjectMember(input: UpdateProjectMemberInput!): SuccessPayload
  updateProjectTeamMember(input: UpdateProjectTeamMemberInput!): SuccessPayload
  createUser(input: CreateUserInput!): UserPayload
  generateApiKey(input: GenerateApiKeyInput!): ApiKeyPayload
  deleteApiKey(input: DeleteApiKeyInput!): SuccessPayload
  createTeam(input: CreateTeamInput!): EntityPayload
  createInvite(input: CreateInviteInput!): InvitePayload
  deleteInvite(input: DeleteInviteInput!): SuccessPayload
  createServiceAccount(input: CreateServiceAccountInput!): UserPayload
}
type UserPayload { user: User }
type ApiKeyPayload { apiKey: ApiKey }
type EntityPayload { entity: Entity }
type InvitePayload { invite: Invite }
type Invite { id: ID!  name: String  email: String  createdAt: DateTime  toUser: User }
input CreateProjectMembersInput { projectId: ID!  userIds: [ID!]  teamIds: [ID!] }
input DeleteProjectMembersInput { projectId: ID!  userIds: [ID!]  teamIds: [ID!] }
input UpdateProjectMemberInput {
  projectId: ID!  userId: ID!  userProjectRole: String!  clientMutationId: String
}
input UpdateProjectTeamMemberInput {
  projectId: ID!  teamId: ID!  teamProjectRole: String!  clientMutationId: String
}
input CreateUserInput { email: String!  admin: Boolean }
input GenerateApiKeyInput { description: String }
input DeleteApiKeyInput { id: String! }
input CreateTeamInput { teamName: String!  teamAdminUserName: String }
input CreateInviteInput { entityName: String!  email: String  username: String  admin: Boolean }
input DeleteInviteInput { id: String  entityName: String }
input CreateServiceAccountInput { description: String!  entityName: String! }
`
