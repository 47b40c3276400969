import { useSyncExternalStore } from 'react'

// Whether what the page shows is what the server says now: learned from the watch connection.

export type ConnectionState = 'live' | 'reconnecting' | 'offline'

let isConnected = false
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

function connected(now: boolean): void {
  isConnected = now
  tell()
}

function currentState(): ConnectionState {
  if (!navigator.onLine) return 'offline'
  return isConnected ? 'live' : 'reconnecting'
}

export function useConnectionState(): ConnectionState {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, currentState)
}

window.addEventListener('offline', tell)
window.addEventListener('online', tell)

/** `fetch`, which tells how the watch connection fares. */
export const observedFetch: typeof fetch = async (input, init) => {
  if (!String(input).includes('/events/watch')) return fetch(input, init)
  try {
    const response = await fetch(input, init)
    if (!response.ok || response.body === null) return response
    connected(true)
    return new Response(observed(response.body), response)
  } catch (error) {
    connected(false)
    throw error
  }
}

function observed(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) {
          // Also of a connection that outlived the moment in which the network was gone.
          become('live')
          return controller.enqueue(value)
        }
        connected(false)
        controller.close()
      } catch (error) {
        connected(false)
        controller.error(error)
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
