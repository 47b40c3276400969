import { RegistryError } from '../../core/errors.ts'
import { MAX_ITEMS_PER_PAGE } from '../../core/limits.ts'
import type { User } from '../../core/model/actor.ts'
import type { Member } from '../../core/model/member.ts'
import type { Owner } from '../../core/model/owner.ts'
import { checkRole, type Role } from '../../core/model/role.ts'
import { listMembers } from '../../core/operations/list-members.ts'
import { removeMember } from '../../core/operations/remove-member.ts'
import { searchPeople } from '../../core/operations/search-people.ts'
import { type PlaceRef, type PrincipalRef, setMember } from '../../core/operations/set-member.ts'
import type { EntitySource } from './accounts.ts'
import type { Call, FieldResolvers } from './call.ts'
import { nodeId, readIntegerId } from './node-ids.ts'
import { ownerById } from './registries.ts'

/** A person or a service account that is a member. */
export interface MemberSource extends Pick<User, 'id' | 'displayName' | 'email' | 'username'> {
  readonly kind: User['kind']
  readonly role: Role
}

/** A team that is a member. */
export type TeamMemberSource = Pick<Member, 'principalId' | 'principalName' | 'role'>

/** The client knows no pages of members. Throws `too_large`. */
async function membersOf(call: Call, place: PlaceRef): Promise<readonly Member[]> {
  const page = { place, after: 0, limit: MAX_ITEMS_PER_PAGE }
  const { items, next } = await listMembers(call.app.registry, call.actor, page)
  if (next === null) return items
  throw new RegistryError(
    'too_large',
    `There are more than ${MAX_ITEMS_PER_PAGE} members: list them over REST, page by page.`,
  )
}

/** Those of teams come as teams. */
async function peopleIn(call: Call, place: PlaceRef): Promise<readonly MemberSource[]> {
  return (await membersOf(call, place)).flatMap((member) => {
    const { user, role, principalName: username, principalKind } = member
    const kind = principalKind === 'service_account' ? 'service_account' : 'user'
    return user === null ? [] : [{ ...user, username, kind, role }]
  })
}

/** A team's members; a user's own entity has that user. */
export async function membersOfEntity(
  call: Call,
  { name, view }: EntitySource,
): Promise<readonly MemberSource[]> {
  const kind = (view ?? (await call.entities.load(name)))?.entity.kind
  if (kind === 'team') return peopleIn(call, { kind: 'team', name })
  const person = kind === 'user' ? await call.people.load(name) : undefined
  return person === undefined ? [] : [{ ...person.user, role: 'admin' }]
}

export function membersOfOwner(call: Call, owner: Owner): Promise<readonly MemberSource[]> {
  return peopleIn(call, { kind: 'owner', owner })
}

export async function teamsOfOwner(call: Call, owner: Owner): Promise<readonly TeamMemberSource[]> {
  const members = await membersOf(call, { kind: 'owner', owner })
  return members.filter(({ principalKind }) => principalKind === 'team')
}

/** A member of a team. Its id is that of the user, by which the client takes it out again. */
export const MEMBER: FieldResolvers<MemberSource> = {
  id: ({ id }) => nodeId('User', id),
  role: ({ role }) => role,
  admin: ({ role }) => role === 'admin',
  pending: () => false,
  name: ({ displayName }) => displayName,
  photoUrl: () => null,
  accountType: ({ kind }) => (kind === 'user' ? 'USER' : 'SERVICE'),
  // Keys are kept as their digests: nobody is told one a second time.
  apiKey: () => null,
}

export const PROJECT_MEMBER: FieldResolvers<MemberSource> = {
  id: ({ id }) => nodeId('User', id),
  name: ({ displayName }) => displayName,
  role: ({ role }) => ({ name: role }),
}

export const TEAM_MEMBER: FieldResolvers<TeamMemberSource> = {
  team: ({ principalId: id, principalName: name }): EntitySource => ({ id, name, view: null }),
  role: ({ role }) => ({ name: role }),
}

export interface ProjectMembersInput {
  readonly projectId: string
  readonly userIds?: readonly string[]
  readonly teamIds?: readonly string[]
}

function principalsOf({ userIds = [], teamIds = [] }: ProjectMembersInput): PrincipalRef[] {
  return [
    ...userIds.map((id) => ({ userId: readIntegerId('User', id) })),
    ...teamIds.map((id) => ({ entityId: readIntegerId('Entity', id) })),
  ]
}

async function placeOf(call: Call, projectId: string): Promise<PlaceRef> {
  const owner = await ownerById(call, projectId)
  return { kind: 'owner', owner }
}

/** New members see and download. Who is one already keeps their role. */
export async function addProjectMembers(call: Call, input: ProjectMembersInput) {
  await setMember(call.app.registry, call.actor, {
    place: await placeOf(call, input.projectId),
    principals: principalsOf(input),
    role: 'viewer',
    onlyNew: true,
  })
  return { success: true }
}

export async function removeProjectMembers(call: Call, input: ProjectMembersInput) {
  await removeMember(call.app.registry, call.actor, {
    place: await placeOf(call, input.projectId),
    principals: principalsOf(input),
  })
  return { success: true }
}

export interface ProjectRoleInput {
  readonly projectId: string
  readonly userId?: string
  readonly userProjectRole?: string
  readonly teamId?: string
  readonly teamProjectRole?: string
}

/** Gives one member, a user or a team, another role; one mutation for each of the two. */
export async function changeProjectRole(call: Call, input: ProjectRoleInput) {
  const { userId, teamId, userProjectRole, teamProjectRole } = input
  const principal =
    userId === undefined
      ? { entityId: readIntegerId('Entity', teamId ?? '') }
      : { userId: readIntegerId('User', userId) }
  await setMember(call.app.registry, call.actor, {
    place: await placeOf(call, input.projectId),
    principals: [principal],
    role: checkRole(userProjectRole ?? teamProjectRole ?? ''),
  })
  return { success: true }
}

export interface InviteInput {
  readonly entityName: string
  readonly username?: string
  readonly email?: string
  readonly admin?: boolean
}

/** Makes somebody a member of a team at once: here are no invitations that wait for an answer. */
export async function createInvite(call: Call, input: InviteInput) {
  const name = input.username ?? (await usernameOf(call, input.email ?? ''))
  await setMember(call.app.registry, call.actor, {
    place: { kind: 'team', name: input.entityName },
    principals: [{ name }],
    role: input.admin === true ? 'admin' : 'member',
  })
  const person = await call.people.load(name)
  if (person === undefined) throw new RegistryError('not_found', `There is no user "${name}".`)
  const { id, displayName, email } = person.user
  return { invite: { id: nodeId('User', id), name: displayName, email } }
}

/** Only administrators find people by their email. */
async function usernameOf(call: Call, email: string): Promise<string> {
  const found = await searchPeople(call.app.registry, call.actor, { text: email, limit: 1 })
  const [person] = found.filter(({ user }) => user.email === email)
  if (person !== undefined) return person.user.username
  throw new RegistryError('not_found', `There is no user of the email ${email} that you may see.`)
}

export interface DeleteInviteInput {
  readonly id?: string
  readonly entityName?: string
}

export async function deleteInvite(call: Call, input: DeleteInviteInput) {
  await removeMember(call.app.registry, call.actor, {
    place: { kind: 'team', name: input.entityName ?? '' },
    principals: [{ userId: readIntegerId('User', input.id ?? '') }],
  })
  return { success: true }
}
