import { join } from 'node:path'
import { type ContentDigest, digestOf, isContentDigest } from '../core/model/digest.ts'

/** The layout's version: a change of the picture below is a new number and a migration. */
const LAYOUT_VERSION = 'v1'

/** Whatever a disk store keeps, and nothing else. */
export type Place =
  | { readonly kind: 'blobs'; readonly within?: readonly string[] }
  | { readonly kind: 'blob'; readonly digest: ContentDigest }
  | { readonly kind: 'stages' }
  | { readonly kind: 'stage'; readonly name: string }
  | { readonly kind: 'probe' }

/**
 * The one function that makes a path of the store:
 *
 *     <folder>/
 *     └── v1/
 *         ├── sha256/ab/cd/abcd…   a blob: all 64 digits of its SHA-256
 *         ├── stages/<name>        an upload under way: see `stageName`
 *         └── probe                left by the last `probe()`
 *
 * A digest is checked once more here; other names come from `stageName` or from reading these very
 * folders. So no text of a user's is ever part of a path.
 */
export function pathOf(folder: string, place: Place): string {
  const root = join(folder, LAYOUT_VERSION)
  switch (place.kind) {
    case 'blobs':
      return join(root, 'sha256', ...(place.within ?? []))
    case 'blob': {
      if (!isContentDigest(place.digest)) throw new Error('not a content digest')
      const hex = place.digest.slice('sha256:'.length)
      return join(root, 'sha256', hex.slice(0, 2), hex.slice(2, 4), hex)
    }
    case 'stages':
      return join(root, 'stages')
    case 'stage':
      return join(root, 'stages', place.name)
    case 'probe':
      return join(root, 'probe')
  }
}

/** A stage's file name: the SHA-256 of its id in hex, or a random name that no id can give. */
export function stageName(id: string | undefined, randomHex: () => string): string {
  return id === undefined ? `unnamed-${randomHex()}` : digestOf(id).slice('sha256:'.length)
}
