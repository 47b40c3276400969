import type { Ddl } from '../dialects/dialect.ts'

/**
 * The stream, and the facts that still wait for their place in it. The database itself puts each
 * new fact among those: none can be written without being placed some day.
 */
export function stream({ types, afterInsert }: Ddl): readonly string[] {
  const { text, integer, plain } = types
  return [
    `create table stream (
      revision ${integer} not null primary key,
      event ${integer} not null unique references event (position),
      prev_hash ${text} not null,
      hash ${text} not null
    ) ${plain}`,
    `create table event_unplaced (
      position ${integer} not null primary key
    ) ${plain}`,
    ...afterInsert('event', 'event_waits', 'insert into event_unplaced values (new.position)'),
  ]
}
