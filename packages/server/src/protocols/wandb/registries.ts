import { RegistryError } from '../../core/errors.ts'
import type { Owner } from '../../core/model/owner.ts'
import { changeOwner } from '../../core/operations/change-owner.ts'
import { createRegistry } from '../../core/operations/create-registry.ts'
import { deleteOwner } from '../../core/operations/delete-owner.ts'
import { findOwner } from '../../core/operations/find-owner.ts'
import { findOwners } from '../../core/operations/find-owners.ts'
import type { Member } from '../../core/operations/list-versions.ts'
import { searchCollections } from '../../core/operations/search-collections.ts'
import { searchLinkedVersions } from '../../core/operations/search-linked-versions.ts'
import { searchRegistries } from '../../core/operations/search-registries.ts'
import { ownerNamed } from './accounts.ts'
import { type Connection, pageSize } from './answers.ts'
import { type Call, ownerRefOf } from './call.ts'
import { type CollectionSource, collectionSource, MAX_PAGES_OF_COLLECTIONS } from './collections.ts'
import {
  COLLECTION_FIELDS,
  ORDERS,
  REGISTRY_FIELDS,
  readFilter,
  readOrder,
  VERSION_FIELDS,
} from './filters.ts'
import { readIntegerId } from './node-ids.ts'
import { type SearchArguments, searchedList, searchedPage } from './searched.ts'

/** The client asks for 100 where its user says nothing. */
const USUAL_PAGE = 100

/** An organization's registries. */
export function registries(
  call: Call,
  entityName: string,
  args: SearchArguments,
): Promise<Connection<Owner>> {
  const filter = readFilter(args.filters, REGISTRY_FIELDS)
  const order = readOrder(args.order, ORDERS)
  return searchedPage(
    'registries',
    args,
    pageSize(args, USUAL_PAGE),
    (after, limit) =>
      searchRegistries(call.app.registry, call.actor, { entityName, filter, order, after, limit }),
    (owner) => owner,
  )
}

export interface RegistryCollectionsArguments extends SearchArguments {
  readonly projectFilters?: string
  readonly collectionTypes?: readonly ('SEQUENCE' | 'PORTFOLIO')[]
}

/** Collections of an organization's registries, which all hold links. */
export function registryCollections(
  call: Call,
  entityName: string,
  args: RegistryCollectionsArguments,
): Promise<Connection<CollectionSource>> | null {
  const { collectionTypes = ['PORTFOLIO'] } = args
  if (!collectionTypes.includes('PORTFOLIO')) return null
  const registriesFilter = readFilter(args.projectFilters, REGISTRY_FIELDS)
  const filter = readFilter(args.filters, COLLECTION_FIELDS)
  const order = readOrder(args.order, ORDERS)
  return searchedList({
    kind: 'registry-collections',
    args,
    limit: pageSize(args, USUAL_PAGE),
    search: (after, limit) =>
      searchCollections(call.app.registry, call.actor, {
        within: { registriesOf: entityName, filter: registriesFilter },
        ...{ filter, order, after, limit },
      }),
    nodeOf: ({ owner, collection }) => collectionSource(owner, collection),
    maxPages: MAX_PAGES_OF_COLLECTIONS,
  })
}

export interface RegistryVersionsArguments extends SearchArguments {
  readonly projectFilters?: string
  readonly collectionFilters?: string
}

/** Linked versions of an organization's registries. An order is the client's to refuse. */
export function registryVersions(
  call: Call,
  entityName: string,
  args: RegistryVersionsArguments,
): Promise<Connection<Member>> {
  readOrder(args.order, {})
  const wanted = {
    entityName,
    registries: readFilter(args.projectFilters, REGISTRY_FIELDS),
    collections: readFilter(args.collectionFilters, COLLECTION_FIELDS),
    filter: readFilter(args.filters, VERSION_FIELDS),
  }
  return searchedPage(
    'registry-versions',
    args,
    pageSize(args, USUAL_PAGE),
    (after, limit) =>
      searchLinkedVersions(call.app.registry, call.actor, { ...wanted, after, limit }),
    (member) => member,
  )
}

export interface UpsertRegistryInput {
  readonly name?: string
  readonly entityName?: string
  readonly description?: string
  readonly access?: string
  readonly allowAllArtifactTypesInRegistry?: boolean
  readonly artifactTypes?: readonly { readonly name: string }[]
}

/** What the client calls `access`: a registry is seen by its whole organization or its members. */
export function accessOf({ kind, restricted }: Owner): string {
  return restricted && kind === 'registry' ? 'RESTRICTED' : 'PRIVATE'
}

/** Throws `request_invalid`. */
function isRestricted(access: string): boolean {
  if (access === 'PRIVATE' || access === 'RESTRICTED') return access === 'RESTRICTED'
  throw new RegistryError(
    'request_invalid',
    `${JSON.stringify(access)} is no access of a registry: it is PRIVATE (the organization sees ` +
      'it) or RESTRICTED (its members do).',
  )
}

/** Makes a registry, or changes the one of this name. */
export async function upsertRegistry(call: Call, input: UpsertRegistryInput) {
  const { registry } = call.app
  const owner = await ownerNamed(call, input.entityName, input.name ?? '')
  const there = await findOwner(registry, call.actor, { owner })
  const artifactTypes = (input.artifactTypes ?? []).map(({ name }) => name)
  const described = input.description === undefined ? {} : { description: input.description }
  const { allowAllArtifactTypesInRegistry: allowsAllTypes } = input
  const restricted = input.access === undefined ? undefined : isRestricted(input.access)
  const project =
    there === undefined
      ? await createRegistry(registry, call.actor, {
          ...{ ...owner, ...described, artifactTypes, restricted: restricted ?? false },
        })
      : await changeOwner(registry, call.actor, {
          ...{ owner, ...described, artifactTypes },
          ...(allowsAllTypes === undefined ? {} : { allowsAllTypes }),
          // Only who sees it is for its admins alone to say.
          ...(restricted === undefined || restricted === there.restricted ? {} : { restricted }),
        })
  return { project, model: project, inserted: there === undefined }
}

export interface RenameProjectInput {
  readonly entityName: string
  readonly oldProjectName: string
  readonly newProjectName: string
}

export async function renameProject(call: Call, input: RenameProjectInput) {
  const owner = ownerRefOf(input.entityName, input.oldProjectName)
  const { kind, name } = ownerRefOf(input.entityName, input.newProjectName)
  if (kind !== owner.kind)
    throw new RegistryError('request_invalid', 'A registry stays one, and so does a project.')
  const project = await changeOwner(call.app.registry, call.actor, { owner, name })
  return { project, model: project, inserted: false }
}

/** Throws `owner_not_found`. */
export async function ownerById(call: Call, projectId: string): Promise<Owner> {
  const id = readIntegerId('Project', projectId)
  const owner = (await findOwners(call.app.registry, call.actor, { ids: [id] })).get(id)
  if (owner !== undefined) return owner
  throw new RegistryError('owner_not_found', 'There is no such registry or project.')
}

/** The client has no way to ask before: aliases go with it, but for protected ones. */
export async function deleteModel(call: Call, input: { readonly id?: string }) {
  const owner = await ownerById(call, input.id ?? '')
  await deleteOwner(call.app.registry, call.actor, { owner, dropAliases: true })
  return { success: true }
}
