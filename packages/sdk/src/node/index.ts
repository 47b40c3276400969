// `@greenroom/sdk/node`: folders and files, on top of what works everywhere.

export * from '../index.ts'
export {
  credentialsFile,
  DEFAULT_URL,
  type Login,
  openClient,
  readLogin,
  urlInForce,
  writeLogin,
} from './credentials.ts'
