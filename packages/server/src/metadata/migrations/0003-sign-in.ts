import type { ColumnTypes } from '../dialects/dialect.ts'

/**
 * How people sign in to the page. Passwords stand beside the users, not in their rows: whatever
 * reads a user does not read the hash. Of a session and of a one-time code only the SHA-256 is
 * kept.
 */
export function signIn({ text, integer, clustered, plain }: ColumnTypes): readonly string[] {
  return [
    `create table password (
      user_id ${integer} not null primary key references registry_user (id),
      hash ${text} not null,
      changed_at ${integer} not null
    ) ${plain}`,
    `create table page_session (
      id ${text} not null primary key,
      user_id ${integer} not null references registry_user (id),
      key_digest ${text} not null unique,
      by_code ${integer} not null,
      created_at ${integer} not null,
      used_at ${integer} not null,
      expires_at ${integer} not null
    ) ${plain}`,
    'create index page_session_user on page_session (user_id)',
    'create index page_session_expiry on page_session (expires_at)',
    `create table used_code (
      code_digest ${text} not null primary key,
      expires_at ${integer} not null
    ) ${clustered}`,
    'create index used_code_expiry on used_code (expires_at)',
  ]
}
