import type { CollectionName } from '@greenroom/sdk'
import type { CollectionSearch } from '../../app/page-search.ts'
import type { Lane } from './collection-state.ts'

/** What each tab of a collection is given. */
export interface TabProps {
  readonly collection: CollectionName
  /** As they are, or as they were at `search.asOf`. */
  readonly lanes: readonly Lane[]
  readonly search: CollectionSearch
  readonly onChange: (part: CollectionSearch) => void
}
