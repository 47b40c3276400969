import { RegistryError } from '../../core/errors.ts'
import type { Token, User } from '../../core/model/actor.ts'
import { createServiceAccount } from '../../core/operations/create-service-account.ts'
import { createTeam } from '../../core/operations/create-team.ts'
import { createToken } from '../../core/operations/create-token.ts'
import { createUser } from '../../core/operations/create-user.ts'
import { getViewer, type Viewer } from '../../core/operations/get-viewer.ts'
import { listTokens } from '../../core/operations/list-tokens.ts'
import { revokeToken } from '../../core/operations/revoke-token.ts'
import { searchPeople } from '../../core/operations/search-people.ts'
import type { EntitySource } from './accounts.ts'
import { type PageArguments, pageSize, wholeList } from './answers.ts'
import type { Call, FieldResolvers } from './call.ts'
import { nodeId, readNodeId } from './node-ids.ts'

/** A user or service account; what is not here is looked up when it is asked for. */
export interface UserSource {
  readonly type: 'User'
  readonly user: User
  readonly viewer: Viewer | null
}

export async function viewer(call: Call): Promise<UserSource> {
  const found = await getViewer(call.app.registry, call.actor)
  return { type: 'User', user: found.user, viewer: found }
}

/** Users by a part of their name, or for administrators of their email. */
export async function users(call: Call, args: PageArguments & { readonly query?: string }) {
  const found = await searchPeople(call.app.registry, call.actor, {
    text: args.query ?? '',
    limit: pageSize(args, 100),
  })
  return wholeList(found.map(({ user }): UserSource => ({ type: 'User', user, viewer: null })))
}

export const USER: FieldResolvers<UserSource> = {
  id: ({ user }) => nodeId('User', user.id),
  name: ({ user }) => user.displayName,
  username: ({ user }) => user.username,
  email: ({ user }) => user.email,
  admin: ({ user }) => user.admin,
  // Without `code_saving_enabled`: a false there would overrule the user's own setting.
  flags: () => '{}',
  entity: ({ user, viewer }) => viewer?.entity.name ?? user.username,
  deletedAt: () => null,
  photoUrl: () => null,
  apiKeys: async (source, _args, call) => {
    const { username } = source.user
    const live = (await tokensOf(call, source)).filter((token) => token.revokedAt === null)
    return wholeList(live.map((token) => keyNode(username, token, token.prefix)))
  },
  // A personal entity counts as a team of its own.
  teams: async ({ user, viewer }, _args, call) => {
    const person = await call.people.load(user.username)
    const home = viewer?.entity ?? { id: user.entityId, name: user.username }
    const teams = (person?.teams ?? []).filter(({ id }) => id !== home.id)
    return wholeList(
      [home, ...teams].map(({ id, name }): EntitySource => ({ id, name, view: null })),
    )
  },
}

/** One's own keys; of others they are told to administrators. */
async function tokensOf(call: Call, { user, viewer }: UserSource): Promise<readonly Token[]> {
  if (viewer !== null) return viewer.tokens
  if (user.id !== call.actor.userId && !call.actor.admin) return []
  return listTokens(call.app.registry, call.actor, { username: user.username })
}

/** Whose key it is stands in its id: who deletes it names nobody. */
function keyNode(username: string, token: Token, name: string) {
  return { id: nodeId('ApiKey', username, token.id), name, description: token.name }
}

/** A fresh key of one's own: its name is the key itself, this once. */
export async function generateApiKey(call: Call, input: { readonly description?: string }) {
  const { username } = call.actor
  const { token, key } = await createToken(call.app.registry, call.actor, {
    username,
    name: input.description ?? 'made with wandb',
  })
  return { apiKey: keyNode(username, token, key) }
}

export async function deleteApiKey(call: Call, input: { readonly id: string }) {
  const [username = '', tokenId = ''] = readNodeId('ApiKey', input.id).split(':')
  await revokeToken(call.app.registry, call.actor, { username, tokenId })
  return { success: true }
}

export interface CreateUserInput {
  readonly email: string
  readonly admin?: boolean
}

/** Makes a user called as their email begins, with some letters behind where that is taken. */
export async function createUserByEmail(call: Call, input: CreateUserInput) {
  const { email, admin = false } = input
  const [local = ''] = email.split('@')
  const username = nameFrom(local)
  const taken = await call.people.load(username)
  const name = taken === undefined ? username : `${username}-${call.app.registry.randomHex(3)}`
  const fields = { username: name, email, admin, displayName: local }
  const user = await createUser(call.app.registry, call.actor, fields)
  return { user: { type: 'User', user, viewer: null } satisfies UserSource }
}

export interface CreateTeamInput {
  readonly teamName: string
  readonly teamAdminUserName?: string
}

export async function createTeamNamed(call: Call, input: CreateTeamInput) {
  const { team } = await createTeam(call.app.registry, call.actor, {
    name: input.teamName,
    ...(input.teamAdminUserName === undefined ? {} : { admin: input.teamAdminUserName }),
  })
  return { entity: { id: team.id, name: team.name, view: null } satisfies EntitySource }
}

export interface ServiceAccountInput {
  readonly entityName: string
  readonly description: string
}

/** A team's service account; its name is made of what it is for. Its keys are made over REST. */
export async function createTeamServiceAccount(call: Call, input: ServiceAccountInput) {
  const { entityName, description } = input
  if (description.trim() === '')
    throw new RegistryError('request_invalid', 'Say in the description what it is for.')
  const { registry } = call.app
  const user = await createServiceAccount(registry, call.actor, {
    name: `${nameFrom(description)}-${registry.randomHex(3)}`,
    displayName: description,
    home: { kind: 'team', name: entityName },
    role: 'member',
  })
  return { user: { type: 'User', user, viewer: null } satisfies UserSource }
}

/** An entity's name out of any text. */
function nameFrom(text: string): string {
  const plain = text.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[-_.]+/, '')
  return plain.slice(0, 40).replace(/[-.]+$/, '') || 'user'
}
