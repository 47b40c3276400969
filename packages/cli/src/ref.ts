import type { Me, OwnerName } from '@greenroom/sdk/wire'
import type { CollectionName } from './interim-client.ts'
import { UsageError } from './usage-error.ts'

export interface Ref {
  readonly collection: CollectionName
  /** What stands behind the colon; `latest` where nothing does. */
  readonly selector: string
}

/**
 * Reads `[entity/]project/collection[:selector]` or
 * `registry/[organization/]name/collection[:selector]`. What is left out is the caller's own:
 * `getMe` is only asked then. Throws `UsageError`.
 */
export async function parseRef(text: string, getMe: () => Promise<Me>): Promise<Ref> {
  const colon = text.indexOf(':')
  const path = (colon === -1 ? text : text.slice(0, colon)).split('/')
  const isRegistry = path[0] === 'registry'
  const [name = '', ownerName = '', entity] = (isRegistry ? path.slice(1) : path).toReversed()
  const parts = path.length - (isRegistry ? 1 : 0)
  if (parts < 2 || parts > 3 || path.includes(''))
    throw new UsageError(
      `"${text}" names no version. Write [entity/]project/collection[:selector], or ` +
        'registry/[organization/]name/collection[:selector].',
    )
  const kind = isRegistry ? 'registry' : 'project'
  const owner = { kind, entity: entity ?? (await ownEntity(kind, getMe)), name: ownerName } as const
  const selector = colon === -1 ? '' : text.slice(colon + 1)
  return { collection: { owner, name }, selector: selector === '' ? 'latest' : selector }
}

/**
 * Reads `PROJECT`, `ENTITY/PROJECT/`, `registry/NAME` or `registry/ORGANIZATION/NAME/`; undefined
 * where the text is that of a collection.
 */
export async function parseOwner(
  text: string,
  getMe: () => Promise<Me>,
): Promise<OwnerName | undefined> {
  const closed = text.endsWith('/')
  const path = (closed ? text.slice(0, -1) : text).split('/')
  const isRegistry = path[0] === 'registry' && path.length > 1
  const [name = '', entity, ...rest] = (isRegistry ? path.slice(1) : path).toReversed()
  if (name === '' || rest.length > 0 || text.includes(':')) return undefined
  if (entity !== undefined && !closed) return undefined
  const kind = isRegistry ? 'registry' : 'project'
  return { kind, entity: entity ?? (await ownEntity(kind, getMe)), name }
}

async function ownEntity(kind: OwnerName['kind'], getMe: () => Promise<Me>): Promise<string> {
  const me = await getMe()
  return kind === 'registry' ? me.organization.name : me.entity
}
