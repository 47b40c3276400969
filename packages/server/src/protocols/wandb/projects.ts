import type { Owner } from '../../core/model/owner.ts'
import { findOwner } from '../../core/operations/find-owner.ts'
import { entityOf, viewerEntity } from './accounts.ts'
import { dateTime } from './answers.ts'
import { type Call, type FieldResolvers, ownerRefOf, projectNameOf } from './call.ts'
import {
  artifactTypes,
  collections,
  findArtifactType,
  findCollection,
  findMemberByName,
  type ListArguments,
} from './collections.ts'
import { nodeId } from './node-ids.ts'
import { findRunIn } from './runs.ts'

/** A project, or a registry under the name by which the client knows it. */
export async function project(
  call: Call,
  args: { readonly name?: string; readonly entityName?: string },
): Promise<Owner | null> {
  if (args.name === undefined || args.name === '') return null
  const entityName = args.entityName || (await viewerEntity(call))
  const owner = ownerRefOf(entityName, args.name)
  return (await findOwner(call.app.registry, call.actor, { owner })) ?? null
}

interface Named {
  readonly name: string
}

export const PROJECT: FieldResolvers<Owner> = {
  id: (owner) => nodeId('Project', owner.id),
  internalId: (owner) => nodeId('ProjectInternalId', owner.id),
  name: (owner) => projectNameOf(owner),
  entity: (owner) => entityOf(owner),
  readOnly: () => false,
  createdAt: (owner) => dateTime(owner.createdAt),
  updatedAt: (owner) => dateTime(owner.updatedAt),
  // `wandb verify` sends ten megabytes as `desc` and asks only whether they arrive.
  run: (owner, args: Named, call) => findRunIn(call, owner, args.name),
  bucket: (owner, args: Named, call) => findRunIn(call, owner, args.name),
  artifact: async (owner, args: Named, call) => {
    const member = await findMemberByName(call, owner, args.name)
    return member === null ? null : call.artifacts.load(member.version.id)
  },
  artifactType: (owner, args: Named, call) => findArtifactType(call, owner, args.name),
  artifactTypes: (owner, _args, call) => artifactTypes(call, owner),
  artifactCollection: (owner, args: Named, call) => findCollection(call, owner, args.name),
  artifactCollections: (owner, args: ListArguments, call) => collections(call, owner, null, args),
  artifactCollectionMembership: (owner, args: Named, call) =>
    findMemberByName(call, owner, args.name),
}
