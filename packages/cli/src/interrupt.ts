let interrupt: AbortController | undefined

/**
 * Fires at the first Ctrl-C or SIGTERM, for work that leaves something behind to go on with; a
 * second one ends the program where it stands.
 */
export function interruptSignal(): AbortSignal {
  if (interrupt === undefined) {
    const controller = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => controller.abort())
    interrupt = controller
  }
  return interrupt.signal
}

export function wasInterrupted(): boolean {
  return interrupt?.signal.aborted === true
}
