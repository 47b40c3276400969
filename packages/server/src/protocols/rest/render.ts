import type * as wire from '@greenroom/sdk/wire'
import type { Token, User } from '../../core/model/actor.ts'
import type { Alias, LastMove, Slot, Standing } from '../../core/model/alias.ts'
import type { Collection, CollectionRef, Membership } from '../../core/model/collection.ts'
import type { ManifestEntry } from '../../core/model/manifest.ts'
import { describeOwner, type Owner, type OwnerRef } from '../../core/model/owner.ts'
import type { PointerEvent } from '../../core/model/pointer-event.ts'
import type { Stage } from '../../core/model/stage.ts'
import type { StreamEvent } from '../../core/model/stream-event.ts'
import { formatTime } from '../../core/model/time.ts'
import type { Draft } from '../../core/model/version.ts'
import type { Member } from '../../core/operations/find-members.ts'
import type { PointerView } from '../../core/operations/get-pointer.ts'
import type { Newest } from '../../core/operations/list-newest.ts'
import type { PointerResult } from '../../core/operations/promote.ts'
import type { Resolution } from '../../core/operations/resolve.ts'

// What the core answers, as the contract says it: `packages/sdk/src/wire.ts`.

/** Who a user id is. */
export type Usernames = ReadonlyMap<number, string>
/** The versions of a collection by index. */
export type Members = ReadonlyMap<number, Member>

export function renderOwner(owner: OwnerRef): wire.OwnerName {
  return { kind: owner.kind, entity: owner.entityName, name: owner.name }
}

export function versionName(index: number): string {
  return `v${index}`
}

/** `entity/project/collection:v3` or `registry/organization/registry/collection:v3`. */
export function refOf(
  { owner, name }: CollectionRef,
  { index }: Pick<Membership, 'index'>,
): string {
  return `${describeOwner(owner)}/${name}:${versionName(index)}`
}

export function renderCollection(
  owner: Owner,
  collection: Collection,
  usernames: Usernames,
): wire.Collection {
  return {
    owner: renderOwner(owner),
    name: collection.name,
    kind: collection.kind,
    type: collection.artifactType,
    description: collection.description,
    tags: collection.tags,
    measures: collection.measures,
    createdBy: nameOf(usernames, collection.createdBy),
    createdAt: formatTime(collection.createdAt),
    updatedAt: formatTime(collection.updatedAt),
  }
}

export function renderVersion(member: Member, usernames: Usernames): wire.Version {
  const { owner, collection, membership, version } = member
  return {
    ref: refOf({ owner, name: collection.name }, membership),
    owner: renderOwner(owner),
    collection: collection.name,
    version: versionName(membership.index),
    id: version.id,
    digest: version.digest,
    type: collection.artifactType,
    size: version.size,
    fileCount: version.fileCount,
    aliases: member.aliases,
    tags: version.tags,
    description: version.description,
    metadata: JSON.parse(version.metadata),
    ttlSeconds: version.ttlSeconds,
    state: version.state,
    stateReason: version.stateReason,
    revision: version.revision,
    createdBy: nameOf(usernames, version.createdBy),
    createdAt: formatTime(version.createdAt),
    updatedAt: formatTime(version.updatedAt),
  }
}

export function renderEntry(entry: ManifestEntry): wire.Entry {
  return {
    path: entry.path,
    digest: entry.digest,
    size: entry.size,
    reference: entry.reference,
    referenceDigest: entry.reference === null ? null : entry.clientDigest,
  }
}

export function renderDraft(
  draft: Draft,
  owner: Owner,
  missing: Pick<wire.Draft, 'uploads' | 'batchUrl' | 'next'>,
): wire.Draft {
  return {
    id: draft.id,
    owner: renderOwner(owner),
    collection: draft.collectionName,
    type: draft.artifactType,
    state: draft.state,
    aliases: draft.aliases,
    tags: draft.tags,
    createdAt: formatTime(draft.createdAt),
    expiresAt: formatTime(draft.expiresAt),
    ...missing,
  }
}

export function renderAlias(view: PointerView): wire.Alias {
  const { owner, collection, alias, event, members } = view
  return {
    ...renderPointer(owner, collection, alias.name, alias, members),
    slotCount: alias.slotCount,
    lastMove: renderMove(event),
  }
}

export function renderAliasSummary(
  owner: Owner,
  collection: Collection,
  alias: Alias,
  members: Members,
): wire.AliasSummary {
  return {
    ...renderPointer(owner, collection, alias.name, alias, members),
    slotCount: alias.slotCount,
    updatedAt: formatTime(alias.updatedAt),
  }
}

export function renderStanding(standing: Standing): wire.Standing {
  const { name, generation, slots, slotCount, lastMove } = standing
  const move = renderMove(lastMove)
  return { alias: name, generation, slots: slots.map(renderLoggedSlot), slotCount, lastMove: move }
}

export function renderNewest(newest: Newest | undefined): wire.NewestVersion | null {
  if (newest === undefined) return null
  return { version: versionName(newest.index), size: newest.size, value: newest.value }
}

export function renderStage(stage: Stage): wire.Stage {
  const { name, position, capacity, requires, onSupersede, clears, fallback } = stage
  const isProtected = stage.protected
  return {
    name,
    position,
    capacity,
    protected: isProtected,
    requires,
    onSupersede,
    clears,
    fallback,
  }
}

export function renderAliasChange(result: PointerResult, members: Members): wire.AliasChange {
  const { owner, collection, outcome, others } = result
  return {
    ...renderPointer(owner, collection, outcome.alias, outcome, members),
    changed: outcome.changed,
    lastMove: outcome.event === null ? null : renderMove(outcome.event),
    others: renderSideEffects(others),
  }
}

export function renderSideEffects(outcomes: PointerResult['others']): wire.SideEffect[] {
  return outcomes.flatMap(({ alias, generation, event }) =>
    event === null ? [] : [{ alias, generation, ...comings(event) }],
  )
}

export function renderPointerEvent(event: PointerEvent): wire.PointerEvent {
  const { change } = event
  return {
    collectionId: event.collectionId,
    seq: event.seq,
    alias: event.alias,
    generation: event.generation,
    from: change.kind === 'slots' ? change.from.map(renderLoggedSlot) : null,
    to: change.kind === 'slots' ? change.to.map(renderLoggedSlot) : null,
    ...comings(event),
    cause: event.cause,
    actor: event.actorName,
    actorId: event.actorId,
    reason: event.reason,
    changeId: event.changeId,
    seen: event.seen === null ? null : JSON.parse(event.seen),
    time: formatTime(event.time),
    prevHash: event.prevHash,
    hash: event.hash,
  }
}

export function renderResolution(resolution: Resolution, usernames: Usernames): wire.Resolution {
  const { owner, collection, membership, version, slot } = resolution
  return {
    ref: refOf({ owner, name: collection.name }, membership),
    owner: renderOwner(owner),
    collection: collection.name,
    version: versionName(membership.index),
    id: version.id,
    digest: version.digest,
    type: collection.artifactType,
    size: version.size,
    fileCount: version.fileCount,
    revision: version.revision,
    createdBy: nameOf(usernames, version.createdBy),
    createdAt: formatTime(version.createdAt),
    foundBy: resolution.foundBy,
    alias: resolution.alias,
    generation: resolution.generation,
    slot: slot === null ? null : { label: slot.label, weight: slot.weight },
  }
}

export function renderUser(user: User): wire.User {
  const { username, displayName, email, admin } = user
  return { username, displayName, email, admin, createdAt: formatTime(user.createdAt) }
}

export function renderToken(token: Token): wire.Token {
  const { id, name, prefix, scope, createdAt, expiresAt, revokedAt, lastUsedAt } = token
  return {
    id,
    name,
    prefix,
    scope,
    createdAt: formatTime(createdAt),
    expiresAt: expiresAt === null ? null : formatTime(expiresAt),
    revokedAt: revokedAt === null ? null : formatTime(revokedAt),
    lastUsedAt: lastUsedAt === null ? null : formatTime(lastUsedAt),
  }
}

export function renderEvent(event: StreamEvent): wire.StreamEvent {
  const { revision, id, kind, actorId, ownerId, collectionId, alias, prevHash, hash } = event
  return {
    revision,
    id,
    kind,
    time: formatTime(event.time),
    actor: event.actorName,
    actorId,
    owner: event.owner === null ? null : renderOwner(event.owner),
    ownerId,
    collection: event.collectionName,
    collectionId,
    alias,
    payload: JSON.parse(event.payload) as Record<string, unknown>,
    prevHash,
    hash,
  }
}

export function renderLoggedSlot(slot: Slot): wire.LoggedSlot {
  return { version: versionName(slot.index), label: slot.label, weight: slot.weight }
}

function renderPointer(
  owner: Owner,
  collection: Collection,
  alias: string,
  now: Pick<Alias, 'generation' | 'slots'>,
  members: Members,
): wire.Pointer {
  return {
    owner: renderOwner(owner),
    collection: collection.name,
    alias,
    generation: now.generation,
    slots: now.slots.flatMap((slot) => {
      const digest = members.get(slot.index)?.version.digest
      return digest === undefined ? [] : [{ ...renderLoggedSlot(slot), digest }]
    }),
  }
}

export function renderMove(event: LastMove): wire.Move {
  const { changeId, cause, actorName, reason } = event
  return { changeId, cause, actor: actorName, time: formatTime(event.time), reason }
}

/** Who came and who went, by version, lowest first. */
export function comings({
  change,
}: Pick<PointerEvent, 'change'>): Pick<wire.PointerEvent, 'added' | 'removed'> {
  if (change.kind === 'members')
    return { added: change.added.map(versionName), removed: change.removed.map(versionName) }
  const before = new Set(change.from.map((slot) => slot.index))
  const after = new Set(change.to.map((slot) => slot.index))
  return {
    added: [...after.difference(before)].sort((a, b) => a - b).map(versionName),
    removed: [...before.difference(after)].sort((a, b) => a - b).map(versionName),
  }
}

/** A user is never taken out of the database; a name for the case that one is, all the same. */
export function nameOf(usernames: Usernames, id: number): string {
  return usernames.get(id) ?? `user ${id}`
}
