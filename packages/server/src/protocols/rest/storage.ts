import type * as wire from '@greenroom/sdk/wire'
import { formatTime } from '../../core/model/time.ts'
import { getStorage, type StorageView } from '../../core/operations/get-storage.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { renderOwner } from './render.ts'
import { operation, type RestServer } from './rest-server.ts'
import { Storage } from './schemas-accounts.ts'

export function addStorage(app: RestServer, { registry }: AppContext): void {
  app.get(
    '/storage',
    {
      config: operation(
        'getStorage',
        'What takes how much of the store, and what of it is garbage; for administrators',
        ['forbidden'],
      ),
      schema: { response: { 200: Storage } },
    },
    async (request): Promise<wire.Storage> =>
      renderStorage(await getStorage(registry, actorOf(request))),
  )
}

function renderStorage({ count, lastCollection, ...rest }: StorageView): wire.Storage {
  return {
    counted: count && {
      countedAt: formatTime(count.countedAt),
      blobs: count.blobs,
      bytes: count.bytes,
      otherOwners: count.otherOwners,
      owners: count.owners.map(({ owner, ownerId: _, ...line }) => ({
        owner: renderOwner(owner),
        ...line,
      })),
    },
    ...rest,
    lastCollection: lastCollection && {
      ...lastCollection,
      startedAt: formatTime(lastCollection.startedAt),
      endedAt: formatTime(lastCollection.endedAt),
    },
  }
}
