import type { CollectionName } from '@greenroom/sdk'
import type { OwnerName } from '@greenroom/sdk/wire'
import {
  collectionQuery,
  listedCollectionsQuery,
  listedVersionsQuery,
  ownerQuery,
  stagesQuery,
  standingsQuery,
  versionQuery,
} from '../api/queries.ts'
import type { CollectionSearch, RegistrySearch } from './page-search.ts'
import { queries } from './query-client.ts'

// What a page will ask for is asked for beside its program, not behind it. Nothing here waits, and
// what fails here is asked again, and told, by the page itself.

export function askForRegistry(owner: OwnerName, search: RegistrySearch): void {
  void queries.prefetchQuery(ownerQuery(owner))
  void queries.prefetchQuery(stagesQuery(owner))
  void queries.prefetchInfiniteQuery(listedCollectionsQuery(owner, search))
}

export function askForCollection(collection: CollectionName, search: CollectionSearch): void {
  const { tab = 'board', asOf } = search
  void queries.prefetchQuery(collectionQuery(collection))
  void queries.prefetchQuery(standingsQuery(collection, asOf))
  if (tab === 'board' || tab === 'versions')
    void queries.prefetchInfiniteQuery(
      listedVersionsQuery(collection, tab === 'board' ? { asOf } : search),
    )
}

export function askForVersion(collection: CollectionName, selector: string): void {
  void queries.prefetchQuery(versionQuery(collection, selector))
}
