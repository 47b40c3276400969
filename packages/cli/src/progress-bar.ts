import progress, { type Options } from 'cli-progress'
import { type Output, size } from './output.ts'

export interface ProgressBar {
  /** Bytes done of bytes in all. */
  update(done: number, total: number): void
  end(): void
}

/** A bar on stderr while a person watches; in a pipe, nothing. */
export function progressBar(output: Output, what: string): ProgressBar {
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
    return `${what} ${bar} ${percent}  ${size(value)} of ${size(total)}${left}`
  }
}
