import { RegistryError } from '../errors.ts'
import { MAX_DISPLAY_NAME_CHARACTERS } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import { checkEntityName } from '../model/names.ts'
import type { Organization } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { checkAdministrator } from './steps/accounts.ts'
import { recordFact } from './steps/facts.ts'
import { addMaker } from './steps/places.ts'

/**
 * Makes an organization with an entity of its own; whoever makes it is its first admin. The name
 * that people see and its entity's are always different: the wandb client tells them apart.
 *
 * Throws `forbidden`, `name_invalid`, `already_exists`.
 */
export async function createOrganization(
  registry: Registry,
  actor: Actor,
  input: { readonly name: string; readonly displayName: string },
): Promise<Organization> {
  checkAdministrator(actor)
  const { name, displayName } = input
  checkEntityName(name, registry.reservedNames)
  checkDisplayName(displayName, name)
  return registry.metadata.transaction(async (tx) => {
    // Makes whoever makes another wait, so that names are compared with all that there are.
    const id = await tx.settings.nextInteger('organization')
    const all = await tx.entities.listOrganizations()
    if (all.some((each) => each.displayName === displayName))
      throw new RegistryError('already_exists', `The name "${displayName}" is taken.`)
    const entityId = await tx.settings.nextInteger('entity')
    const createdAt = registry.now()
    const kind = 'organization'
    await tx.entities.insert({ id: entityId, name, kind, organizationId: id, createdAt })
    const organization: Organization = { id, displayName, entityId, entityName: name, createdAt }
    await tx.entities.insertOrganization(organization)
    await addMaker(registry, tx, actor, { kind: 'entity', id: entityId })
    await recordFact(registry, tx, actor, {
      kind: 'organization.created',
      payload: { organization: name, displayName, user: actor.username },
    })
    return organization
  })
}

/** Throws `name_invalid`. */
export function checkDisplayName(displayName: string, entityName: string): void {
  const length = displayName.trim().length
  if (length === 0 || displayName.length > MAX_DISPLAY_NAME_CHARACTERS)
    throw new RegistryError(
      'name_invalid',
      `A display name has 1 to ${MAX_DISPLAY_NAME_CHARACTERS} characters.`,
    )
  if (displayName === entityName)
    throw new RegistryError('name_invalid', 'The display name must differ from the name.')
}
