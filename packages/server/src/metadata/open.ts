import type { MetadataStore } from '../core/ports/metadata-store.ts'
import { openSqliteFile, openSqliteMemory } from './sqlite/store.ts'

const MEMORY = 'sqlite::memory:'

export interface StoreOptions {
  readonly url: string
  /** Told once when what the store does by itself begins to fail; it goes on trying. */
  readonly onTrouble?: (error: unknown) => void
}

/**
 * Opens the store that a database URL names, its tables brought up to date: `postgres://…`, a path
 * of a SQLite file (also as `sqlite:PATH`), or `sqlite::memory:`, which is gone when it is closed.
 *
 * Throws an `Error` whose message is for the operator: a database in use by another process, of a
 * newer Greenroom, with settings that lose data, or on a network file system.
 */
export async function openMetadataStore(options: StoreOptions): Promise<MetadataStore> {
  const { url, onTrouble = () => undefined } = options
  if (url === MEMORY) return openSqliteMemory()
  if (/^postgres(ql)?:/.test(url)) {
    // Loaded only where it is used: the embedded database needs no driver.
    const { openPostgres } = await import('./postgres/store.ts')
    return openPostgres(url, onTrouble)
  }
  return openSqliteFile(url.replace(/^sqlite:/, ''))
}
