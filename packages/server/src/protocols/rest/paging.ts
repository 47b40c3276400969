import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CollectionRef } from '../../core/model/collection.ts'
import { encodeCursor } from '../../core/model/page.ts'
import type { AppContext } from '../../http/context.ts'

/** Where the contract lives; its version is the path's. */
export const PREFIX = '/api/v1'

/**
 * The cursor of the next page, announced in `Link: rel="next"` too; null when there is none. `path`
 * replaces the request's own where that could mean something else by then.
 */
export function nextPage(
  context: AppContext,
  request: FastifyRequest,
  reply: FastifyReply,
  kind: string,
  key: string | number | null,
  path?: string,
): string | null {
  if (key === null) return null
  const cursor = encodeCursor(kind, key)
  const url = new URL(request.url, 'http://path.only')
  url.searchParams.set('cursor', cursor)
  const where = `${context.publicUrl}${path ?? url.pathname}${url.search}`
  reply.header('link', `<${where}>; rel="next"`)
  return cursor
}

/** The path of something in a collection: each part percent-encoded once. */
export function pathOf(collection: CollectionRef, ...parts: readonly string[]): string {
  const { kind, entityName, name } = collection.owner
  const owners = kind === 'project' ? 'projects' : 'registries'
  const all = [owners, entityName, name, 'collections', collection.name, ...parts]
  return `${PREFIX}/${all.map(encodeURIComponent).join('/')}`
}
