import type { CollectionName } from '@greenroom/sdk'
import { collectionParams } from '../../../app/place.ts'
import { router } from '../../../app/router.tsx'
import { stringifySearch } from '../../../app/search.ts'

/** To the page that shows versions side by side; the first of them is what the others are to. */
export function openCompare(collection: CollectionName, versions: readonly string[]): void {
  const { kind, entity, owner, collection: name } = collectionParams(collection)
  const parts = [kind, entity, owner, 'collections', name, 'compare'].map(encodeURIComponent)
  router.history.push(`/${parts.join('/')}${stringifySearch({ v: versions })}`)
}
