import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { readableEntities } from '../rules/access.ts'
import { draftNotFound, getOwnedDraft, prolongDraft } from './steps/drafts.ts'

export interface HeldForDraft {
  readonly md5: string
  readonly digest: `sha256:${string}`
  readonly size: number
  /** The version (or draft) through which the bytes came. */
  readonly versionId: string
}

/**
 * Of these base64 MD5s, those whose bytes need not be sent: what the draft has already received, or
 * what the actor may read elsewhere. Whoever is told so will not send them: from then on they are
 * kept for the draft like what it received.
 *
 * Throws `draft_not_found`, and `storage_full` where the disk has no room for what is to come.
 */
export async function claimHeldBlobs(
  registry: Registry,
  actor: Actor,
  input: {
    readonly draftId: string
    readonly md5s: readonly string[]
    /** Bytes that sending takes at least, by MD5, where that is known. */
    readonly room?: ReadonlyMap<string, number>
  },
): Promise<ReadonlyMap<string, HeldForDraft>> {
  const held = await claim(registry, actor, input)
  let needed = 0
  for (const [md5, bytes] of input.room ?? []) if (!held.has(md5)) needed += bytes
  if (needed > 0) await registry.blobs.checkRoom(needed)
  return held
}

async function claim(
  registry: Registry,
  actor: Actor,
  input: { readonly draftId: string; readonly md5s: readonly string[] },
): Promise<ReadonlyMap<string, HeldForDraft>> {
  return registry.metadata.transaction(async (tx) => {
    const { draft, owner } = await getOwnedDraft(tx, actor, input.draftId)
    const here = await tx.blobs.findUploaded(draft.id, input.md5s)
    const known = new Set(here.map(({ md5 }) => md5))
    const asked = input.md5s.filter((md5) => !known.has(md5))
    const elsewhere = await tx.blobs.findHeldByMd5(readableEntities(actor), asked)
    if (draft.state === 'open') {
      if ((await prolongDraft(tx, draft, registry.now())) === undefined)
        throw draftNotFound(draft.id)
      const digests = elsewhere.map(({ digest }) => digest)
      await tx.blobs.hold(owner.entityId, draft.id, digests)
      await tx.blobs.recordUploads(draft.id, digests)
    }
    return new Map([...elsewhere, ...here].map((blob) => [blob.md5, blob]))
  })
}
