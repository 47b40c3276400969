import type * as wire from '@greenroom/sdk/wire'
import { RegistryError } from '../../core/errors.ts'
import { parseSelector } from '../../core/model/ref.ts'
import { listEntries } from '../../core/operations/list-entries.ts'
import { openFile } from '../../core/operations/open-file.ts'
import { sendBlob } from '../../core/operations/send-blob.ts'
import { actorOf } from '../../http/authenticate.ts'
import { sendBytes } from '../../http/byte-response.ts'
import type { AppContext } from '../../http/context.ts'
import { nextPage, pathOf } from './paging.ts'
import { collectionOf, limitOf, notOfThisList, textCursor } from './read-request.ts'
import { refOf, renderEntry, versionName } from './render.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { Bytes, FilePath, NoContent, VersionPath } from './schemas.ts'
import { EntryPage, EntryQuery } from './schemas-versions.ts'
import { RESOLVE_REFUSALS } from './versions.ts'

const CURSOR = 'files'

export function addFiles(app: RestServer, context: AppContext): void {
  const { registry } = context

  app.get(
    `${COLLECTION_PATH}/versions/:selector/files`,
    {
      config: operation('listFiles', "A version's manifest, by path", [
        ...RESOLVE_REFUSALS,
        'cursor_invalid',
      ]),
      schema: { params: VersionPath, querystring: EntryQuery, response: { 200: EntryPage } },
    },
    async (request, reply): Promise<wire.EntryPage> => {
      const [after, versionId] = parseCursor(textCursor(CURSOR, request.query, ''))
      const collection = collectionOf(request.params)
      const listed = await listEntries(registry, actorOf(request), {
        collection,
        selector: parseSelector(request.params.selector),
        after,
        limit: limitOf(request.query),
      })
      const { membership, version, page } = listed
      // An alias may have moved between two pages: half of one version is none.
      if (versionId !== undefined && versionId !== version.id) notOfThisList()
      const name = versionName(membership.index)
      const key = page.next === null ? null : `${version.id} ${page.next}`
      const path = pathOf(collection, 'versions', name, 'files')
      return {
        items: page.items.map(renderEntry),
        next: nextPage(context, request, reply, CURSOR, key, path),
        ref: refOf(collection, membership),
        version: name,
        digest: version.digest,
      }
    },
  )

  app.get(
    `${COLLECTION_PATH}/versions/:selector/files/*`,
    {
      config: operation(
        'getFile',
        'The bytes of a path, in ranges too. ETag: their digest in hex. A reference is ' +
          'not_found, and `details.reference` says where it points',
        [...RESOLVE_REFUSALS, 'not_found', 'blob_missing', 'range_not_satisfiable'],
      ),
      schema: { params: FilePath, response: { 200: Bytes, 206: Bytes, 304: NoContent } },
    },
    async (request, reply): Promise<void> => {
      const path = request.params['*']
      const { entry, blob } = await openFile(registry, actorOf(request), {
        collection: collectionOf(request.params),
        selector: parseSelector(request.params.selector),
        path,
      })
      if (blob === null)
        throw new RegistryError(
          'not_found',
          `${JSON.stringify(path)} is a reference: its bytes are not kept here. ` +
            'Get them where "details.reference" points.',
          { path, reference: entry.reference },
        )
      await sendBytes(request, reply, {
        blob,
        fileName: path,
        send: (range, sink) => sendBlob(registry, blob, range, sink),
        onCorrupt: (digest) => request.log.error({ digest }, 'stored bytes have changed'),
      })
    },
  )
}

/** The path to go on after, and the version that the earlier pages were of. */
function parseCursor(key: string): [after: string, versionId: string | undefined] {
  if (key === '') return ['', undefined]
  const space = key.indexOf(' ')
  return space < 1 ? notOfThisList() : [key.slice(space + 1), key.slice(0, space)]
}
