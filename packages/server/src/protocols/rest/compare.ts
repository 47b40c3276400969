import type * as wire from '@greenroom/sdk/wire'
import { parseSelector } from '../../core/model/ref.ts'
import {
  compareVersions,
  type EntryDifference,
  type VersionRef,
} from '../../core/operations/compare-versions.ts'
import { findUsernames } from '../../core/operations/find-usernames.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { nextPage } from './paging.ts'
import { collectionOf, limitOf, notOfThisList, textCursor } from './read-request.ts'
import { renderEntry, renderVersion } from './render.ts'
import { completeRef } from './resolve.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { CollectionPath } from './schemas.ts'
import * as schemas from './schemas-versions.ts'
import { RESOLVE_REFUSALS } from './versions.ts'

const CURSOR = 'compare'

export function addCompare(app: RestServer, context: AppContext): void {
  const { registry } = context
  app.get(
    `${COLLECTION_PATH}/compare`,
    {
      config: operation('compareVersions', 'How two versions differ, in metadata and files', [
        ...RESOLVE_REFUSALS,
        'cursor_invalid',
      ]),
      schema: {
        params: CollectionPath,
        querystring: schemas.CompareQuery,
        response: { 200: schemas.Comparison },
      },
    },
    async (request, reply): Promise<wire.Comparison> => {
      const actor = actorOf(request)
      const { query } = request
      const read = (text: string): VersionRef | Promise<VersionRef> =>
        text.includes('/')
          ? completeRef(registry, actor, text)
          : { collection: collectionOf(request.params), selector: parseSelector(text) }
      const [after, ids] = parseCursor(textCursor(CURSOR, query, ''))
      const { base, head, metadata, files } = await compareVersions(registry, actor, {
        base: await read(query.base),
        head: await read(query.head),
        after,
        limit: limitOf(query),
      })
      const compared = `${base.version.id} ${head.version.id}`
      // An alias may have moved between two pages: half of one comparison is none.
      if (ids !== undefined && ids !== compared) notOfThisList()
      const makers = [base.version.createdBy, head.version.createdBy]
      const usernames = await findUsernames(registry, actor, { ids: makers })
      const key = files.next === null ? null : `${compared} ${files.next}`
      return {
        base: renderVersion(base, usernames),
        head: renderVersion(head, usernames),
        metadata,
        items: files.items.map(renderDifference),
        next: nextPage(context, request, reply, CURSOR, key),
      }
    },
  )
}

function renderDifference({ path, base, head }: EntryDifference): wire.EntryDifference {
  return {
    path,
    change: base === null ? 'added' : head === null ? 'removed' : 'changed',
    base: base === null ? null : renderEntry(base),
    head: head === null ? null : renderEntry(head),
  }
}

/** The path to go on after, and the versions that the earlier pages compared. */
function parseCursor(key: string): [after: string, ids: string | undefined] {
  if (key === '') return ['', undefined]
  const [, ids = '', path = ''] = /^(\S+ \S+) (.+)$/s.exec(key) ?? notOfThisList()
  return [path, ids]
}
