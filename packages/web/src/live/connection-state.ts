import { useSyncExternalStore } from 'react'

// Whether what the page shows is what the server says now: learned from the watch connection.

export type ConnectionState = 'live' | 'reconnecting' | 'offline'

/** Watch connections that tell what happens. */
let open = 0
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

function count(change: 1 | -1): void {
  open += change
  tell()
}

function currentState(): ConnectionState {
  if (!navigator.onLine) return 'offline'
  return open > 0 ? 'live' : 'reconnecting'
}

export function useConnectionState(): ConnectionState {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, currentState)
}

window.addEventListener('offline', tell)
window.addEventListener('online', tell)

/** `fetch`, which tells how watch connections fare. */
export const observedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  const isWatch = String(input).includes('/events/watch')
  if (!isWatch || !response.ok || response.body === null) return response
  return new Response(observed(response.body), response)
}

function observed(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  count(1)
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
        count(-1)
        controller.close()
      } catch (error) {
        count(-1)
        controller.error(error)
      }
    },
    cancel(reason) {
      count(-1)
      return reader.cancel(reason)
    },
  })
}
