import { RegistryError } from '../errors.ts'

/**
 * What somebody is in a team, an organization, a project or a registry, as W&B names it. Each may
 * do all that those before it may; `docs/rights.md` has the table.
 */
export const ROLES = ['restricted_viewer', 'viewer', 'member', 'admin'] as const

export type Role = (typeof ROLES)[number]

/** Throws `request_invalid` for a word that names no role. */
export function checkRole(text: string): Role {
  const role = ROLES.find((each) => each === text)
  if (role !== undefined) return role
  throw new RegistryError('request_invalid', `"${text}" is no role. Roles: ${ROLES.join(', ')}.`)
}

export function isAtLeast(role: Role | undefined, least: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(least)
}

/** The higher of two roles, either of which may be none. */
export function higherRole(one: Role | undefined, other: Role | undefined): Role | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return isAtLeast(one, other) ? one : other
}
