/** Ends what has fallen silent: a connection may die without a word. */
export interface SilenceWatch {
  /** Fires after too long a silence, and when the caller's own does. */
  readonly signal: AbortSignal
  /** A sign of life. */
  heard(): void
  end(): void
}

/** The silence is measured from the first sign of life on. */
export function watchSilence(milliseconds: number, signal: AbortSignal | undefined): SilenceWatch {
  const silence = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
    heard() {
      clearTimeout(timer)
      if (silence.signal.aborted) return
      timer = setTimeout(() => {
        silence.abort(new Error(`nothing came or went for ${milliseconds} ms`))
      }, milliseconds)
    },
    end() {
      clearTimeout(timer)
      silence.abort(new Error('ended'))
    },
  }
}
