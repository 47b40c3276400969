import type { Ddl } from '../dialects/dialect.ts'
import { FOUNDATION_STATISTICS, foundation } from './0001-foundation.ts'
import { stream } from './0001-stream.ts'
import { rights } from './0002-rights.ts'
import { signIn } from './0003-sign-in.ts'
import { runHistory } from './0004-run-history.ts'
import { registries } from './0005-registries.ts'
import { pointerEventOrder } from './0007-pointer-event-order.ts'
import { measures } from './0008-measures.ts'
import { blobUses } from './0009-blob-uses.ts'
import { runWriters } from './0012-run-writers.ts'

/**
 * Every change of the tables, in order; the schema's version is how many of them ran. Released ones
 * never change. Each gives its statements for one database.
 */
export const MIGRATIONS: readonly ((ddl: Ddl) => readonly string[])[] = [
  (ddl) => [
    ...foundation(ddl.types),
    ...stream(ddl),
    ...['pointer_event', 'event', 'stream'].flatMap(ddl.appendOnly),
    ...ddl.statistics(FOUNDATION_STATISTICS),
  ],
  rights,
  ({ types }) => signIn(types),
  runHistory,
  ({ types }) => registries(types),
  pointerEventOrder,
  ({ types }) => measures(types),
  blobUses,
  runWriters,
]

/** Throws unless this code knows the schema that it finds. */
export function checkSchemaVersion(version: number): void {
  if (version > MIGRATIONS.length)
    throw new Error(
      `The database was written by a newer Greenroom (schema ${version}, this one knows ` +
        `${MIGRATIONS.length}). Start the newer version, or restore a backup made by this one.`,
    )
}

/** The same for who may not bring it up to date. */
export function checkSchemaIsCurrent(version: number): void {
  checkSchemaVersion(version)
  if (version < MIGRATIONS.length)
    throw new Error(
      `The database is of an older Greenroom (schema ${version}, this one reads ` +
        `${MIGRATIONS.length}). Start the server once: it brings the tables up to date.`,
    )
}
