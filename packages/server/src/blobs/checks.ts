import { crc32 } from 'node:zlib'
import { CHECK_CHUNK_BYTES } from '../core/limits.ts'

/** Collects the check values of bytes as they pass; chunks may have any size. */
export class CheckBuilder {
  readonly #values: number[] = []
  #crc = 0
  #filled = 0

  update(bytes: Uint8Array): void {
    let from = 0
    while (from < bytes.length) {
      const take = Math.min(CHECK_CHUNK_BYTES - this.#filled, bytes.length - from)
      this.#crc = crc32(bytes.subarray(from, from + take), this.#crc)
      this.#filled += take
      from += take
      if (this.#filled === CHECK_CHUNK_BYTES) this.#close()
    }
  }

  finish(): Uint8Array {
    if (this.#filled > 0) this.#close()
    const packed = new Uint8Array(this.#values.length * 4)
    const view = new DataView(packed.buffer)
    this.#values.forEach((value, index) => {
      view.setUint32(index * 4, value)
    })
    return packed
  }

  #close(): void {
    this.#values.push(this.#crc)
    this.#crc = 0
    this.#filled = 0
  }
}

/** The recorded check value of chunk `index`; `undefined` past the end. */
export function checkAt(checks: Uint8Array, index: number): number | undefined {
  const at = index * 4
  if (at + 4 > checks.length) return undefined
  return new DataView(checks.buffer, checks.byteOffset, checks.byteLength).getUint32(at)
}
