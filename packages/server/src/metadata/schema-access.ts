// Who there is and what they may: a part of `schema.ts`.

export interface EntityRow {
  id: number
  name: string
  kind: string
  organization_id: number
  created_at: number
}

export interface OrganizationRow {
  id: number
  display_name: string
  entity_id: number
  created_at: number
}

export interface UserRow {
  id: number
  username: string
  display_name: string
  email: string | null
  admin: number
  entity_id: number
  created_at: number
  kind: string
  /** Null only before the tables knew it: then it is the user's own. */
  home_entity_id: number | null
  removed_at: number | null
}

export interface TokenRow {
  id: string
  user_id: number
  name: string
  prefix: string
  key_digest: string
  created_at: number
  revoked_at: number | null
  /** A JSON object. */
  scope: string | null
  expires_at: number | null
  last_used_at: number | null
}

export interface MemberRow {
  place_kind: string
  place_id: number
  principal_id: number
  role: string
  created_at: number
}

export interface GrantRow {
  id: string
  owner_id: number
  principal_id: number
  collection: string
  alias: string
  verb: string
  effect: string
  created_by: number
  created_at: number
}

export interface PasswordRow {
  user_id: number
  hash: string
  changed_at: number
}

export interface PageSessionRow {
  id: string
  user_id: number
  key_digest: string
  by_code: number
  created_at: number
  used_at: number
  expires_at: number
}

/** A one-time code that was used and has not yet expired. */
export interface UsedCodeRow {
  code_digest: string
  expires_at: number
}
