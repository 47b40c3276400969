import type { Role } from '@greenroom/sdk/wire'
import { NativeSelect } from '@mantine/core'
import styles from './admin.module.css'

export const ROLES: readonly Role[] = ['admin', 'member', 'viewer', 'restricted_viewer']
const NAMES: Readonly<Record<Role, string>> = {
  admin: 'Admin',
  member: 'Member',
  viewer: 'Viewer',
  restricted_viewer: 'Restricted viewer',
}

/** Those that a team or organization knows; a project or registry knows one more. */
export const HOME_ROLES = ROLES.filter((role) => role !== 'restricted_viewer')

export function roleChoices(roles: readonly Role[]) {
  return roles.map((value) => ({ value, label: NAMES[value] }))
}

export function nameOfRole(role: Role): string {
  return NAMES[role]
}

export function roleOf(value: string): Role {
  return ROLES.find((role) => role === value) ?? 'viewer'
}

interface RoleSelectProps {
  readonly whose: string
  readonly role: Role
  readonly roles: readonly Role[]
  readonly onRole: (role: Role) => void
}

export function RoleSelect({ whose, role, roles, onRole }: RoleSelectProps) {
  return (
    <NativeSelect
      size="xs"
      className={styles.role ?? ''}
      aria-label={`Role of ${whose}`}
      value={role}
      data={roleChoices(roles)}
      onChange={({ currentTarget }) => onRole(roleOf(currentTarget.value))}
    />
  )
}
