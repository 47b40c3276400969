import { useSyncExternalStore } from 'react'

// One clock for every relative time of a page: they all tick together, and only when shown.

const TICK_MILLISECONDS = 10_000

let now = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    now = Date.now()
    timer = setInterval(() => {
      now = Date.now()
      for (const each of listeners) each()
    }, TICK_MILLISECONDS)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Milliseconds since 1970, renewed every ten seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}
