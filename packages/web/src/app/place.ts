import type { CollectionName } from '@greenroom/sdk'
import type { OwnerName } from '@greenroom/sdk/wire'

// The path of a page is the path of the thing in the API, without `/api/v1`.

export interface OwnerParams {
  readonly kind: string
  readonly entity: string
  readonly owner: string
}

export interface CollectionParams extends OwnerParams {
  readonly collection: string
}

export function ownerOf({ kind, entity, owner }: OwnerParams): OwnerName {
  return { kind: kind === 'registries' ? 'registry' : 'project', entity, name: owner }
}

export function collectionOf(params: CollectionParams): CollectionName {
  return { owner: ownerOf(params), name: params.collection }
}

export function ownerParams({ kind, entity, name }: OwnerName): OwnerParams {
  return { kind: kind === 'registry' ? 'registries' : 'projects', entity, owner: name }
}

export function collectionParams({ owner, name }: CollectionName): CollectionParams {
  return { ...ownerParams(owner), collection: name }
}

export const OWNER_PATH = '/$kind/$entity/$owner'
export const COLLECTION_PATH = '/$kind/$entity/$owner/collections/$collection'
export const VERSION_PATH = `${COLLECTION_PATH}/versions/$version` as const
export const COMPARE_PATH = `${COLLECTION_PATH}/compare` as const
/** Of a project, which is more than a registry: runs are made in it. */
export const PROJECT_PATH = '/projects/$entity/$owner'
export const RUNS_PATH = `${PROJECT_PATH}/runs` as const
export const RUN_PATH = `${RUNS_PATH}/$run` as const
