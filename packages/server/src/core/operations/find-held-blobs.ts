import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { readableEntities } from '../rules/access.ts'
import { getOwnedDraft } from './steps/drafts.ts'

export interface HeldForDraft {
  readonly md5: string
  readonly digest: `sha256:${string}`
  readonly size: number
  /** The version (or draft) through which the bytes came. */
  readonly versionId: string
}

/**
 * Of these base64 MD5s, those whose bytes need not be sent: what the draft has already received, or
 * what the actor may read elsewhere. Throws `draft_not_found`.
 */
export async function findHeldBlobs(
  registry: Registry,
  actor: Actor,
  input: { readonly draftId: string; readonly md5s: readonly string[] },
): Promise<ReadonlyMap<string, HeldForDraft>> {
  return registry.metadata.read(async (tx) => {
    const { draft } = await getOwnedDraft(tx, actor, input.draftId)
    const elsewhere = await tx.blobs.findHeldByMd5(readableEntities(actor), input.md5s)
    const here = await tx.blobs.findUploaded(draft.id, input.md5s)
    return new Map([...elsewhere, ...here].map((blob) => [blob.md5, blob]))
  })
}
