import type { Owner } from '../../core/model/owner.ts'
import { createProject } from '../../core/operations/create-project.ts'
import { findOwner } from '../../core/operations/find-owner.ts'
import { listOwners } from '../../core/operations/list-owners.ts'
import { entityOf, ownerNamed } from './accounts.ts'
import {
  type Connection,
  connection,
  dateTime,
  keyAfter,
  type PageArguments,
  pageSize,
} from './answers.ts'
import { type Call, type FieldResolvers, projectNameOf } from './call.ts'
import {
  artifactTypes,
  collections,
  findArtifactType,
  findCollection,
  findMemberByName,
} from './collections.ts'
import { membersOfOwner, teamsOfOwner } from './members.ts'
import { nodeId } from './node-ids.ts'
import { accessOf, type UpsertRegistryInput, upsertRegistry } from './registries.ts'
import { runCount, runs } from './run-list.ts'
import { findRunIn } from './runs.ts'
import type { SearchArguments } from './searched.ts'

/** A project, or a registry under the name by which the client knows it. */
export async function project(
  call: Call,
  args: { readonly name?: string; readonly entityName?: string },
): Promise<Owner | null> {
  if (args.name === undefined || args.name === '') return null
  const owner = await ownerNamed(call, args.entityName, args.name)
  return (await findOwner(call.app.registry, call.actor, { owner })) ?? null
}

/** An entity's projects in order of id. */
export async function projects(
  call: Call,
  args: PageArguments & { readonly entityName?: string },
): Promise<Connection<Owner>> {
  const page = await listOwners(call.app.registry, call.actor, {
    kind: 'project',
    entityName: (await ownerNamed(call, args.entityName, '')).entityName,
    after: Number(keyAfter('projects', args) ?? 0),
    limit: pageSize(args, 50),
  })
  return connection(
    'projects',
    page,
    (owner) => owner.id,
    (owner) => owner,
  )
}

/** Makes a project or a registry. A project that is there is the answer; a registry is changed. */
export async function upsertModel(call: Call, input: UpsertRegistryInput) {
  const owner = await ownerNamed(call, input.entityName, input.name ?? '')
  if (owner.kind === 'registry') return upsertRegistry(call, input)
  const there = await findOwner(call.app.registry, call.actor, { owner })
  const made = there ?? (await createProject(call.app.registry, call.actor, owner))
  return { project: made, model: made, inserted: there === undefined }
}

interface Named {
  readonly name: string
}

export const PROJECT: FieldResolvers<Owner> = {
  id: (owner) => nodeId('Project', owner.id),
  internalId: (owner) => nodeId('ProjectInternalId', owner.id),
  name: (owner) => projectNameOf(owner),
  entity: (owner) => entityOf(owner),
  isBenchmark: () => false,
  user: () => null,
  access: (owner) => accessOf(owner),
  views: () => null,
  readOnly: () => false,
  createdAt: (owner) => dateTime(owner.createdAt),
  updatedAt: (owner) => dateTime(owner.updatedAt),
  // `wandb verify` sends ten megabytes as `desc` and asks only whether they arrive.
  run: (owner, args: Named, call) => findRunIn(call, owner, args.name),
  bucket: (owner, args: Named, call) => findRunIn(call, owner, args.name),
  runs,
  runCount,
  artifact: async (owner, args: Named, call) => {
    const member = await findMemberByName(call, owner, args.name)
    return member === null ? null : call.artifacts.load(member.version.id)
  },
  artifactType: (owner, args: Named, call) => findArtifactType(call, owner, args.name),
  members: (owner, _args, call) => membersOfOwner(call, owner),
  teamMembers: (owner, _args, call) => teamsOfOwner(call, owner),
  allowAllArtifactTypesInRegistry: (owner) => owner.allowsAllTypes,
  artifactTypes: (owner, _args, call) => artifactTypes(call, owner),
  artifactCollection: (owner, args: Named, call) => findCollection(call, owner, args.name),
  artifactCollections: (owner, args: SearchArguments, call) => collections(call, owner, null, args),
  artifactCollectionMembership: (owner, args: Named, call) =>
    findMemberByName(call, owner, args.name),
}
