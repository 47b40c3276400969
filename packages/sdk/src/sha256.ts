// FIPS 180-4, section 6.2: SHA-256 of a stream. `crypto.subtle` takes whole messages only, which a
// browser would have to hold in memory, and is not there for a page that came over plain HTTP.

const BLOCK_BYTES = 64
/** The first 32 bits of the fractions of the cube roots of the first 64 primes. */
const K = new Uint32Array(64)
/** The same of the square roots of the first 8. */
const START = new Uint32Array(8)
for (let candidate = 2, found = 0; found < 64; candidate++) {
  if (Array.from({ length: candidate - 2 }, (_, at) => at + 2).some((by) => candidate % by === 0))
    continue
  if (found < 8) START[found] = fractionBits(candidate ** (1 / 2))
  K[found++] = fractionBits(candidate ** (1 / 3))
}

function fractionBits(value: number): number {
  return Math.floor((value - Math.floor(value)) * 2 ** 32)
}

/** Takes bytes in order; `digest` gives `sha256:<hex>` of all of them, once. */
export class Sha256 {
  readonly #state = START.slice()
  readonly #schedule = new Uint32Array(64)
  readonly #block = new Uint8Array(BLOCK_BYTES)
  #length = 0

  update(bytes: Uint8Array): this {
    let at = 0
    while (at < bytes.length) {
      const filled = this.#length % BLOCK_BYTES
      const part = bytes.subarray(at, at + BLOCK_BYTES - filled)
      this.#block.set(part, filled)
      this.#length += part.length
      at += part.length
      if (this.#length % BLOCK_BYTES === 0) this.#compress()
    }
    return this
  }

  digest(): string {
    const bits = this.#length * 8
    const padding = new Uint8Array(BLOCK_BYTES + 8 - ((this.#length + 8) % BLOCK_BYTES))
    padding[0] = 0x80
    const view = new DataView(padding.buffer)
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32))
    view.setUint32(padding.length - 4, bits % 2 ** 32)
    this.update(padding)
    const words = Array.from(this.#state, (word) => word.toString(16).padStart(8, '0'))
    return `sha256:${words.join('')}`
  }

  #compress(): void {
    const w = this.#schedule
    const view = new DataView(this.#block.buffer)
    for (let t = 0; t < 16; t++) w[t] = view.getUint32(t * 4)
    for (let t = 16; t < 64; t++) {
      const x = at(w, t - 15)
      const y = at(w, t - 2)
      const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3)
      const s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10)
      w[t] = at(w, t - 16) + s0 + at(w, t - 7) + s1
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = this.#state
    for (let t = 0; t < 64; t++) {
      const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + at(K, t) + at(w, t)) | 0
      const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    for (const [index, word] of [a, b, c, d, e, f, g, h].entries())
      this.#state[index] = at(this.#state, index) + word
  }
}

function at(words: Uint32Array, index: number): number {
  return words[index] ?? 0
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}
