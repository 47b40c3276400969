import type { CollectionName } from '@greenroom/sdk'
import type { OwnerName } from '@greenroom/sdk/wire'

// How answers are kept. What begins alike is made stale together: an event of a collection touches
// `keys.collection(…)` and all that begins with it.

const place = ({ kind, entity, name }: OwnerName) => `${kind}/${entity}/${name}`

export const keys = {
  me: ['me'],
  users: ['users'],
  owners: ['owners'],
  events: ['events'],
  owner: (owner: OwnerName) => ['owner', place(owner)] as const,
  collections: (owner: OwnerName) => ['collections', place(owner)] as const,
  collection: ({ owner, name }: CollectionName) => ['collection', place(owner), name] as const,
  runs: (owner: OwnerName) => ['runs', place(owner)] as const,
} as const
