import type { ManifestEntry } from '../../model/manifest.ts'
import type { ReadTx } from '../../registry.ts'

/** An entry and what a client of wandb's kind calls its digest: its own, else its bytes' MD5. */
export interface VersionFile {
  readonly entry: ManifestEntry
  /** base64 MD5 for a file; for a reference whatever its client found there. */
  readonly clientDigest: string
}

/** Completes entries; one statement at most, however many there are. */
export async function viewFiles(
  tx: ReadTx,
  entries: readonly ManifestEntry[],
): Promise<readonly VersionFile[]> {
  const bare = entries.flatMap((entry) =>
    entry.clientDigest === null && entry.digest !== null ? [entry.digest] : [],
  )
  const blobs = bare.length === 0 ? [] : await tx.blobs.findHeld('all', [...new Set(bare)])
  const md5s = new Map(blobs.map((blob) => [blob.digest, blob.md5]))
  return entries.map((entry) => {
    const md5 = entry.digest === null ? entry.reference : md5s.get(entry.digest)
    return { entry, clientDigest: entry.clientDigest ?? md5 ?? '' }
  })
}
