import { json, nothing, type PageQuery } from '../answers.ts'
import type { CallOptions, Client } from '../client.ts'
import { encoded } from '../places.ts'
import type * as wire from '../wire.ts'

export function getMe(client: Client, options: CallOptions = {}): Promise<wire.Me> {
  return json(client, { method: 'GET', path: '/me', ...options })
}

export function listUsers(
  client: Client,
  query: PageQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.User>> {
  return json(client, { method: 'GET', path: '/users', query: { ...query }, ...options })
}

export function createUser(
  client: Client,
  body: wire.NewUser,
  options: CallOptions = {},
): Promise<wire.User> {
  return json(client, { method: 'POST', path: '/users', body, ...options })
}

export function changeUser(
  client: Client,
  user: string,
  body: wire.UserChange,
  options: CallOptions = {},
): Promise<wire.User> {
  return json(client, { method: 'PATCH', path: `/users/${encoded(user)}`, body, ...options })
}

export function removeUser(client: Client, user: string, options: CallOptions = {}): Promise<void> {
  return nothing(client, { method: 'DELETE', path: `/users/${encoded(user)}`, ...options })
}

export interface TokenQuery {
  /** Those that were revoked, too. */
  readonly revoked?: boolean | undefined
}

export function listTokens(
  client: Client,
  user: string,
  query: TokenQuery = {},
  options: CallOptions = {},
): Promise<wire.TokenList> {
  return json(client, { method: 'GET', path: tokensPath(user), query: { ...query }, ...options })
}

/** The answer shows the key, this once. */
export function createToken(
  client: Client,
  user: string,
  body: wire.NewToken,
  options: CallOptions = {},
): Promise<wire.CreatedToken> {
  return json(client, { method: 'POST', path: tokensPath(user), body, ...options })
}

export function revokeToken(
  client: Client,
  user: string,
  token: string,
  options: CallOptions = {},
): Promise<void> {
  const path = `${tokensPath(user)}/${encoded(token)}`
  return nothing(client, { method: 'DELETE', path, ...options })
}

/** For a page of the server itself: the cookie that it sets is the right from then on. */
export function signIn(
  client: Client,
  body: wire.NewSession,
  options: CallOptions = {},
): Promise<wire.Me> {
  return json(client, { method: 'POST', path: '/session', body, ...options })
}

export interface SignOutQuery {
  /** In every browser of that user, not only here. */
  readonly everywhere?: boolean | undefined
}

export function signOut(
  client: Client,
  query: SignOutQuery = {},
  options: CallOptions = {},
): Promise<void> {
  return nothing(client, { method: 'DELETE', path: '/session', query: { ...query }, ...options })
}

/** One's own needs `current`, unless it is the first one. */
export function setPassword(
  client: Client,
  user: string,
  body: wire.NewPassword,
  options: CallOptions = {},
): Promise<void> {
  const path = `/users/${encoded(user)}/password`
  return nothing(client, { method: 'PUT', path, body, ...options })
}

/** What takes how much of the store; for administrators. */
export function getStorage(client: Client, options: CallOptions = {}): Promise<wire.Storage> {
  return json(client, { method: 'GET', path: '/storage', ...options })
}

function tokensPath(user: string): string {
  return `/users/${encoded(user)}/tokens`
}
