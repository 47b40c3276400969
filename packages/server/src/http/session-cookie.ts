import type { FastifyReply, FastifyRequest } from 'fastify'
import { RegistryError } from '../core/errors.ts'

/**
 * `__Host-`: browsers take it only with Secure, for the whole host and for no other. They keep and
 * send Secure cookies over HTTPS, and over plain HTTP on localhost (all but Safari).
 */
export const SESSION_COOKIE = '__Host-greenroom'
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax'
const KEY = /^[0-9a-f]{64}$/

/** The key of the session that the request's cookie names, if it has one that could be ours. */
export function sessionKeyOf(request: Pick<FastifyRequest, 'headers'>): string | undefined {
  const { cookie } = request.headers
  if (cookie === undefined) return undefined
  for (const pair of cookie.split(';')) {
    const [name, value = ''] = pair.trim().split('=', 2)
    if (name === SESSION_COOKIE) return KEY.test(value) ? value : undefined
  }
  return undefined
}

export function setSessionCookie(
  reply: FastifyReply,
  { key, maxAgeSeconds }: { readonly key: string; readonly maxAgeSeconds: number },
): void {
  reply.header('set-cookie', `${SESSION_COOKIE}=${key}; Max-Age=${maxAgeSeconds}; ${ATTRIBUTES}`)
}

export function clearSessionCookie(reply: FastifyReply): void {
  reply.header('set-cookie', `${SESSION_COOKIE}=; Max-Age=0; ${ATTRIBUTES}`)
}

/**
 * A browser sends the cookie along whoever wrote the page; what it says of that page cannot be
 * forged there. Fetch Metadata (https://www.w3.org/TR/fetch-metadata) is sent wherever the cookie
 * is; `Origin` stands in for it in older browsers.
 *
 * Throws `forbidden` unless the request comes from a page of this server.
 */
export function requireSameOrigin({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const site = headers['sec-fetch-site']
  if (site === 'same-origin') return
  const origin = URL.parse(headers.origin ?? '')
  if (site === undefined && origin !== null && origin.host === headers.host) return
  throw new RegistryError(
    'forbidden',
    'With a session cookie this is done only from this server’s own page. ' +
      'Programs send "Authorization: Bearer <key>" instead.',
  )
}

/** Throws `forbidden` where a browser would not keep the cookie, so that nobody wonders why. */
export function requireCookieIsKept({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const origin = URL.parse(headers.origin ?? '')
  if (origin === null || origin.protocol !== 'http:' || isLoopback(origin.hostname)) return
  throw new RegistryError(
    'forbidden',
    `Over plain HTTP a browser keeps no session of ${origin.host}. Serve it over HTTPS (and say ` +
      'so with --public-url), or reach it as localhost, for example through "ssh -L".',
  )
}

/** Names that a browser takes for the machine itself. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  )
}
