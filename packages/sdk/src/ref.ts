import { GreenroomError } from './greenroom-error.ts'
import type { CollectionName } from './places.ts'
import type { Me, OwnerName } from './wire.ts'

/** A reference that leaves nothing out. */
export interface Ref {
  readonly collection: CollectionName
  /** `v3`, an alias, `alias@{2}`, `alias@<time>` or `sha256:…`; `latest` where none was written. */
  readonly selector: string
}

/**
 * Reads `[entity/]project/collection[:selector]` or
 * `registry/[organization/]name/collection[:selector]`. What is left out is the caller's own, and
 * only then is `getMe` asked. Throws `GreenroomError` (`ref_invalid`).
 */
export async function parseRef(text: string, getMe: () => Promise<Me>): Promise<Ref> {
  const colon = text.indexOf(':')
  const path = (colon === -1 ? text : text.slice(0, colon)).split('/')
  const kind: OwnerName['kind'] = path[0] === 'registry' ? 'registry' : 'project'
  const parts = kind === 'registry' ? path.slice(1) : path
  const [name = '', ownerName = '', given] = parts.toReversed()
  if (parts.length < 2 || parts.length > 3 || parts.includes(''))
    throw new GreenroomError(
      'ref_invalid',
      `"${text}" names no version. Write [entity/]project/collection[:selector] or ` +
        'registry/[organization/]name/collection[:selector].',
      { details: { ref: text } },
    )
  const entity = given ?? ownEntity(kind, await getMe())
  const selector = colon === -1 ? '' : text.slice(colon + 1)
  return {
    collection: { owner: { kind, entity, name: ownerName }, name },
    selector: selector === '' ? 'latest' : selector,
  }
}

/** What an owner's name stands under when nothing is said: one's own, or one's organization's. */
export function ownEntity(kind: OwnerName['kind'], me: Me): string {
  return kind === 'registry' ? me.organization.name : me.entity
}

export function formatRef({ collection: { owner, name }, selector }: Ref): string {
  const prefix = owner.kind === 'registry' ? 'registry/' : ''
  return `${prefix}${owner.entity}/${owner.name}/${name}:${selector}`
}
