import { type Call, getMe, isGreenroomError } from '@greenroom/sdk'
import type { NewSession } from '@greenroom/sdk/wire'
import { client, speakWith } from './connection.ts'

// Signing in and out. The server answers a sign-in with a cookie that scripts cannot read.

const SESSION = { path: '/session', attempts: 1 }
const read = (response: Response) => response.arrayBuffer()

/** By a name and its password, or the code of a sign-in link. Throws `unauthenticated`. */
export async function signIn(body: NewSession): Promise<void> {
  speakWith(undefined)
  await client().request({ method: 'POST', ...SESSION, body }, read)
}

/** With an API key, which then lives in this tab. Throws `unauthenticated`. */
export async function signInWithKey(key: string): Promise<void> {
  speakWith(key)
  try {
    await getMe(client())
  } catch (error) {
    speakWith(undefined)
    throw error
  }
}

/** Here, or in every browser that this user is signed in with. */
export async function signOut({ everywhere = false } = {}): Promise<void> {
  speakWith(undefined)
  const call: Call = { method: 'DELETE', ...SESSION, query: { everywhere } }
  try {
    await client().request(call, read)
  } catch (error) {
    if (!isGreenroomError(error)) throw error
  }
  location.assign('/sign-in')
}

/** One's own password; after a sign-in link the old one is not asked for. */
export async function setPassword(username: string, password: string): Promise<void> {
  const path = `/users/${encodeURIComponent(username)}/password`
  await client().request({ method: 'PUT', path, body: { password }, attempts: 1 }, read)
}
