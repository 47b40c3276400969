// Which numbers of a version's metadata are worth showing, and which way is better.

export type Direction = 'higher' | 'lower'

type Metadata = Readonly<Record<string, unknown>>

/** Words of a key by which less is better; elsewhere more is. */
const LOWER = anyWord(
  'loss error err latency perplexity ppl wer cer rmse mse mae mape fid seconds ms cost size bytes',
)

/** Words of a key that say it is a measure of how good a version is. */
const MEASURE = anyWord(
  'acc accuracy auc f1 loss precision recall score bleu rouge wer cer rmse mae perplexity map ndcg',
)

function anyWord(words: string): RegExp {
  return new RegExp(`(^|[._\\-/ ])(${words.replaceAll(' ', '|')})($|[._\\-/ @])`, 'i')
}

export function directionOf(key: string): Direction {
  return LOWER.test(key) ? 'lower' : 'higher'
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
  const rank = (key: string) => (MEASURE.test(key) ? 1_000_000 : 0) + (count.get(key) ?? 0)
  return [...count.keys()].sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1))
}

/** Whether `now` is better than `before`; undefined when they are equal. */
export function isBetter(key: string, before: number, now: number): boolean | undefined {
  if (now === before || Number.isNaN(now) || Number.isNaN(before)) return undefined
  return directionOf(key) === 'higher' ? now > before : now < before
}
