import { MAX_ITEMS_PER_PAGE } from '../../limits.ts'
import type { ContentDigest } from '../../model/digest.ts'
import type { ReadableRegistry } from '../../registry.ts'

export interface MissingBlob {
  readonly digest: ContentDigest
  readonly size: number
}

/**
 * The first blobs that a draft names and that are not there for its owner, `most` of them, in order
 * of digest after `after`. A thousand digests a read, and other requests go between.
 *
 * What is there stays there while the draft is open and its entries are the same: they need it.
 */
export async function findMissingBlobs(
  registry: Pick<ReadableRegistry, 'metadata'>,
  draft: { readonly versionId: string; readonly entityId: number; readonly isProven: boolean },
  page: { readonly after: string; readonly most: number },
): Promise<readonly MissingBlob[]> {
  const missing: MissingBlob[] = []
  const limit = MAX_ITEMS_PER_PAGE
  let after: string | undefined = page.after
  while (after !== undefined) {
    const from: string = after
    const examined = await registry.metadata.read((tx) =>
      tx.manifests.examineBlobs({ ...draft, after: from, limit }),
    )
    for (const { digest, size, isMissing } of examined)
      if (isMissing && missing.push({ digest, size }) === page.most) return missing
    after = examined.length < limit ? undefined : examined.at(-1)?.digest
    if (after !== undefined) await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return missing
}
