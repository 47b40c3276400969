import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A server's hold on its data folder; ends with the process, however that ends. */
export interface FolderLock {
  release(): void
}

/** Why a server cannot start, as a sentence with its mend. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
}

/** Why the database cannot be opened, for who started the program. */
export function databaseRefused(error: unknown): StartRefused {
  const { message } = error as Error
  // What we wrote ourselves is a sentence and names its mend; PostgreSQL and Node only say what
  // was.
  const mend = message.endsWith('.')
    ? ''
    : '. Check that it runs, and that --database or GREENROOM_DATABASE_URL names it.'
  return new StartRefused(`The database cannot be used: ${message}${mend}`)
}

const ADMIN_KEY_FILE = 'admin.key'
const SIGN_IN_LINK_FILE = 'sign-in-link'

/** Makes the folder for nobody but the server's own user. Throws `StartRefused`. */
export function makeDataFolder(folder: string): void {
  makeFolder(folder, 'data folder', 'Choose another with --data.')
}

/** The same for any folder that an operator named, `what` it is and how to mend it in words. */
export function makeFolder(folder: string, what: string, mend: string): void {
  try {
    makeMissing(folder)
  } catch (error) {
    throw new StartRefused(
      `The ${what} ${folder} cannot be made: ${(error as Error).message}. ${mend}`,
    )
  }
}

/**
 * Node's own `recursive` takes "no such file" for a missing parent and tries for ever where the
 * parent is there and still says so, as /proc does.
 */
function makeMissing(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  const parent = dirname(folder)
  if (parent !== folder) makeMissing(parent)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}

/**
 * Holds the folder against a second server. Throws `StartRefused`.
 */
export function lockDataFolder(folder: string): FolderLock {
  const lock = tryLock(join(folder, 'server.lock'))
  if (lock !== null) return lock
  throw new StartRefused(
    `The data folder ${folder} is in use by another server. ` +
      'Stop that one, or choose another folder with --data.',
  )
}

/**
 * Holds the blobs as they are: a backup and a garbage collection exclude each other. Null while the
 * other one runs.
 */
export function holdBlobs(folder: string): FolderLock | null {
  return tryLock(join(folder, 'blobs.lock'))
}

/**
 * Node has no file locks of its own, so the lock is SQLite's: the system drops it when the process
 * dies. Null while another process has it. Throws `StartRefused` where no file can be written.
 */
function tryLock(path: string): FolderLock | null {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    const { message } = error as Error
    if (message.includes('locked')) return null
    throw new StartRefused(
      `The data folder ${dirname(path)} cannot be used: ${message}. ` +
        'Let this user write into it, or choose another with --data.',
    )
  }
  const held = database
  return { release: () => held.close() }
}

/** Where the first administrator's key lies when no person was there to read it. */
export function adminKeyPath(folder: string): string {
  return join(folder, ADMIN_KEY_FILE)
}

export function writeAdminKey(folder: string, key: string): void {
  writeSecret(adminKeyPath(folder), key)
}

/** The same for a one-time sign-in link; gives its path. */
export function writeSignInLink(folder: string, link: string): string {
  const path = join(folder, SIGN_IN_LINK_FILE)
  writeSecret(path, link)
  return path
}

/** Only the server's own user can read it. */
function writeSecret(path: string, secret: string): void {
  rmSync(path, { force: true })
  writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true })
}
