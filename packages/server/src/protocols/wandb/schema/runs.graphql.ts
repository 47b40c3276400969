export const RUNS = /* GraphQL */ `
extend type Mutation {
  upsertBucket(input: UpsertBucketInput!): UpsertBucketPayload
  createRunFiles(input: CreateRunFilesInput!): CreateRunFilesPayload
  markRunFilesUploaded(input: MarkRunFilesUploadedInput!): SuccessPayload
}

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
type UpsertBucketPayload { bucket: Run  inserted: Boolean  clientMutationId: String }
type CreateRunFilesPayload { runID: ID!  uploadHeaders: [String!]!  files: [CreateRunFilesFile!]! }
type CreateRunFilesFile { name: String!  uploadUrl: String }
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
`
