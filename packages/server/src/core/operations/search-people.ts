import { RegistryError } from '../errors.ts'
import { MAX_EXAMINED_PER_PAGE, MAX_EXAMINED_PER_STATEMENT } from '../limits.ts'
import type { Actor, User } from '../model/actor.ts'
import { checkPageSize } from '../model/page.ts'
import type { ReadTx, Registry } from '../registry.ts'
import { isAdministrator, isUnlimited } from '../rules/access.ts'
import { type Person, personOf } from './steps/people.ts'

/**
 * Users with a text in their name, whatever the case of its letters; whose name it is, comes first.
 * Of one's own organizations; for administrators of all, and by a text in their email, too. Looks
 * at the first 5,000. Throws `forbidden`, `request_invalid`.
 */
export async function searchPeople(
  registry: Registry,
  actor: Actor,
  input: { readonly text: string; readonly limit: number },
): Promise<readonly Person[]> {
  checkPageSize(input.limit)
  if (!isUnlimited(actor))
    throw new RegistryError('forbidden', 'This token is limited: it finds nobody.')
  return registry.metadata.read(async (tx) => {
    const users = isAdministrator(actor)
      ? await findAmongAll(tx, input.text)
      : await findAmongOwn(tx, actor, input.text)
    const isExact = ({ username, email }: User) => [username, email].includes(input.text)
    const ordered = [...users.filter(isExact), ...users.filter((user) => !isExact(user))]
    const people: Person[] = []
    for (const user of ordered.slice(0, input.limit)) people.push(await personOf(tx, actor, user))
    return people
  })
}

async function findAmongAll(tx: ReadTx, text: string): Promise<readonly User[]> {
  const found: User[] = []
  let after = 0
  for (let examined = 0; examined < MAX_EXAMINED_PER_PAGE; ) {
    const page = { kind: 'user', home: null, after, limit: MAX_EXAMINED_PER_STATEMENT } as const
    const users = await tx.users.list(page)
    found.push(
      ...users.filter(({ username, email }) => isIn(text, username) || isIn(text, email ?? '')),
    )
    after = users.at(-1)?.id ?? after
    examined += users.length
    if (users.length < MAX_EXAMINED_PER_STATEMENT) break
  }
  return found
}

async function findAmongOwn(tx: ReadTx, actor: Actor, text: string): Promise<readonly User[]> {
  const names = new Set([actor.username].filter((name) => isIn(text, name)))
  for (const organizationId of actor.rights.organizationIds) {
    const organization = await tx.entities.findOrganization(organizationId)
    if (organization === undefined) continue
    const place = { kind: 'entity', id: organization.entityId } as const
    let after = 0
    for (let examined = 0; examined < MAX_EXAMINED_PER_PAGE; ) {
      const members = await tx.members.list({ place, after, limit: MAX_EXAMINED_PER_STATEMENT })
      for (const { principalName, principalKind } of members)
        if (principalKind === 'user' && isIn(text, principalName)) names.add(principalName)
      after = members.at(-1)?.principalId ?? after
      examined += members.length
      if (members.length < MAX_EXAMINED_PER_STATEMENT) break
    }
  }
  const found: User[] = []
  for (const name of names) {
    const user = await tx.users.find(name)
    if (user?.removedAt === null) found.push(user)
  }
  return found.sort((a, b) => a.id - b.id)
}

function isIn(text: string, name: string): boolean {
  return name.toLowerCase().includes(text.toLowerCase())
}
