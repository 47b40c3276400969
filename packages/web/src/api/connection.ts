import { type Client, createClient } from '@greenroom/sdk'
import { observedFetch } from '../live/connection-state.ts'

// The page's one client. The session cookie is the right; where somebody signed in with a key that
// the server would not exchange for one, the key lives as long as the tab.

const KEY = 'greenroom-key'

/** Few: a person waits, and can press "Try again". */
const ATTEMPTS = 3

let current = connect(read())

export function client(): Client {
  return current
}

/** From now on with this key; undefined: with the session cookie alone. */
export function speakWith(key: string | undefined): void {
  current = connect(key)
  try {
    if (key === undefined) sessionStorage.removeItem(KEY)
    else sessionStorage.setItem(KEY, key)
  } catch {
    // Storage is switched off: then it lives as long as the page.
  }
}

function connect(key: string | undefined): Client {
  return createClient({ url: location.origin, key, fetch: observedFetch, attempts: ATTEMPTS })
}

function read(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined
  } catch {
    return undefined
  }
}
