import type { MetadataStore } from '../../core/registry.ts'

/** A finished answer and its ETag. A text leaves in one write with its head; a buffer takes two. */
export interface FinishedAnswer {
  readonly body: string
  readonly etag: string
}

export interface KeptAnswers {
  find(key: string): FinishedAnswer | undefined
  keep(key: string, compute: () => Promise<FinishedAnswer>): Promise<FinishedAnswer>
}

/** About a kilobyte each: a URL that is much longer than names are is not worth its room. */
const MAX_KEPT_ANSWERS = 10_000
const MAX_KEY_CHARACTERS = 1_024

/**
 * Answers by key, the least recently used one dropped first. An answer is given again only while
 * nothing at all was committed since before it was computed, so it can never be stale. Where the
 * database cannot tell that cheaply (PostgreSQL), nothing is kept.
 */
export function keepAnswers(metadata: Pick<MetadataStore, 'dataVersion'>): KeptAnswers {
  let kept = new Map<string, FinishedAnswer>()
  let keptAt: number | null = null

  /** Those of now; null where nothing is kept. */
  function current(): Map<string, FinishedAnswer> | null {
    const version = metadata.dataVersion()
    if (version === null) return null
    if (version !== keptAt) {
      kept = new Map()
      keptAt = version
    }
    return kept
  }

  return {
    find(key) {
      const from = current()
      const answer = from?.get(key)
      if (from === null || answer === undefined) return undefined
      // Last in is last out: a map keeps the order in which its keys came.
      from.delete(key)
      from.set(key, answer)
      return answer
    },
    async keep(key, compute) {
      // Asked before the read begins: what is committed meanwhile moves it past this answer.
      const into = current()
      const answer = await compute()
      if (into === null || key.length > MAX_KEY_CHARACTERS) return answer
      into.set(key, answer)
      for (const oldest of into.keys()) {
        if (into.size <= MAX_KEPT_ANSWERS) break
        into.delete(oldest)
      }
      return answer
    },
  }
}
