import { RegistryError } from '../../errors.ts'
import { DRAFT_LIFETIME_SECONDS } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import type { Owner } from '../../model/owner.ts'
import type { Micros } from '../../model/time.ts'
import type { Draft, DraftManifest } from '../../model/version.ts'
import type { ReadTx, Tx } from '../../registry.ts'
import { isAllowed } from '../../rules/access.ts'

/**
 * A draft, for its maker, or for whoever may write to its owner where workers share it. Throws
 * `draft_not_found`, also when it is somebody else's.
 */
export async function getOwnedDraft(
  tx: ReadTx,
  actor: Actor,
  id: string,
): Promise<{ readonly draft: Draft; readonly owner: Owner }> {
  const draft = await tx.drafts.findById(id)
  const owner = draft === undefined ? undefined : await tx.owners.findById(draft.ownerId)
  if (draft === undefined || owner === undefined || !isMakers(actor, draft, owner))
    throw draftNotFound(id)
  return { draft, owner }
}

/** The entity that holds what comes into a draft through its links. Throws `draft_not_found`. */
export async function openDraftEntity(tx: ReadTx, id: string): Promise<number> {
  const draft = await tx.drafts.findById(id)
  const owner = draft === undefined ? undefined : await tx.owners.findById(draft.ownerId)
  if (draft === undefined || owner === undefined) throw draftNotFound(id)
  checkOpen(draft)
  return owner.entityId
}

/** Throws `draft_not_found` for a draft that was committed or absorbed: it takes nothing more. */
export function checkOpen(draft: Draft): void {
  if (draft.state === 'open') return
  throw new RegistryError(
    'draft_not_found',
    'This draft was committed already. Begin a new one to log another version.',
    { draft: draft.id, state: draft.state, version: draft.versionId },
  )
}

/** When a draft expires that nobody touches after `time`. */
export function expiryFrom(time: Micros): Micros {
  return time + DRAFT_LIFETIME_SECONDS * 1_000_000
}

/** An hour more or less is not worth a write with each file of a large upload. */
const PROLONG_STEP_MICROS = 3600 * 1_000_000

/** Lets a draft live on because somebody uses it. Undefined: it has just expired, and is gone. */
export async function prolongDraft(tx: Tx, draft: Draft, time: Micros): Promise<Draft | undefined> {
  if (draft.state !== 'open' || expiryFrom(time) - draft.expiresAt < PROLONG_STEP_MICROS)
    return draft
  const locked = await tx.drafts.lock(draft.id)
  if (locked === undefined) return undefined
  const prolonged = { ...locked, expiresAt: expiryFrom(time) }
  await tx.drafts.update(prolonged)
  return prolonged
}

/**
 * An announced manifest file as it is now, with its draft locked: who announces and who receives it
 * keep what the other wrote. Throws `draft_not_found`.
 */
export async function lockManifest(
  tx: Tx,
  { id, draftId }: Pick<DraftManifest, 'id' | 'draftId'>,
): Promise<DraftManifest> {
  const draft = await tx.drafts.lock(draftId)
  const manifest = draft && (await tx.drafts.findManifest(id))
  if (manifest === undefined) throw draftNotFound(id)
  return manifest
}

export function draftNotFound(id: string): RegistryError {
  return new RegistryError(
    'draft_not_found',
    'There is no such draft of yours: it may have expired. Begin a new one.',
    { draft: id },
  )
}

function isMakers(actor: Actor, draft: Draft, owner: Owner): boolean {
  const within = { collection: draft.collectionName }
  if (!isAllowed(actor, 'write', owner, within)) return false
  return draft.createdBy === actor.userId || draft.distributedKey !== null
}
