import type { FastifyBaseLogger } from 'fastify'
import { TOKEN_USE_SECONDS } from '../core/limits.ts'
import type { Micros } from '../core/model/time.ts'
import { recordTokenUse } from '../core/operations/record-token-use.ts'
import type { Registry } from '../core/registry.ts'

/** Tokens of which a process knows that their use was noted. */
const MAX_NOTED = 10_000
const FLUSH_MILLISECONDS = 60_000

/**
 * Remembers which tokens were used, and writes it a minute later, beside the requests: none of them
 * waits for it. What is not written yet when the process dies is lost.
 */
export class TokenUses {
  readonly #registry: Registry
  readonly #log: FastifyBaseLogger
  readonly #noted = new Map<string, Micros>()
  readonly #waiting = new Map<string, Micros>()
  readonly #timer: ReturnType<typeof setInterval>

  constructor(registry: Registry, log: FastifyBaseLogger) {
    this.#registry = registry
    this.#log = log
    this.#timer = setInterval(() => void this.#flush(), FLUSH_MILLISECONDS).unref()
  }

  note(tokenId: string): void {
    const time = this.#registry.now()
    const noted = this.#noted.get(tokenId)
    if (noted !== undefined && time - noted < TOKEN_USE_SECONDS * 1_000_000) return
    for (const oldest of this.#noted.keys()) {
      if (this.#noted.size < MAX_NOTED) break
      this.#noted.delete(oldest)
    }
    this.#noted.set(tokenId, time)
    this.#waiting.set(tokenId, time)
  }

  /** Writes what waits, for the last time. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#flush()
  }

  async #flush(): Promise<void> {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const [tokenId, time] of waiting)
      try {
        await recordTokenUse(this.#registry, { tokenId, time })
      } catch (error) {
        // Who only reads can go on while nothing can be written.
        this.#log.warn({ err: error }, 'the last use of a token could not be noted')
      }
  }
}
