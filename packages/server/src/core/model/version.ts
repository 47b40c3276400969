import type { ClientDigest, ContentDigest } from './digest.ts'
import type { Micros } from './time.ts'

export type VersionState = 'committed' | 'quarantined' | 'deleted'

/** Immutable content under a content digest, with metadata that may change. */
export interface Version {
  readonly id: string
  /** Of the canonical manifest. */
  readonly digest: ContentDigest
  readonly clientDigest: ClientDigest | null
  /** Where it was committed; a registry collection only links it. */
  readonly sourceCollectionId: string
  readonly sourceIndex: number
  readonly state: VersionState
  /** Why it is quarantined, for people. */
  readonly stateReason: string | null
  /** Bytes, references included where known. */
  readonly size: number
  readonly fileCount: number
  /** A JSON object as text. */
  readonly metadata: string
  readonly description: string | null
  /** Sorted. */
  readonly tags: readonly string[]
  /** Seconds; null inherits (there is nothing to inherit yet), -2 is switched off. */
  readonly ttlSeconds: number | null
  /** The run's step at which it was logged. */
  readonly historyStep: number | null
  /** The run that produced it. */
  readonly runId: number | null
  readonly createdBy: number
  readonly createdAt: Micros
  readonly updatedAt: Micros
  /** Grows with each change of metadata, description, tags, TTL or state. */
  readonly revision: number
}

export type DraftState = 'open' | 'committed' | 'absorbed'

/** A version being made; its id is the future version's id. Seen by nobody but its maker. */
export interface Draft {
  readonly id: string
  readonly ownerId: number
  readonly collectionName: string
  readonly artifactType: string
  readonly createdBy: number
  /** The client's own key for it: the same key gives the same draft. */
  readonly clientKey: string | null
  readonly clientDigest: ClientDigest | null
  /** What an incremental manifest adds to. */
  readonly baseVersionId: string | null
  /** Shared by the workers that make one version together. */
  readonly distributedKey: string | null
  readonly aliases: readonly string[]
  readonly tags: readonly string[]
  readonly metadata: string
  readonly description: string | null
  readonly ttlSeconds: number | null
  readonly historyStep: number | null
  readonly runId: number | null
  readonly state: DraftState
  /** Once committed or absorbed: the membership that the commit returned. */
  readonly versionId: string | null
  readonly collectionId: string | null
  readonly index: number | null
  /** Grows with every change of its entries, so that a digest computed aside can be trusted. */
  readonly entriesRevision: number
  readonly createdAt: Micros
  readonly expiresAt: Micros
}

/** A manifest file that a client of wandb's kind uploads for a draft; several may be merged. */
export interface DraftManifest {
  readonly id: string
  readonly draftId: string
  readonly kind: 'full' | 'incremental' | 'patch'
  readonly baseVersionId: string | null
  /** base64 MD5 that the client announced; checked when the file arrives. */
  readonly clientDigest: string | null
  /** The uploaded file's blob, once it has arrived. */
  readonly fileDigest: ContentDigest | null
  readonly createdAt: Micros
}
