import { useSyncExternalStore } from 'react'

// Whether what the page shows is what the server says now: learned from the watch connection.

export type ConnectionState = 'live' | 'reconnecting' | 'offline'

let state: ConnectionState = 'reconnecting'
const listeners = new Set<() => void>()

function become(next: ConnectionState): void {
  if (next === state) return
  state = next
  for (const listener of listeners) listener()
}

export function useConnectionState(): ConnectionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )
}

const lost = () => become(navigator.onLine ? 'reconnecting' : 'offline')
window.addEventListener('offline', () => become('offline'))
window.addEventListener('online', lost)

/** `fetch`, which tells how the watch connection fares. */
export const observedFetch: typeof fetch = async (input, init) => {
  if (!String(input).includes('/events/watch')) return fetch(input, init)
  try {
    const response = await fetch(input, init)
    if (!response.ok || response.body === null) return response
    become('live')
    return new Response(observed(response.body), response)
  } catch (error) {
    lost()
    throw error
  }
}

function observed(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
        lost()
        controller.close()
      } catch (error) {
        lost()
        controller.error(error)
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
