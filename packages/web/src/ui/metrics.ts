import type { Measure } from '@greenroom/sdk/wire'

// Which numbers of a version's metadata are worth showing, and which way is better: what the
// collection says of it, and else what the numbers' names say.

export type Direction = Measure['better']
type Measures = readonly Measure[]

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

/** Which way is better; undefined: neither the collection nor the name says. */
export function directionOf(key: string, measures: Measures = []): Direction | undefined {
  const named = measures.find(({ path }) => path === key)
  if (named !== undefined) return named.better
  if (LOWER.test(key)) return 'lower'
  return HIGHER.test(key) ? 'higher' : undefined
}

export type Scalar = string | number | boolean

/** Values in metadata under dotted paths, as the versions list filters and sorts by them. */
export function scalarsOf(metadata: Metadata): ReadonlyMap<string, Scalar> {
  const found = new Map<string, Scalar>()
  const walk = (value: unknown, path: string, depth: number) => {
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
      found.set(path, value)
    else if (depth < 4 && typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [name, inner] of Object.entries(value))
        walk(inner, path === '' ? name : `${path}.${name}`, depth + 1)
  }
  walk(metadata, '', 0)
  return found
}

/** Of those the numbers. */
export function metricsOf(metadata: Metadata): ReadonlyMap<string, number> {
  const numbers = [...scalarsOf(metadata)].flatMap(([path, value]) =>
    typeof value === 'number' ? [[path, value] as const] : [],
  )
  return new Map(numbers)
}

/**
 * Metrics that these versions have, the most telling first: the collection's measures in their
 * order, then what is one by its name, then by how many have it.
 */
export function metricKeysOf(
  versions: readonly { readonly metadata: Metadata }[],
  measures: Measures = [],
): string[] {
  const count = new Map<string, number>()
  for (const { metadata } of versions)
    for (const key of metricsOf(metadata).keys()) count.set(key, (count.get(key) ?? 0) + 1)
  const rank = (key: string) =>
    (directionOf(key) === undefined ? 0 : 1_000_000) + (count.get(key) ?? 0)
  const others = [...count.keys()].sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1))
  const named = measures.map(({ path }) => path).filter((path) => count.has(path))
  return [...new Set([...named, ...others])]
}

/** Whether `now` is better than `before`; undefined: neither, or nobody can say. */
export function isBetter(
  key: string,
  before: number,
  now: number,
  measures: Measures = [],
): boolean | undefined {
  const direction = directionOf(key, measures)
  if (direction === undefined || now === before || Number.isNaN(now - before)) return undefined
  return direction === 'higher' ? now > before : now < before
}

/** What else their metadata says, in order of name. */
export function wordKeysOf(versions: readonly { readonly metadata: Metadata }[]): string[] {
  const words = versions.flatMap(({ metadata }) =>
    [...scalarsOf(metadata)].flatMap(([path, value]) => (typeof value === 'number' ? [] : [path])),
  )
  return [...new Set(words)].sort()
}
