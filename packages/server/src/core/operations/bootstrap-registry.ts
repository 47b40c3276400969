import { SYSTEM } from '../model/actor.ts'
import { digestOfKey } from '../model/token-key.ts'
import type { Registry } from '../registry.ts'
import { insertToken, insertUser } from './steps/accounts.ts'
import { insertOwner } from './steps/owners.ts'

const ORGANIZATION = 'Greenroom'
const ORGANIZATION_ENTITY = 'greenroom-org'
export const FIRST_USER = 'admin'
const FIRST_REGISTRIES = ['model', 'dataset'] as const
/** The setting that signs transfer links and one-time sign-in codes; hex. */
export const LINK_KEY = 'link-key'

export interface Bootstrapped {
  /** A key that was made now and is told this once; null when none was. */
  readonly freshAdminKey: string | null
  /** Hex; signs transfer links. Lives in the database, so that links survive a restart. */
  readonly linkKey: string
  readonly admin: {
    readonly userId: number
    readonly isNew: boolean
    readonly hasPassword: boolean
  }
}

/**
 * The first start makes the organization, its registries, and the user `admin` with a fresh key;
 * every start with a given key sees to it that `admin` has it. Idempotent.
 *
 * Throws `request_invalid` for a given key of another form, `already_exists` when it is another
 * user's.
 */
export async function bootstrapRegistry(
  registry: Registry,
  input: { readonly adminKey?: string },
): Promise<Bootstrapped> {
  return registry.metadata.transaction(async (tx) => {
    let linkKey = await tx.settings.find(LINK_KEY)
    if (linkKey === undefined) {
      linkKey = registry.randomHex(32)
      await tx.settings.put(LINK_KEY, linkKey)
    }
    let admin = await tx.users.find(FIRST_USER)
    const first = admin === undefined
    if (admin === undefined) {
      const time = registry.now()
      const id = await tx.settings.nextInteger('organization')
      const entityId = await tx.settings.nextInteger('entity')
      const organization = { id, displayName: ORGANIZATION, entityId, createdAt: time }
      await tx.entities.insert({
        id: entityId,
        name: ORGANIZATION_ENTITY,
        kind: 'organization',
        organizationId: id,
        createdAt: time,
      })
      await tx.entities.insertOrganization({ ...organization, entityName: ORGANIZATION_ENTITY })
      admin = await insertUser(
        registry,
        tx,
        SYSTEM,
        { username: FIRST_USER, displayName: 'Administrator', email: null, admin: true },
        { organization, entityId: null, role: 'admin' },
      )
      for (const name of FIRST_REGISTRIES)
        await insertOwner(registry, tx, SYSTEM, {
          kind: 'registry',
          entityId,
          entityName: ORGANIZATION_ENTITY,
          name,
          description: null,
          restricted: false,
        })
    }
    const hasPassword = (await tx.signIns.findPassword(admin.id)) !== undefined
    const done = { linkKey, admin: { userId: admin.id, isNew: first, hasPassword } }
    const given = input.adminKey
    if (given === undefined && !first) return { ...done, freshAdminKey: null }
    const known = given === undefined ? undefined : await tx.users.findToken(digestOfKey(given))
    if (known?.user.id === admin.id && known.token.revokedAt === null)
      return { ...done, freshAdminKey: null }
    const token = given === undefined ? { name: 'first key' } : { name: 'given key', key: given }
    const { key } = await insertToken(registry, tx, SYSTEM, admin, token)
    return { ...done, freshAdminKey: given === undefined ? key : null }
  })
}
