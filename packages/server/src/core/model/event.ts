import type { Micros } from './time.ts'

/** Every kind of committed fact. */
export const EVENT_KINDS = [
  'alias.moved',
  'blob.quarantined',
  'collection.created',
  'collection.changed',
  'collection.deleted',
  'grant.created',
  'grant.removed',
  'member.removed',
  'member.set',
  'organization.changed',
  'organization.created',
  'owner.changed',
  'owner.deleted',
  'password.changed',
  'project.created',
  'refusal.protected',
  'registry.created',
  'run.created',
  'run.deleted',
  'run.finished',
  'session.begun',
  'session.ended',
  'service_account.created',
  'service_account.removed',
  'stages.changed',
  'team.created',
  'team.removed',
  'token.created',
  'token.revoked',
  'user.changed',
  'user.created',
  'user.removed',
  'version.changed',
  'version.committed',
  'version.deleted',
  'version.linked',
  'version.quarantined',
  'version.unlinked',
  'version.used',
] as const

export type EventKind = (typeof EVENT_KINDS)[number]

/** A committed fact as its transaction wrote it; the sequencer gives it its place in the stream. */
export interface Fact {
  readonly id: string
  readonly kind: EventKind
  readonly time: Micros
  readonly actorId: number
  readonly actorName: string
  readonly ownerId: number | null
  readonly collectionId: string | null
  readonly alias: string | null
  /** A JSON object as text. No secret ever stands in it. */
  readonly payload: string
}
