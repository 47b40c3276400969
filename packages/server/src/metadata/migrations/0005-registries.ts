import type { ColumnTypes } from '../dialects/dialect.ts'

/** Artifact types that an owner admits, tags of collections, and a version's last change. */
export function registries({ text, integer }: ColumnTypes): readonly string[] {
  return [
    `alter table owner add column allows_all_types ${integer} not null default 1`,
    `alter table owner add column artifact_types ${text} not null default '[]'`,
    `alter table collection add column tags ${text} not null default '[]'`,
    `insert into member_field (collection_id, member_index, path, kind, number, text)
      select membership.collection_id, membership.member_index, 'updatedAt', 0,
        version.updated_at, ''
      from membership inner join version on version.id = membership.version_id
      where membership.deleted_at is null`,
  ]
}
