import { RegistryError } from '../../errors.ts'
import type { Actor } from '../../model/actor.ts'
import type { Owner } from '../../model/owner.ts'
import type { Draft } from '../../model/version.ts'
import type { ReadTx } from '../../registry.ts'
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

/** Throws `draft_not_found` for a draft that was committed or absorbed: it takes nothing more. */
export function checkOpen(draft: Draft): void {
  if (draft.state === 'open') return
  throw new RegistryError(
    'draft_not_found',
    'This draft was committed already. Begin a new one to log another version.',
    { draft: draft.id, state: draft.state, version: draft.versionId },
  )
}

export function draftNotFound(id: string): RegistryError {
  return new RegistryError(
    'draft_not_found',
    'There is no such draft of yours: it may have expired. Begin a new one.',
    { draft: id },
  )
}

function isMakers(actor: Actor, draft: Draft, owner: Owner): boolean {
  if (!isAllowed(actor, 'write', owner)) return false
  return draft.createdBy === actor.userId || draft.distributedKey !== null
}
