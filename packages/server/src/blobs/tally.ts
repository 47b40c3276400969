import { RegistryError } from '../core/errors.ts'
import type { Blob } from '../core/model/blob.ts'
import { DigestBuilder } from '../core/model/digest.ts'
import type { ExpectedBlob } from '../core/ports/blob-store.ts'
import { CheckBuilder } from './checks.ts'
import { Md5 } from './md5.ts'

/** All that is known of bytes from seeing them once: size, SHA-256, MD5 and check values. */
export class Tally {
  readonly #digest = new DigestBuilder()
  readonly #md5 = new Md5()
  readonly #checks = new CheckBuilder()
  #size = 0

  get size(): number {
    return this.#size
  }

  update(bytes: Uint8Array): void {
    this.#digest.update(bytes)
    this.#md5.update(bytes)
    this.#checks.update(bytes)
    this.#size += bytes.length
  }

  /** Resolves when it can take more. Throws `registry_unavailable`. */
  room(): Promise<void> {
    return this.#md5.room()
  }

  /** Throws `registry_unavailable`. */
  async finish(): Promise<Blob> {
    const md5 = await this.#md5.finish()
    const [digest, checks] = [this.#digest.finish(), this.#checks.finish()]
    return { digest, size: this.#size, checks, md5 }
  }
}

/** Throws `digest_mismatch` with the first `field` that differs, `expected` and `actual`. */
export function compareBlob(actual: Blob, expected: ExpectedBlob): void {
  for (const field of ['size', 'digest', 'md5'] as const) {
    const wanted = expected[field]
    if (wanted === undefined || wanted === actual[field]) continue
    throw new RegistryError(
      'digest_mismatch',
      `The bytes that came have the ${field} ${actual[field]}, not ${wanted}; send them again.`,
      { field, expected: wanted, actual: actual[field] },
    )
  }
}
