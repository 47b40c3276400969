import type * as wire from '@greenroom/sdk/wire'
import type { User } from '../../core/model/actor.ts'
import type { Grant } from '../../core/model/grant.ts'
import type { Member } from '../../core/model/member.ts'
import type { Entity, Organization } from '../../core/model/owner.ts'
import type { PageSession } from '../../core/model/page-session.ts'
import { formatTime } from '../../core/model/time.ts'
import type { GrantView } from '../../core/operations/create-grant.ts'
import type { ExplainedAccess } from '../../core/operations/explain-access.ts'
import type { Access } from '../../core/operations/get-access.ts'
import type { Viewer } from '../../core/operations/get-viewer.ts'
import type { TeamView } from '../../core/operations/list-teams.ts'
import { renderUser } from './render.ts'
import { renderWholeOwner } from './render-owners.ts'

export function renderOrganization(organization: Organization): wire.Organization {
  const { entityName, displayName, createdAt } = organization
  return { name: entityName, displayName, createdAt: formatTime(createdAt) }
}

export function renderTeam({ team, organization }: TeamView): wire.Team {
  const { name, createdAt } = team
  return { name, organization: organization.entityName, createdAt: formatTime(createdAt) }
}

export function renderMember(member: Member): wire.Member {
  const { principalName: name, principalKind: kind, user, role } = member
  return {
    name,
    // An organization is nobody's member.
    kind: kind === 'organization' ? 'team' : kind,
    displayName: user?.displayName ?? null,
    role,
    createdAt: formatTime(member.createdAt),
  }
}

export function renderGrant({ grant, principal }: GrantView): wire.Grant {
  return renderGrantOf(grant, principal)
}

function renderGrantOf(grant: Grant, principal: Entity): wire.Grant {
  const { id, collection, alias, verb, effect, createdAt } = grant
  const rest = { collection, alias, verb, effect, createdAt: formatTime(createdAt) }
  return { id, principal: principal.name, ...rest }
}

export function renderExplainedAccess(explained: ExplainedAccess): wire.ExplainedAccess {
  const { allowed, ground, isProtected, grantedTo, memberRole, entityRole } = explained
  return {
    allowed,
    because: ground.kind,
    role: ground.kind === 'role' ? (ground.role ?? null) : null,
    needed: ground.kind === 'role' ? ground.needed : null,
    grant: ground.kind === 'grant' && grantedTo ? renderGrantOf(ground.grant, grantedTo) : null,
    ...{ isProtected, memberRole, entityRole },
  }
}

export function renderServiceAccount(user: User): wire.ServiceAccount {
  const { username, displayName, createdAt } = user
  return { name: username, displayName, createdAt: formatTime(createdAt) }
}

export function renderAccess({ places, owners, scope }: Access): wire.Access {
  return {
    places: places.map(({ entityKind, entityName, role }) => ({
      kind: entityKind === 'organization' ? 'organization' : 'team',
      name: entityName,
      role,
    })),
    owners: owners.map(({ owner, role }) => ({ owner: renderWholeOwner(owner), role })),
    scope,
  }
}

export function renderMe(viewer: Viewer, access: Access, session: PageSession | null): wire.Me {
  const { user, entity, organization, hasPassword } = viewer
  const { entityName, displayName } = organization
  return {
    user: renderUser(user),
    entity: entity.name,
    organization: { name: entityName, displayName },
    signedInBy: session === null ? 'key' : 'session',
    sessionExpiresAt: session === null ? null : formatTime(session.expiresAt),
    hasPassword,
    access: renderAccess(access),
  }
}
