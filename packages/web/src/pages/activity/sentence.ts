import type { EventKind, StreamEvent } from '@greenroom/sdk/wire'
import type { ActivityKind } from '../../app/page-search.ts'

// What an event says, in words. Pure, so that it can be tested.

export interface Sentence {
  /** After the name of who did it. */
  readonly verb: string
  /** An alias that it is about. */
  readonly alias?: string
  /** Where to: `to v12, was v11`. */
  readonly tail?: string
  /** A version of the event's collection, to be led to. */
  readonly version?: string
  /** A run of the event's project, to be led to. */
  readonly run?: string
}

export function groupOf(kind: EventKind): ActivityKind {
  if (kind === 'alias.moved' || kind === 'refusal.protected') return 'moves'
  const [noun] = kind.split('.')
  if (noun === 'version' || noun === 'draft' || noun === 'blob') return 'versions'
  if (noun === 'run') return 'runs'
  return PLACES.has(noun ?? '') ? 'places' : 'people'
}

const PLACES = new Set(['collection', 'project', 'registry', 'owner', 'stages'])

/** Kinds whose words are always the same; the rest of the sentence is a field of the payload. */
const PLAIN: Partial<Readonly<Record<EventKind, readonly [verb: string, field?: string]>>> = {
  'blob.quarantined': ['found damaged bytes', 'digest'],
  'collection.created': ['created the collection'],
  'collection.changed': ['changed the collection'],
  'collection.deleted': ['deleted the collection', 'name'],
  'project.created': ['created the project', 'name'],
  'registry.created': ['created the registry', 'name'],
  'owner.changed': ['changed', 'name'],
  'owner.deleted': ['deleted', 'name'],
  'stages.changed': ['declared the stages anew'],
  'user.created': ['made the user', 'user'],
  'user.changed': ['changed the user', 'user'],
  'user.removed': ['removed the user', 'user'],
  'password.changed': ['set the password of', 'user'],
  'session.begun': ['signed in'],
  'session.ended': ['signed out'],
  'token.created': ['made a token for', 'user'],
  'token.revoked': ['revoked a token of', 'user'],
  'team.created': ['made the team', 'team'],
  'team.removed': ['removed the team', 'team'],
  'service_account.created': ['made the service account', 'user'],
  'service_account.removed': ['removed the service account', 'user'],
  'organization.created': ['made the organization', 'organization'],
  'organization.changed': ['renamed the organization', 'displayName'],
}

const OF_VERSIONS: Partial<Readonly<Record<EventKind, string>>> = {
  'version.committed': 'logged',
  'version.changed': 'described',
  'version.linked': 'linked',
  'version.unlinked': 'unlinked',
  'version.deleted': 'deleted',
  'version.quarantined': 'quarantined',
}

const OF_RUNS: Partial<Readonly<Record<EventKind, string>>> = {
  'run.created': 'started the run',
  'run.finished': 'ended the run',
  'run.deleted': 'deleted the run',
  'version.used': 'used a version in the run',
}

export function sentenceOf({ kind, alias, payload }: StreamEvent): Sentence {
  if (kind === 'alias.moved') return moved(alias ?? '', payload)
  if (kind === 'refusal.protected')
    return { verb: 'was refused to move', ...(alias === null ? {} : { alias }) }
  const ofVersion = OF_VERSIONS[kind]
  if (ofVersion !== undefined) {
    const { index } = payload
    return { verb: ofVersion, ...(typeof index === 'number' ? { version: `v${index}` } : {}) }
  }
  const ofRun = OF_RUNS[kind]
  if (ofRun !== undefined) return { verb: ofRun, ...textIn(payload, 'run', 'run') }
  if (kind === 'grant.created' || kind === 'grant.removed') return granted(kind, payload)
  if (kind === 'member.set' || kind === 'member.removed') return membered(kind, payload)
  const [verb, field] = PLAIN[kind] ?? [kind]
  return { verb, ...(field === undefined ? {} : textIn(payload, field, 'tail')) }
}

type Payload = StreamEvent['payload']

function moved(alias: string, payload: Payload): Sentence {
  const from = versionsIn(payload.from ?? payload.removed)
  const to = versionsIn(payload.to ?? payload.added)
  const came = to.filter((one) => !from.includes(one))
  const went = from.filter((one) => !to.includes(one))
  const verb = payload.cause === 'rollback' ? 'rolled back' : 'moved'
  if (came.length === 0)
    return { verb: to.length > 0 ? 'took from' : 'vacated', alias, tail: tailOf('was', went) }
  const version = came.length === 1 ? came[0] : undefined
  return {
    verb,
    alias,
    ...(version === undefined ? {} : { version }),
    tail: [version === undefined ? tailOf('to', came) : '', tailOf('was', went)]
      .filter((part) => part !== '')
      .join(', '),
  }
}

function tailOf(word: string, versions: readonly string[]): string {
  return versions.length === 0 ? '' : `${word} ${versions.join(', ')}`
}

function granted(kind: EventKind, payload: Payload): Sentence {
  const { user, effect, verb, collection, alias } = payload
  const did = kind === 'grant.created' ? 'granted' : 'took a grant from'
  return { verb: did, tail: `${user}: ${effect} ${verb} on ${collection}, alias ${alias}` }
}

function membered(kind: EventKind, payload: Payload): Sentence {
  const { user, role } = payload
  return kind === 'member.set'
    ? { verb: 'made a member', tail: `${user} (${role})` }
    : { verb: 'removed the member', tail: String(user) }
}

/** Indexes, or slots that have one. */
function versionsIn(slots: unknown): readonly string[] {
  if (!Array.isArray(slots)) return []
  return slots.map((slot: unknown) => {
    const index = typeof slot === 'object' && slot !== null && 'index' in slot ? slot.index : slot
    return `v${String(index)}`
  })
}

function textIn(payload: Payload, field: string, as: 'run' | 'tail'): Partial<Sentence> {
  const value = payload[field]
  return typeof value === 'string' ? { [as]: value } : {}
}
