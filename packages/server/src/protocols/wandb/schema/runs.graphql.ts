export const RUNS = /* GraphQL */ `
extend type Mutation {
  upsertBucket(input: UpsertBucketInput!): UpsertBucketPayload
  createRunFiles(input: CreateRunFilesInput!): CreateRunFilesPayload
  markRunFilesUploaded(input: MarkRunFilesUploadedInput!): SuccessPayload
  rewindRun(input: RewindRunInput!): RewindRunPayload
  deleteRun(input: DeleteRunInput!): DeleteRunPayload
  stopRun(input: StopRunInput!): SuccessPayload
  updateRunState(input: UpdateRunStateInput!): SuccessPayload
  deleteFiles(input: DeleteFilesInput!): SuccessPayload
  notifyScriptableRunAlert(input: NotifyScriptableRunAlertInput!): SuccessPayload
}

extend type Project {
  runs(filters: JSONString, after: String, first: Int, order: String): RunConnection
  runCount(filters: JSONString): Int
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
  history(minStep: Int64, maxStep: Int64, samples: Int): [String!]
  events(samples: Int): [String!]
  sampledHistory(specs: [JSONString!]!): [JSON]
  parquetHistory(liveKeys: [String!]!): ParquetHistory!
  logLines(
    first: Int, after: String, last: Int, before: String, useImprovedPagination: Boolean
  ): LogLineConnection
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
type ParquetHistory { parquetUrls: [String!]!  liveData: [JSON] }
type LogLine { number: Int!  timestamp: DateTime  level: String  label: String  line: String! }
type LogLineConnection { edges: [LogLineEdge!]!  pageInfo: PageInfo! }
type LogLineEdge { node: LogLine! }
type RewindRunPayload { rewoundRun: Run }
type DeleteRunPayload { clientMutationId: String }
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
input RewindRunInput {
  runName: String!  entityName: String  projectName: String
  metricName: String!  metricValue: Float!
}
input DeleteRunInput { id: ID!  deleteArtifacts: Boolean  clientMutationId: String }
input StopRunInput { id: ID! }
input UpdateRunStateInput { id: ID!  state: String! }
input DeleteFilesInput { files: [ID!]!  projectId: Int }
enum AlertSeverity { INFO WARN ERROR }
input NotifyScriptableRunAlertInput {
  entityName: String!  projectName: String!  runName: String!  title: String!  text: String!
  severity: AlertSeverity  waitDuration: Duration
}
`
