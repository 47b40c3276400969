import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { RegistryError } from '../core/errors.ts'
import { isLoopback } from './session-cookie.ts'

/** A machine that asks for health names what it likes, and learns nothing. */
const ANY_HOST: ReadonlySet<string> = new Set(['/healthz', '/readyz'])
/** The same few headers come with every request. */
const MAX_KNOWN_HEADERS = 1_000

/**
 * Answers only under names that are ours. Without that a foreign page whose name is made to resolve
 * to this server would be of the same origin (DNS rebinding). An address cannot be made to
 * resolve to anything, so every address is good; of names, those of the machine itself, and
 * `names`, in lower case and without a port.
 */
export function requireKnownHost(app: FastifyInstance, names: ReadonlySet<string>): void {
  const known = new Set<string>()
  app.addHook('onRequest', (request, _reply, done) => {
    const { host = '' } = request.headers
    if (known.has(host)) return done()
    if (!isKnown(host, names))
      return done(ANY_HOST.has(request.url) ? undefined : unknownHost(host))
    if (known.size < MAX_KNOWN_HEADERS) known.add(host)
    done()
  })
}

function isKnown(host: string, names: ReadonlySet<string>): boolean {
  const name = nameOf(host)
  if (name === undefined) return false
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || isLoopback(name) || names.has(name)
}

/** `name`, `name:port` or `[address]:port`; undefined for anything else. */
function nameOf(host: string): string | undefined {
  const [, name] = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i.exec(host) ?? []
  return name?.toLowerCase().replace(/\.$/, '')
}

function unknownHost(header: string): RegistryError {
  const host = JSON.stringify(header.slice(0, 100))
  return new RegistryError(
    'request_invalid',
    `This server is not known as ${host}. If it should be, name it with --allowed-hosts, or ` +
      'with --public-url.',
  )
}
