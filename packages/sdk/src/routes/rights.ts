import { json, nothing, type PageQuery } from '../answers.ts'
import type { CallOptions, Client } from '../client.ts'
import { encoded, ownerPath } from '../places.ts'
import type * as wire from '../wire.ts'

// ---------- organizations ----------

export function listOrganizations(
  client: Client,
  options: CallOptions = {},
): Promise<wire.Page<wire.Organization>> {
  return json(client, { method: 'GET', path: '/organizations', ...options })
}

export function createOrganization(
  client: Client,
  body: wire.NewOrganization,
  options: CallOptions = {},
): Promise<wire.Organization> {
  return json(client, { method: 'POST', path: '/organizations', body, ...options })
}

export function changeOrganization(
  client: Client,
  organization: string,
  body: wire.OrganizationChange,
  options: CallOptions = {},
): Promise<wire.Organization> {
  const path = `/organizations/${encoded(organization)}`
  return json(client, { method: 'PATCH', path, body, ...options })
}

export function listOrganizationMembers(
  client: Client,
  organization: string,
  query: PageQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.Member>> {
  const path = `/organizations/${encoded(organization)}/members`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

export function setOrganizationMember(
  client: Client,
  organization: string,
  member: string,
  body: wire.MemberPut,
  options: CallOptions = {},
): Promise<void> {
  const path = `/organizations/${encoded(organization)}/members/${encoded(member)}`
  return nothing(client, { method: 'PUT', path, body, ...options })
}

export function removeOrganizationMember(
  client: Client,
  organization: string,
  member: string,
  options: CallOptions = {},
): Promise<void> {
  const path = `/organizations/${encoded(organization)}/members/${encoded(member)}`
  return nothing(client, { method: 'DELETE', path, ...options })
}

// ---------- teams ----------

export interface TeamQuery extends PageQuery {
  /** Else the first one that you belong to. */
  readonly organization?: string | undefined
}

export function listTeams(
  client: Client,
  query: TeamQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.Team>> {
  return json(client, { method: 'GET', path: '/teams', query: { ...query }, ...options })
}

export function createTeam(
  client: Client,
  body: wire.NewTeam,
  options: CallOptions = {},
): Promise<wire.Team> {
  return json(client, { method: 'POST', path: '/teams', body, ...options })
}

export function getTeam(
  client: Client,
  team: string,
  options: CallOptions = {},
): Promise<wire.Team> {
  return json(client, { method: 'GET', path: `/teams/${encoded(team)}`, ...options })
}

export function removeTeam(client: Client, team: string, options: CallOptions = {}): Promise<void> {
  return nothing(client, { method: 'DELETE', path: `/teams/${encoded(team)}`, ...options })
}

export function listTeamMembers(
  client: Client,
  team: string,
  query: PageQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.Member>> {
  const path = `/teams/${encoded(team)}/members`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

export function setTeamMember(
  client: Client,
  team: string,
  member: string,
  body: wire.MemberPut,
  options: CallOptions = {},
): Promise<void> {
  const path = `/teams/${encoded(team)}/members/${encoded(member)}`
  return nothing(client, { method: 'PUT', path, body, ...options })
}

export function removeTeamMember(
  client: Client,
  team: string,
  member: string,
  options: CallOptions = {},
): Promise<void> {
  const path = `/teams/${encoded(team)}/members/${encoded(member)}`
  return nothing(client, { method: 'DELETE', path, ...options })
}

// ---------- projects and registries ----------

export function listMembers(
  client: Client,
  owner: wire.OwnerName,
  query: PageQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.Member>> {
  const path = `${ownerPath(owner)}/members`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

export function setMember(
  client: Client,
  owner: wire.OwnerName,
  member: string,
  body: wire.MemberPut,
  options: CallOptions = {},
): Promise<void> {
  const path = `${ownerPath(owner)}/members/${encoded(member)}`
  return nothing(client, { method: 'PUT', path, body, ...options })
}

export function removeMember(
  client: Client,
  owner: wire.OwnerName,
  member: string,
  options: CallOptions = {},
): Promise<void> {
  const path = `${ownerPath(owner)}/members/${encoded(member)}`
  return nothing(client, { method: 'DELETE', path, ...options })
}

export function listGrants(
  client: Client,
  owner: wire.OwnerName,
  query: PageQuery = {},
  options: CallOptions = {},
): Promise<wire.Page<wire.Grant>> {
  const path = `${ownerPath(owner)}/grants`
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

export function createGrant(
  client: Client,
  owner: wire.OwnerName,
  body: wire.NewGrant,
  options: CallOptions = {},
): Promise<wire.Grant> {
  return json(client, { method: 'POST', path: `${ownerPath(owner)}/grants`, body, ...options })
}

export function removeGrant(
  client: Client,
  owner: wire.OwnerName,
  grant: string,
  options: CallOptions = {},
): Promise<void> {
  const path = `${ownerPath(owner)}/grants/${encoded(grant)}`
  return nothing(client, { method: 'DELETE', path, ...options })
}

export interface AccessQuestion {
  /** A user or service account. */
  readonly principal: string
  readonly verb: wire.Verb
  readonly collection?: string | undefined
  readonly alias?: string | undefined
}

/** May they, and which role or grant decides it? For admins of the owner. */
export function explainAccess(
  client: Client,
  owner: wire.OwnerName,
  question: AccessQuestion,
  options: CallOptions = {},
): Promise<wire.ExplainedAccess> {
  const path = `${ownerPath(owner)}/access`
  return json(client, { method: 'GET', path, query: { ...question }, ...options })
}

// ---------- service accounts ----------

/** Of a team or of an organization: name one of them. */
export interface ServiceAccountQuery extends PageQuery {
  readonly team?: string | undefined
  readonly organization?: string | undefined
}

export function listServiceAccounts(
  client: Client,
  query: ServiceAccountQuery,
  options: CallOptions = {},
): Promise<wire.Page<wire.ServiceAccount>> {
  const path = '/service-accounts'
  return json(client, { method: 'GET', path, query: { ...query }, ...options })
}

/** Its tokens are made with `createToken`. */
export function createServiceAccount(
  client: Client,
  body: wire.NewServiceAccount,
  options: CallOptions = {},
): Promise<wire.ServiceAccount> {
  return json(client, { method: 'POST', path: '/service-accounts', body, ...options })
}

export function removeServiceAccount(
  client: Client,
  account: string,
  options: CallOptions = {},
): Promise<void> {
  const path = `/service-accounts/${encoded(account)}`
  return nothing(client, { method: 'DELETE', path, ...options })
}
