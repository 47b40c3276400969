import { isRegistryError, RegistryError } from '../../errors.ts'
import { MAX_ARTIFACT_TYPES_PER_OWNER } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import { checkArtifactType, checkProjectName } from '../../model/names.ts'
import { describeOwner, type Entity, type Owner, type OwnerRef } from '../../model/owner.ts'
import { DEFAULT_STAGES } from '../../model/stage.ts'
import type { ReadTx, Registry, Tx } from '../../registry.ts'
import { type Action, isAllowed, isAllowedOnEntity, type Within } from '../../rules/access.ts'
import { recordFact } from './facts.ts'

/** Throws `owner_not_found` when it is not there or not the actor's to see: both look the same. */
export async function getOwner(
  tx: ReadTx,
  actor: Actor,
  ref: OwnerRef,
  action: Action,
  within: Within = {},
): Promise<Owner> {
  const owner = await findOwner(tx, actor, ref, action, within)
  if (owner === undefined) throw ownerNotFound(ref)
  return owner
}

export async function findOwner(
  tx: ReadTx,
  actor: Actor,
  ref: OwnerRef,
  action: Action,
  within: Within = {},
): Promise<Owner | undefined> {
  const owner = await tx.owners.find(ref.kind, ref.entityName, ref.name)
  if (owner === undefined || !isAllowed(actor, 'read', owner)) return undefined
  if (!isAllowed(actor, action, owner, within)) throw forbidden(action, describeOwner(owner))
  return owner
}

const DEEDS: Readonly<Record<Action, string>> = {
  read: 'see',
  download: 'download anything of',
  write: 'change',
  promote: 'move aliases in',
  administer: 'administer',
}

/** For who may see it: whoever may not is told that it is not there. */
export function forbidden(action: Action, what: string): RegistryError {
  return new RegistryError(
    'forbidden',
    `You may not ${DEEDS[action]} ${what}. Ask one of its admins, or use another token.`,
  )
}

/**
 * The project of this name, made on the fly where the actor may: W&B's users expect it. `within` is
 * what they want to write there.
 */
export async function ensureProject(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  ref: OwnerRef,
  within: Within = {},
): Promise<Owner> {
  const found = await findOwner(tx, actor, ref, 'write', within)
  if (found !== undefined) return found
  if (ref.kind !== 'project') throw ownerNotFound(ref)
  checkProjectName(ref.name)
  const entity = await tx.entities.find(ref.entityName)
  const hasProjects = entity?.kind === 'user' || entity?.kind === 'team'
  if (entity === undefined || !hasProjects || !isAllowedOnEntity(actor, 'read', entity.id))
    throw ownerNotFound(ref)
  if (!mayMakeProject(actor, entity, ref, within)) throw forbidden('write', `"${entity.name}"`)
  try {
    return await insertOwner(registry, tx, actor, {
      kind: 'project',
      entityId: entity.id,
      entityName: entity.name,
      name: ref.name,
      description: null,
      restricted: false,
    })
  } catch (error) {
    // Somebody made it between our look and our insert: theirs is the one.
    if (!isRegistryError(error, 'already_exists')) throw error
    return getOwner(tx, actor, ref, 'write', within)
  }
}

function mayMakeProject(actor: Actor, entity: Entity, ref: OwnerRef, within: Within): boolean {
  const toBe = { ...ref, id: 0, entityId: entity.id, restricted: false }
  return isAllowed(actor, 'write', toBe, within)
}

/**
 * Inserts an owner with the stages that every owner is born with. Throws `already_exists`,
 * `owner_not_found` (its entity was removed a moment ago).
 */
export async function insertOwner(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  fields: Pick<Owner, 'kind' | 'entityId' | 'entityName' | 'name' | 'description' | 'restricted'> &
    Partial<Pick<Owner, 'allowsAllTypes' | 'artifactTypes'>>,
): Promise<Owner> {
  // A team stays until what is made in it is there to be seen.
  if (!(await tx.entities.keep(fields.entityId))) throw ownerNotFound(fields)
  const time = registry.now()
  const id = await tx.settings.nextInteger('owner')
  const owner: Owner = {
    allowsAllTypes: true,
    artifactTypes: [],
    ...fields,
    id,
    createdAt: time,
    updatedAt: time,
  }
  await tx.owners.insert(owner)
  await tx.owners.insertStages(id, DEFAULT_STAGES)
  await recordFact(registry, tx, actor, {
    kind: fields.kind === 'registry' ? 'registry.created' : 'project.created',
    ownerId: id,
    payload: { entity: fields.entityName, name: fields.name },
  })
  return owner
}

/**
 * The declared artifact types with some more, in order of name; one that is declared stays. Throws
 * `name_invalid`, `too_large`.
 */
export function declareTypes(
  declared: readonly string[],
  more: readonly string[],
): readonly string[] {
  for (const type of more) checkArtifactType(type)
  const types = [...new Set([...declared, ...more])].sort()
  if (types.length > MAX_ARTIFACT_TYPES_PER_OWNER)
    throw new RegistryError(
      'too_large',
      `An owner declares at most ${MAX_ARTIFACT_TYPES_PER_OWNER} artifact types.`,
    )
  return types
}

export function ownerNotFound(ref: OwnerRef): RegistryError {
  const what = ref.kind === 'registry' ? 'registry' : 'project'
  return new RegistryError(
    'owner_not_found',
    `There is no ${what} ${ref.entityName}/${ref.name} that you may see. ` +
      "Check the names' spelling and case.",
    { kind: ref.kind, entity: ref.entityName, name: ref.name },
  )
}
