/** Lines for people on the standard output; what still runs is shown on one line of a terminal. */
export interface Report {
  line(text: string): void
  progress(text: string): void
}

export function reportTo(terminal: boolean): Report {
  let shown = false
  const clear = () => {
    if (shown) process.stderr.write('\r\u001b[K')
    shown = false
  }
  return {
    line: (text) => {
      clear()
      process.stdout.write(`${text}\n`)
    },
    progress: (text) => {
      if (!terminal) return
      clear()
      process.stderr.write(text)
      shown = text !== ''
    },
  }
}

/** `1.5 GiB`, `17 bytes`. */
export function formatBytes(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = ''
  for (const next of units) {
    if (value < 1024) break
    value /= 1024
    unit = next
  }
  return unit === '' ? `${bytes} bytes` : `${value.toFixed(1)} ${unit}`
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
