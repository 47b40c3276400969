import type { Owner, OwnerRef } from '../../core/model/owner.ts'
import type { EntityView } from '../../core/operations/find-entity.ts'
import { findOrganization } from '../../core/operations/find-organization.ts'
import { findOwner } from '../../core/operations/find-owner.ts'
import { getViewer } from '../../core/operations/get-viewer.ts'
import { type Call, type FieldResolvers, ownerRefOf } from './call.ts'
import { membersOfEntity } from './members.ts'
import { nodeId } from './node-ids.ts'
import {
  type RegistryCollectionsArguments,
  type RegistryVersionsArguments,
  registries,
  registryCollections,
  registryVersions,
} from './registries.ts'
import type { SearchArguments } from './searched.ts'

/** The organizations of a user, as an entity shows them. */
interface MemberSource {
  readonly organizations: readonly EntityView['organization'][]
}

/** An entity as far as it is known; the rest is looked up when it is asked for. */
export interface EntitySource {
  readonly id: number
  readonly name: string
  readonly view: EntityView | null
}

/** An entity; one that is not there, or not the asker's to see, has nothing and no members. */
export async function entity(call: Call, asked: string | undefined): Promise<EntitySource> {
  const name = asked || (await viewerEntity(call))
  const view = await call.entities.load(name)
  return view === undefined
    ? { id: 0, name, view: null }
    : { id: view.entity.id, name: view.entity.name, view }
}

/** An organization by the name that people see. */
export async function organization(call: Call, displayName: string) {
  const found = await findOrganization(call.app.registry, call.actor, { displayName })
  return found?.organization ?? null
}

/** The entity that is meant when none is named: the viewer's own. */
async function viewerEntity(call: Call): Promise<string> {
  return (await getViewer(call.app.registry, call.actor)).entity.name
}

/**
 * The owner that a project's name and its entity's mean. Where the client knows no entity (a run
 * that was recorded offline), it sends none or an empty one: then the asker's own is meant.
 */
export async function ownerNamed(
  call: Call,
  entityName: string | undefined,
  projectName: string,
): Promise<OwnerRef> {
  return ownerRefOf(entityName || (await viewerEntity(call)), projectName)
}

export function entityOf(owner: Owner): EntitySource {
  return { id: owner.entityId, name: owner.entityName, view: null }
}

async function viewOf(source: EntitySource, call: Call): Promise<EntityView | null> {
  return source.view ?? (await call.entities.load(source.name)) ?? null
}

export const ENTITY: FieldResolvers<EntitySource> = {
  id: (source) => nodeId('Entity', source.id),
  entityType: async (source, _args, call) => (await viewOf(source, call))?.entity.kind ?? null,
  isTeam: async (source, _args, call) => (await viewOf(source, call))?.entity.kind === 'team',
  // The client takes a name that is available for one that nobody has.
  available: async (source, _args, call) => (await viewOf(source, call)) === null,
  photoUrl: () => null,
  readOnly: () => false,
  readOnlyAdmin: () => false,
  privateOnly: () => true,
  storageBytes: () => 0,
  codeSavingEnabled: () => true,
  defaultAccess: () => 'PRIVATE',
  isPaid: () => false,
  limits: () => '{}',
  members: (source, _args, call) => membersOfEntity(call, source),
  // The client takes a user's organization from the user, and a team's from the entity.
  organization: async (source, _args, call) => {
    const view = await viewOf(source, call)
    return view === null || view.entity.kind === 'user' ? null : view.organization
  },
  user: async (source, _args, call): Promise<MemberSource | null> => {
    const view = await viewOf(source, call)
    return view?.entity.kind === 'user' ? { organizations: [view.organization] } : null
  },
  xxhashDigestsEnabled: () => false,
  project: async (source, args: { name?: string }, call) =>
    args.name === undefined
      ? null
      : ((await findOwner(call.app.registry, call.actor, {
          owner: ownerRefOf(source.name, args.name),
        })) ?? null),
  // An organization's projects are its registries.
  projects: async (source, args: SearchArguments, call) =>
    (await viewOf(source, call))?.entity.kind === 'organization'
      ? registries(call, source.name, args)
      : null,
  artifactCollections: (source, args: RegistryCollectionsArguments, call) =>
    registryCollections(call, source.name, args),
  artifactMemberships: (source, args: RegistryVersionsArguments, call) =>
    registryVersions(call, source.name, args),
}

export const ORGANIZATION: FieldResolvers<EntityView['organization']> = {
  id: (organization) => nodeId('Organization', organization.id),
  name: (organization) => organization.displayName,
  orgEntity: ({ entityId, entityName }): EntitySource => ({
    id: entityId,
    name: entityName,
    view: null,
  }),
  coreWeaveOrganizationId: () => null,
  // Off: the client then filters versions by what it calls basic fields, and orders none of them.
  advancedRegistryFeatures: () => ({ advancedSearch: false }),
  featureFlags: () => [],
}
