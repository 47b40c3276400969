import type { Ddl } from '../dialects/dialect.ts'

/**
 * Who may do what: members of teams, organizations and owners, grants, limited tokens. A place of a
 * member is an entity or an owner, so that no foreign key can stand on it. Who was a user so far is
 * a member of their organization.
 */
export function rights({ types }: Ddl): readonly string[] {
  const { text, integer, clustered, plain } = types
  return [
    `create table member (
      place_kind ${text} not null,
      place_id ${integer} not null,
      principal_id ${integer} not null references entity (id),
      role ${text} not null,
      created_at ${integer} not null,
      primary key (place_kind, place_id, principal_id)
    ) ${clustered}`,
    'create index member_principal on member (principal_id, place_kind, place_id)',
    `create table access_grant (
      id ${text} not null primary key,
      owner_id ${integer} not null references owner (id),
      principal_id ${integer} not null references entity (id),
      collection ${text} not null,
      alias ${text} not null,
      verb ${text} not null,
      effect ${text} not null,
      created_by ${integer} not null,
      created_at ${integer} not null
    ) ${plain}`,
    'create index access_grant_owner on access_grant (owner_id, id)',
    'create index access_grant_principal on access_grant (principal_id, id)',
    `alter table owner add column restricted ${integer} not null default 0`,
    `create index owner_restricted on owner (entity_id)
      where restricted = 1 and deleted_at is null`,
    `alter table entity add column removed_at ${integer}`,
    'create index entity_kind on entity (kind, id) where removed_at is null',
    `create index entity_organization on entity (organization_id, kind, id)
      where removed_at is null`,
    `alter table registry_user add column kind ${text} not null default 'user'`,
    `alter table registry_user add column home_entity_id ${integer}`,
    `alter table registry_user add column removed_at ${integer}`,
    'update registry_user set home_entity_id = entity_id',
    `create index user_home on registry_user (home_entity_id, kind, id)
      where removed_at is null`,
    `create index user_kind on registry_user (kind, id) where removed_at is null`,
    `alter table token add column scope ${text}`,
    `alter table token add column expires_at ${integer}`,
    `alter table token add column last_used_at ${integer}`,
    `insert into member (place_kind, place_id, principal_id, role, created_at)
      select 'entity', o.entity_id, u.entity_id,
        case when u.admin = 1 then 'admin' else 'member' end, u.created_at
      from registry_user u
      join entity e on e.id = u.entity_id
      join organization o on o.id = e.organization_id`,
  ]
}
