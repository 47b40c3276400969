import { RegistryError } from '../../errors.ts'
import { MAX_KEYS_PER_RUN, MAX_REWOUND_LINES, MAX_RUN_LINE_BYTES } from '../../limits.ts'
import type { RunLine } from '../../model/run.ts'
import type { ReadTx, Tx } from '../../registry.ts'
import { foldKeys, foldSpans, type ReadLine, readLine } from '../../rules/metrics.ts'

/**
 * Writes history lines from line `offset` on, and what is known of their metrics. Lines that are
 * there are replaced: sent again, nothing changes.
 *
 * A replaced line may leave its extremes in its span. They only say which lines are worth showing;
 * what is shown is the lines.
 */
export async function writeHistory(
  tx: Tx,
  runId: number,
  offset: number,
  texts: readonly string[],
): Promise<void> {
  if (texts.length === 0) return
  const lines = texts.map((text, at) => readLine({ line: offset + at, text }))
  const replaced = await tx.runLines.list({
    runId,
    file: 'history',
    from: offset,
    before: offset + texts.length,
    limit: texts.length,
  })
  await tx.runLines.put(
    runId,
    'history',
    offset,
    texts.map((text, at) => ({ text, step: lines[at]?.step ?? null })),
  )
  await learn(tx, runId, lines, replaced)
}

async function learn(
  tx: Tx,
  runId: number,
  lines: readonly ReadLine[],
  replaced: readonly RunLine[],
): Promise<void> {
  const names = new Set(lines.flatMap(({ values }) => [...values.keys()]))
  const before = await tx.runMetrics.findKeys(runId, [...names])
  const known = new Map(before.map((key) => [key.key, key]))
  const fresh = [...names].filter((name) => !known.has(name))
  const room = fresh.length === 0 ? 0 : MAX_KEYS_PER_RUN - (await tx.runMetrics.countKeys(runId))
  const kept = new Set([...known.keys(), ...fresh.slice(0, Math.max(0, room))])
  const keys = foldKeys(known, lines, replaced.map(readLine)).filter(({ key }) => kept.has(key))
  await tx.runMetrics.putKeys(runId, keys)
  await tx.runMetrics.widenSpans(
    runId,
    foldSpans(lines).filter(({ key }) => kept.has(key)),
  )
}

/** Learns the metrics of all lines anew, after some were cut off. Throws `too_large`. */
export async function relearnHistory(tx: Tx, runId: number, count: number): Promise<void> {
  checkCount(count)
  await tx.runMetrics.clear(runId)
  const limit = 1_000
  for (let from = 0; from < count; from += limit) {
    const lines = await tx.runLines.list({
      runId,
      file: 'history',
      from,
      before: from + limit,
      limit,
      maxBytes: MAX_RUN_LINE_BYTES,
    })
    await learn(tx, runId, lines.map(readLine), [])
  }
}

/** How many lines stand before the first of a later step. */
export async function countLinesTo(tx: ReadTx, runId: number, step: number): Promise<number> {
  const later = await tx.runLines.rangeOfSteps(runId, step + 1, Number.MAX_SAFE_INTEGER)
  return later?.first ?? tx.runLines.count(runId, 'history')
}

/**
 * Gives a run that has none the history of another up to a step, that one included; how many lines.
 * Throws `too_large`.
 */
export async function copyHistory(
  tx: Tx,
  from: { readonly runId: number; readonly step: number },
  runId: number,
): Promise<number> {
  const count = await countLinesTo(tx, from.runId, from.step)
  checkCount(count)
  const limit = 100
  for (let at = 0; at < count; at += limit) {
    const page = { runId: from.runId, file: 'history', from: at, before: count, limit } as const
    const lines = await tx.runLines.list(page)
    const texts = lines.map(({ text }) => text)
    await writeHistory(tx, runId, at, texts)
  }
  return count
}

function checkCount(lines: number): void {
  if (lines <= MAX_REWOUND_LINES) return
  throw new RegistryError(
    'too_large',
    `At most ${MAX_REWOUND_LINES} lines of a history are rewound to or forked.`,
  )
}
