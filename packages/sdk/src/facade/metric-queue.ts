import type { MetricRow } from '../wire.ts'

const FLUSH_MILLISECONDS = 1_000
const MAX_ROWS_PER_CALL = 1_000
/** A body of REST takes 1 MiB. */
const MAX_CHARACTERS_PER_CALL = 512 * 1024
/** A caller that awaits `add` is held up beyond so many rows. */
const MAX_ROWS_WAITING = 10_000

/** Sends rows on, many at once, in order. What fails is told by `end`, and ends the sending. */
export interface MetricQueue {
  /** Resolves once there is room for more; never rejects. */
  add(row: MetricRow): Promise<void>
  /** Sends the rest. Throws what kept a row from being sent. */
  end(): Promise<void>
}

export function createMetricQueue(
  send: (rows: readonly MetricRow[]) => Promise<unknown>,
): MetricQueue {
  const waiting: MetricRow[] = []
  let failure: { readonly thrown: unknown } | undefined
  let sending: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const sendAll = async () => {
    try {
      while (waiting.length > 0) await send(waiting.splice(0, batchLength(waiting)))
    } catch (thrown) {
      failure ??= { thrown }
      waiting.length = 0
    }
  }
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length > 0)
      sending ??= sendAll().finally(() => {
        sending = undefined
      })
    return sending
  }
  return {
    async add(row) {
      if (failure !== undefined) return
      waiting.push(row)
      if (waiting.length >= MAX_ROWS_PER_CALL) void flush()
      else timer ??= setTimeout(flush, FLUSH_MILLISECONDS)
      if (waiting.length > MAX_ROWS_WAITING) await sending
    },
    async end() {
      await flush()
      if (failure !== undefined) throw failure.thrown
    },
  }
}

function batchLength(rows: readonly MetricRow[]): number {
  let characters = 0
  for (const [index, row] of rows.slice(0, MAX_ROWS_PER_CALL).entries()) {
    characters += JSON.stringify(row).length
    if (characters > MAX_CHARACTERS_PER_CALL) return Math.max(1, index)
  }
  return Math.min(rows.length, MAX_ROWS_PER_CALL)
}
