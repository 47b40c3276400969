export const FILES = /* GraphQL */ `
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
`
