import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import { checkProjectName } from '../model/names.ts'
import type { Owner } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { isAllowedOnEntity, mayKnowOrganization } from '../rules/access.ts'
import { declareTypes, forbidden, insertOwner, ownerNotFound } from './steps/owners.ts'
import { addMaker } from './steps/places.ts'
import { checkDescription } from './steps/version-attributes.ts'

/**
 * Makes a registry of an organization, with the stages that every owner is born with. Its maker is
 * its first admin.
 *
 * Throws `owner_not_found`, `forbidden`, `name_invalid`, `already_exists`, `too_large`.
 */
export async function createRegistry(
  registry: Registry,
  actor: Actor,
  input: {
    /** The organization's entity name. */
    readonly entityName: string
    readonly name: string
    readonly description?: string | null
    readonly restricted?: boolean
    /** The only artifact types that it admits; without any it admits all. */
    readonly artifactTypes?: readonly string[]
  },
): Promise<Owner> {
  const { entityName, name } = input
  checkProjectName(name)
  const description = checkDescription(input.description ?? null)
  const artifactTypes = declareTypes([], input.artifactTypes ?? [])
  return registry.metadata.transaction(async (tx) => {
    const entity = await tx.entities.find(entityName)
    const isKnown =
      entity?.kind === 'organization' && mayKnowOrganization(actor, entity.organizationId)
    if (!isKnown) throw ownerNotFound({ kind: 'registry', entityName, name })
    if (!isAllowedOnEntity(actor, 'write', entity.id)) throw forbidden('write', `"${entityName}"`)
    if ((await tx.owners.find('registry', entityName, name)) !== undefined)
      throw new RegistryError('already_exists', `There is a registry "${name}" already.`, { name })
    const made = await insertOwner(registry, tx, actor, {
      kind: 'registry',
      entityId: entity.id,
      entityName,
      name,
      description,
      restricted: input.restricted ?? false,
      allowsAllTypes: artifactTypes.length === 0,
      artifactTypes,
    })
    await addMaker(registry, tx, actor, { kind: 'owner', id: made.id })
    return made
  })
}
