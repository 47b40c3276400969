import type { OwnerName, Page } from './wire.ts'

// What happened: a part of `wire.ts`.

export type EventKind =
  | 'alias.moved'
  | 'blob.quarantined'
  | 'collection.created'
  | 'collection.changed'
  | 'collection.deleted'
  | 'grant.created'
  | 'grant.removed'
  | 'member.removed'
  | 'member.set'
  | 'organization.changed'
  | 'organization.created'
  | 'owner.changed'
  | 'owner.deleted'
  | 'password.changed'
  | 'project.created'
  | 'refusal.protected'
  | 'registry.created'
  | 'run.created'
  | 'run.deleted'
  | 'run.finished'
  | 'service_account.created'
  | 'service_account.removed'
  | 'session.begun'
  | 'session.ended'
  | 'stages.changed'
  | 'team.created'
  | 'team.removed'
  | 'token.created'
  | 'token.revoked'
  | 'user.changed'
  | 'user.created'
  | 'user.removed'
  | 'version.changed'
  | 'version.committed'
  | 'version.deleted'
  | 'version.linked'
  | 'version.quarantined'
  | 'version.unlinked'
  | 'version.used'

/** One event of the stream; `docs/API.md` says how to check the chain of hashes. */
export interface StreamEvent {
  /** 1, 2, … without gap: the place in the stream. */
  readonly revision: number
  readonly id: string
  readonly kind: EventKind
  readonly time: string
  readonly actor: string
  readonly actorId: number
  /** Null where nobody owns what it tells of. Names are those of now. */
  readonly owner: OwnerName | null
  readonly ownerId: number | null
  readonly collection: string | null
  readonly collectionId: string | null
  readonly alias: string | null
  readonly payload: Readonly<Record<string, unknown>>
  readonly prevHash: string
  readonly hash: string
}

export interface EventPage extends Page<StreamEvent> {
  /** It looked up to here: watch from here on. */
  readonly revision: number
}
