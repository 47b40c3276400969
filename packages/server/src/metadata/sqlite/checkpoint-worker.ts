import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from './connection.ts'

const { path } = workerData as { path: string }
const database = openDatabase(path, { readOnly: false })
const pageBytes = Number(database.prepare('pragma page_size').get()?.page_size)
const checkpoint = database.prepare('pragma wal_checkpoint(passive)')

// Each checkpoint is answered with the bytes that the log then has.
parentPort?.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'close') {
    database.close()
    parentPort?.close()
    return
  }
  const pages = Number(checkpoint.get()?.log)
  parentPort?.postMessage(pages * pageBytes)
})
