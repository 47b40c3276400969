import type { Ddl } from '../dialects/dialect.ts'

/** Processes that write one run together: each numbers its lines by itself, from 0 on. */
export function runWriters({ types }: Ddl): readonly string[] {
  const { text, integer, clustered } = types
  return [
    `create table run_writer (
      run_id ${integer} not null references run (id),
      file ${text} not null,
      writer ${text} not null,
      lines ${integer} not null,
      primary key (run_id, file, writer)
    ) ${clustered}`,
  ]
}
