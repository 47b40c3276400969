// `@greenroom/sdk`: what works in Node and in browsers. Folders and files: `@greenroom/sdk/node`.

export type { ChangeOptions, DeleteQuery, PageQuery, Tagged } from './answers.ts'
export {
  type Call,
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
} from './client.ts'
export { AliasList } from './facade/alias-list.ts'
export type { AliasMove } from './facade/alias-move.ts'
export { Api, init, PlatformApi, type WatchOptions } from './facade/api.ts'
export {
  Artifact,
  type ArtifactOptions,
  type ReferenceOptions,
  type SignalOption,
} from './facade/artifact.ts'
export { ArtifactVersion, type PromoteOptions } from './facade/artifact-version.ts'
export { type LogArtifactOptions, Run, type RunOptions } from './facade/run.ts'
export { GreenroomError, isGreenroomError } from './greenroom-error.ts'
export { hashPointerEvent } from './hash-pointer-event.ts'
export { items, pages } from './pages.ts'
export type { CollectionName } from './places.ts'
export { maxAgeOf, type Policy } from './policy.ts'
export { formatRef, ownEntity, parseRef, type Ref } from './ref.ts'
export * from './routes.ts'
export {
  type LoggedVersion,
  type LogOptions,
  logVersion,
  type PlannedEntry,
  type VersionWishes,
} from './transfers/log-version.ts'
export type { BlobSource } from './transfers/send-blob.ts'
export { type StreamCheck, verifyStream } from './verify-stream.ts'
export type * from './wire.ts'
