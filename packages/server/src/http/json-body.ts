import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RegistryError } from '../core/errors.ts'
import { MAX_JSON_DEPTH } from '../core/limits.ts'

/**
 * Takes bodies that are JSON and says so, and no others. What JSON.parse would change without a
 * word is refused: bytes that are no UTF-8, numbers beyond a double; and what is nested so deep
 * that whoever walks it runs out of stack.
 */
export function takeJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, bytes: Buffer) => {
      // Many clients name a content type and send nothing: that is a body left out.
      return bytes.length === 0 ? undefined : parse(bytes)
    },
  )
  app.addContentTypeParser('*', async () => {
    throw refused('Send JSON, with "Content-Type: application/json".')
  })
}

function parse(body: Buffer): unknown {
  if (!isUtf8(body)) throw refused('The body is not UTF-8.')
  let value: unknown
  try {
    value = JSON.parse(body.toString())
  } catch (error) {
    throw refused(`The body is not JSON: ${(error as Error).message.slice(0, 200)}.`)
  }
  const fault = faultOf(value, MAX_JSON_DEPTH)
  if (fault !== undefined) throw refused(fault)
  return value
}

function faultOf(value: unknown, levels: number): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value))
    return 'The body has a number beyond a double. Send it as a text.'
  if (typeof value !== 'object' || value === null) return undefined
  if (levels === 0) return `The body is nested deeper than ${MAX_JSON_DEPTH} levels.`
  for (const [name, inner] of Object.entries(value)) {
    // Whoever copies it name by name would change what every object is made of.
    if (name === '__proto__') return 'The body has the name "__proto__".'
    const fault = faultOf(inner, levels - 1)
    if (fault !== undefined) return fault
  }
  return undefined
}

function refused(why: string): RegistryError {
  return new RegistryError('request_invalid', why)
}
