// `@greenroom/sdk/node`: folders and files, on top of what works everywhere.

export * from '../index.ts'
export { DEFAULT_CACHE_BYTES } from './content-cache.ts'
export {
  credentialsFile,
  DEFAULT_URL,
  type Login,
  openClient,
  readLogin,
  removeLogin,
  urlInForce,
  writeLogin,
} from './credentials.ts'
export { Api, Artifact, ArtifactVersion, type DownloadOptions, init } from './facade.ts'
export { type Pulled, type PullRefOptions, pull, pullRefSteps } from './known-good.ts'
export type { VersionPlace } from './manifest-file.ts'
export {
  type PulledFiles,
  type PullOptions,
  type PullProgress,
  pullSteps,
  pullVersion,
} from './pull.ts'
export { type PushOptions, type PushProgress, push, pushSteps } from './push.ts'
export { defaultCacheFolder } from './state-folder.ts'
