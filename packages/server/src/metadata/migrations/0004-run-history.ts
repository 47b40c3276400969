import type { Ddl } from '../dialects/dialect.ts'

/**
 * What a long run needs: its large texts out of the row that every sign of life rewrites, a step
 * beside each history line, and what is known of each metric without reading the lines
 * (`docs/decisions/0012-run-history.md`). Runs can be deleted; what they held goes piece by piece.
 */
export function runHistory({ types }: Ddl): readonly string[] {
  const { text, integer, number, clustered, plain } = types
  return [
    `create table run_text (
      run_id ${integer} not null primary key references run (id),
      config ${text} not null,
      summary ${text} not null
    ) ${plain}`,
    'insert into run_text (run_id, config, summary) select id, config, summary from run',
    'alter table run drop column config',
    'alter table run drop column summary',
    `alter table run add column deleted_at ${integer}`,
    `alter table run_line add column step ${integer}`,
    'create index run_line_step on run_line (run_id, step, line) where step is not null',
    `create table run_key (
      run_id ${integer} not null references run (id),
      key ${text} not null,
      kind ${text} not null,
      count ${integer} not null,
      monotonic ${integer} not null,
      last_line ${integer} not null,
      last ${text},
      primary key (run_id, key)
    ) ${clustered}`,
    `create table run_span (
      run_id ${integer} not null references run (id),
      key ${text} not null,
      span ${integer} not null,
      low ${number} not null,
      low_line ${integer} not null,
      high ${number} not null,
      high_line ${integer} not null,
      primary key (run_id, key, span)
    ) ${clustered}`,
    `create table discarded_run (
      run_id ${integer} not null primary key references run (id)
    ) ${plain}`,
  ]
}
