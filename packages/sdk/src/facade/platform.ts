import type { Client } from '../client.ts'
import type { CollectionName } from '../places.ts'
import {
  type LoggedVersion,
  logVersion,
  type PlannedEntry,
  type VersionWishes,
} from '../transfers/log-version.ts'
import type * as wire from '../wire.ts'
import { ArtifactVersion } from './artifact-version.ts'

export interface LogCalls {
  readonly signal?: AbortSignal | undefined
  /** Hears how many bytes have left, of how many that the registry has asked for so far. */
  readonly onProgress?: ((sentBytes: number, wantedBytes: number) => void) | undefined
}

/** What the facade does otherwise where there are folders. */
export interface Platform<Version extends ArtifactVersion> {
  versionOf(client: Client, facts: wire.Version): Version
  log(
    client: Client,
    collection: CollectionName,
    wishes: VersionWishes,
    entries: readonly PlannedEntry[],
    calls: LogCalls,
  ): Promise<LoggedVersion>
}

/** Browsers, and everything else without folders. */
export const PLAIN: Platform<ArtifactVersion> = {
  versionOf: (client, facts) => new ArtifactVersion(client, facts),
  log: (client, collection, wishes, entries, { signal, onProgress = () => {} }) =>
    logVersion(client, collection, wishes, entries, { signal, hasSent: onProgress }),
}
