import { homedir } from 'node:os'
import path from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * What can be lost without harm: contents by digest, pushes that broke off, the last known good.
 */
export function defaultCacheFolder(environment: Environment = process.env): string {
  return path.join(environment.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'greenroom')
}
