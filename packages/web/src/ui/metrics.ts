// Which numbers of a version's metadata are worth showing, and which way is better.

export type Direction = 'higher' | 'lower'

type Metadata = Readonly<Record<string, unknown>>

/** Words of a key by which less is better. */
const LOWER = anyWord(
  'loss logloss error err latency perplexity ppl wer cer rmse mse mae mape fid fpr fnr ' +
    'seconds ms cost false',
)

/** Words of a key by which more is better. */
const HIGHER = anyWord(
  'acc accuracy auc auroc f1 precision recall score bleu rouge map ndcg mrr r2 iou throughput',
)

function anyWord(words: string): RegExp {
  return new RegExp(`(^|[._\\-/ ])(${words.replaceAll(' ', '|')})\\d*($|[._\\-/ @])`, 'i')
}

/** Which way is better, by the metric's name; undefined: the name says nothing of it. */
export function directionOf(key: string): Direction | undefined {
  if (LOWER.test(key)) return 'lower'
  return HIGHER.test(key) ? 'higher' : undefined
}

/** Numbers in metadata under dotted paths, as the versions list filters and sorts by them. */
export function metricsOf(metadata: Metadata): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const walk = (value: unknown, path: string, depth: number) => {
    if (typeof value === 'number') found.set(path, value)
    else if (depth < 4 && typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [name, inner] of Object.entries(value))
        walk(inner, path === '' ? name : `${path}.${name}`, depth + 1)
  }
  walk(metadata, '', 0)
  return found
}

/** Metrics that these versions have, the most telling first: measures by name, then by how many. */
export function metricKeysOf(versions: readonly { readonly metadata: Metadata }[]): string[] {
  const count = new Map<string, number>()
  for (const { metadata } of versions)
    for (const key of metricsOf(metadata).keys()) count.set(key, (count.get(key) ?? 0) + 1)
  const rank = (key: string) =>
    (directionOf(key) === undefined ? 0 : 1_000_000) + (count.get(key) ?? 0)
  return [...count.keys()].sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1))
}

/** Whether `now` is better than `before`; undefined: neither, or nobody can say. */
export function isBetter(key: string, before: number, now: number): boolean | undefined {
  const direction = directionOf(key)
  if (direction === undefined || now === before || Number.isNaN(now - before)) return undefined
  return direction === 'higher' ? now > before : now < before
}
