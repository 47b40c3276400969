import type { ColumnTypes } from '../dialects/dialect.ts'

/** What the versions of a collection are measured by, as JSON: `[{"path", "better"}, …]`. */
export function measures({ text }: ColumnTypes): readonly string[] {
  return [`alter table collection add column measures ${text} not null default '[]'`]
}
