import progress, { type Options } from 'cli-progress'
import { type Output, size } from './output.ts'

interface ProgressBar {
  /** Bytes done of bytes in all. */
  update(done: number, total: number): void
  end(): void
}

/** How far something is: what is being done, and bytes. */
interface Progress {
  readonly phase?: string
  readonly doneBytes: number
  readonly totalBytes: number
}

/** Shows how far a transfer is, a bar for each phase of it, and gives its result. */
export async function withBars<Result>(
  output: Output,
  what: string,
  steps: AsyncGenerator<Progress, Result, undefined>,
): Promise<Result> {
  let bar: ProgressBar | undefined
  let shown: string | undefined
  try {
    for (;;) {
      const next = await steps.next()
      if (next.done === true) return next.value
      const { phase = what, doneBytes, totalBytes } = next.value
      if (phase !== shown) {
        bar?.end()
        bar = progressBar(output, phase)
        shown = phase
      }
      bar?.update(doneBytes, totalBytes)
    }
  } finally {
    bar?.end()
  }
}

/** A bar on stderr while a person watches; in a pipe, nothing. */
function progressBar(output: Output, what: string): ProgressBar {
  if (!output.bars) return { update: () => {}, end: () => {} }
  const bar = new progress.SingleBar(
    { format: formatOf(what), hideCursor: true },
    progress.Presets.shades_classic,
  )
  let isStarted = false
  return {
    update(done, total) {
      if (!isStarted) bar.start(total, done)
      else {
        bar.setTotal(total)
        bar.update(done)
      }
      isStarted = true
    },
    end() {
      if (isStarted) bar.stop()
    },
  }
}

function formatOf(what: string): Options['format'] {
  return (options, { progress: share, value, total, eta }) => {
    const bar = progress.Format.BarFormat(share, options)
    const left = Number.isFinite(eta) && eta > 0 ? `  ${eta} s left` : ''
    const percent = `${Math.floor(share * 100)} %`.padStart(5)
    return `${what.padEnd(4)} ${bar} ${percent}  ${size(value)} of ${size(total)}${left}`
  }
}
