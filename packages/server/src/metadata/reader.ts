import type { MetadataStore } from '../core/ports/metadata-store.ts'

/** A database that is only read: by an operator's command, beside a server or without one. */
export interface MetadataReader extends Pick<MetadataStore, 'read' | 'close'> {
  /** What the database itself finds broken, in sentences; none where it has no such check. */
  problems(): Promise<readonly string[]>
}

/**
 * Opens a database only to read it; takes no lock and changes nothing, so that a server may run.
 * Throws an `Error` with a sentence unless its tables are those of this version.
 */
export async function openMetadataReader(options: {
  readonly url: string
}): Promise<MetadataReader> {
  const { url } = options
  if (/^postgres(ql)?:/.test(url)) {
    const { openPostgresReader } = await import('./postgres/reader.ts')
    return openPostgresReader(url)
  }
  const { openSqliteReader } = await import('./sqlite/reader.ts')
  return openSqliteReader(url)
}
