import { type Me, type OwnerName, ownEntity } from '@greenroom/sdk'

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
  return { kind, entity: entity ?? ownEntity(kind, await getMe()), name }
}

/** `ada/demo/`, `registry/acme-org/model/`: as `greenroom list` takes it. */
export function ownerRef({ kind, entity, name }: OwnerName): string {
  return `${kind === 'registry' ? 'registry/' : ''}${entity}/${name}/`
}
