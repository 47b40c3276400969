import { existsSync, realpathSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * Takes the database for this process alone. The lock is SQLite's own exclusive lock on a small
 * file beside it: the system frees it with its holder, however that ends.
 */
export function lockDatabase(path: string): { readonly release: () => void } {
  const lock = openLock(path)
  try {
    lock.exec('begin exclusive')
  } catch (cause) {
    lock.close()
    const busy = cause instanceof Error && 'errcode' in cause && cause.errcode === BUSY
    if (!busy) throw new Error(`The database ${path} cannot be locked.`, { cause })
    throw new Error(
      `The database ${path} is in use by another Greenroom. Stop that one first, or give this ` +
        'one another data folder.',
      { cause },
    )
  }
  return { release: () => lock.close() }
}

function openLock(path: string): DatabaseSync {
  try {
    // By its real name: a link to it is the same database.
    return new DatabaseSync(`${existsSync(path) ? realpathSync(path) : path}.lock`)
  } catch (cause) {
    throw new Error(`The database ${path} cannot be opened. May its folder be written?`, { cause })
  }
}

/** SQLITE_BUSY. */
const BUSY = 5

// `statfs` types of Linux: https://man7.org/linux/man-pages/man2/statfs.2.html.
const NETWORK_FILE_SYSTEMS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
])

/** SQLite's locks and shared memory do not hold on a network file system: data would be lost. */
export function refuseNetworkFileSystem(path: string): void {
  if (process.platform !== 'linux') return
  const name = NETWORK_FILE_SYSTEMS.get(statfsSync(dirname(path)).type >>> 0)
  if (name !== undefined)
    throw new Error(
      `${dirname(path)} is on a network file system (${name}), where SQLite loses data. Use a ` +
        'local folder, or PostgreSQL.',
    )
}
