import { GreenroomError } from './greenroom-error.ts'
import type { OwnerName } from './wire.ts'

/** A collection of a project or registry. */
export interface CollectionName {
  readonly owner: OwnerName
  readonly name: string
}

/** `/projects/ada/demo`: the path of each thing under `/api/v1`, every part encoded once. */
export function ownerPath({ kind, entity, name }: OwnerName): string {
  return `/${kind === 'registry' ? 'registries' : 'projects'}/${encoded(entity, name)}`
}

export function collectionPath({ owner, name }: CollectionName): string {
  return `${ownerPath(owner)}/collections/${encoded(name)}`
}

export function versionPath(collection: CollectionName, selector: string): string {
  return `${collectionPath(collection)}/versions/${encoded(selector)}`
}

export function aliasPath(collection: CollectionName, alias: string): string {
  return `${collectionPath(collection)}/aliases/${encoded(alias)}`
}

export function runPath(owner: OwnerName, run: string): string {
  return `${ownerPath(owner)}/runs/${encoded(run)}`
}

/**
 * Parts of a path. Throws `GreenroomError` (`name_invalid`) for `.` and `..`: no URL can say them,
 * since `fetch` walks them, encoded or not; the registry has no such names.
 */
export function encoded(...parts: readonly string[]): string {
  return parts.map(encodePart).join('/')
}

function encodePart(part: string): string {
  if (part !== '.' && part !== '..') return encodeURIComponent(part)
  throw new GreenroomError('name_invalid', `Nothing can be named "${part}".`)
}
