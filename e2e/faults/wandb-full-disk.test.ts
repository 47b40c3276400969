// A full disk is told to the user of the wandb client, in our words and at once. It would send the
// same bytes again for twenty minutes after most answers, and shows nothing of a refused PUT.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { callerOf, listAll } from '../rest.ts'
import { startServer } from '../server.ts'
import { pythonWith } from '../setup.ts'

const DISK_MEBIBYTES = 32
const SCRIPT = path.resolve(import.meta.dirname, 'wandb_log_file.py')
/** Its own retries would take longer. */
const LIMIT_MILLISECONDS = 120_000

const python = pythonWith('wandb')
const namespace = ['unshare', '--user', '--map-root-user', '--mount']
const possible = spawnSync(namespace[0] ?? '', [...namespace.slice(1), 'true']).status === 0
const skip = python.missing || (!possible && 'unshare cannot make a namespace here')

test('the wandb client is told of a full disk, and logs again once there is room', {
  skip,
}, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-wandb-full-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const disk = path.join(folder, 'disk')
  mkdirSync(disk)
  const mount = `mount -t tmpfs -o size=${DISK_MEBIBYTES}m none "$0" && exec "$@"`
  const server = await startServer(t, {
    dataFolder: path.join(disk, 'data'),
    prefix: [...namespace, 'sh', '-c', mount, disk],
  })
  const log = (mebibytes: number) => {
    const file = path.join(folder, 'file.bin')
    writeFileSync(file, Buffer.alloc(mebibytes * 1024 * 1024, 'x'))
    return promisify(execFile)(python.path, [SCRIPT, file], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        WANDB_DIR: folder,
        WANDB_BASE_URL: server.url,
        WANDB_API_KEY: server.adminKey,
        WANDB_ERROR_REPORTING: 'false',
      },
      timeout: LIMIT_MILLISECONDS,
    })
  }
  // Once more than is left, and once more than the whole disk: that is known before it is sent.
  for (const mebibytes of [DISK_MEBIBYTES - 2, 4 * DISK_MEBIBYTES]) {
    await assert.rejects(log(mebibytes), (error: { code?: unknown; stderr?: unknown }) => {
      assert.equal(error.code, 1, 'it ended by itself')
      assert.match(String(error.stderr), /^ValueError: .*"The disk for blobs is full/m)
      assert.match(String(error.stderr), /weights\.bin.* were not kept. Make room on it/)
      return true
    })
  }

  // What had come of it makes room again.
  assert.equal((await log(1)).stdout.trim().split('\n').at(-1), 'v0')
  const rest = callerOf(server.url, server.adminKey)
  const versions = await listAll(rest, '/projects/admin/parts/collections/large/versions')
  assert.equal(versions.length, 1)
})
