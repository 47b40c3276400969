/**
 * Runs `work`, and gives what it reports as it goes on; its result is the generator's own. Only the
 * newest report is kept: who reads slowly skips some, and holds nothing up. Who leaves the loop
 * ends the work, through the signal that it gets.
 */
export async function* reportsOf<Report, Result>(
  work: (report: (now: Report) => void, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<Report, Result, undefined> {
  const left = new AbortController()
  const either = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal])
  const newest: Report[] = []
  let hasEnded = false
  let wake = () => {}
  const report = (now: Report) => {
    newest[0] = now
    wake()
  }
  const working = work(report, either).finally(() => {
    hasEnded = true
    wake()
  })
  try {
    for (;;) {
      const [now] = newest.splice(0, 1)
      if (now !== undefined) yield now
      else if (hasEnded) return await working
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    left.abort(new Error('Nobody waits for it any more.'))
    await working.catch(() => {})
  }
}

/** Reads a generator to its end, and gives its result. */
export async function drained<Report, Result>(
  reports: AsyncGenerator<Report, Result, undefined>,
  hear: (report: Report) => void = () => {},
): Promise<Result> {
  for (;;) {
    const next = await reports.next()
    if (next.done === true) return next.value
    hear(next.value)
  }
}
