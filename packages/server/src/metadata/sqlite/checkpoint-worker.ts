import { statSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { SQLITE_MAX_LOG_BYTES } from '../../core/limits.ts'
import { openDatabase } from './connection.ts'

const { path } = workerData as { path: string }
const database = openDatabase(path, { readOnly: false })

parentPort?.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'close') {
    database.close()
    parentPort?.close()
    return
  }
  database.exec('pragma wal_checkpoint(passive)')
  // Under steady writes there is always a frame that a passive one leaves, and the log grows for
  // ever. Emptying it locks writers out, but only for what came since the line above.
  if (statSync(`${path}-wal`).size > SQLITE_MAX_LOG_BYTES)
    database.exec('pragma wal_checkpoint(truncate)')
  parentPort?.postMessage('done')
})
