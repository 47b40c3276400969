// The official wandb client sends a file of more than 2 GiB in parts while the server is killed,
// once with some parts here and once in the middle of joining them: by the client's own retries it
// is there, byte for byte.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { callerOf, listAll } from '../rest.ts'
import { startServer } from '../server.ts'
import { pythonWith } from '../setup.ts'
import { SCALE } from './scale.ts'

const MIB = 1024 * 1024
/** Repeated, and out of step with the client's parts of 100 MiB: no two are alike. */
const BLOCK = randomBytes(64 * MIB + 1)
/** The client sends parts from 2 GiB on. */
const BLOCKS = 33
const PART_BYTES = 100 * MIB
const SCRIPT = path.resolve(import.meta.dirname, 'wandb_log_file.py')
const LIMIT_MILLISECONDS = 450_000

const python = pythonWith('wandb')

// It takes a minute and 7 GB of disk, so that a tenth of it is none.
if (SCALE >= 1)
  test('a file above 2 GiB in parts, through two kills', { skip: python.missing }, async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-wandb-parts-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const sent = await makeFile(path.join(folder, 'weights.bin'))
    const dataFolder = path.join(folder, 'data')
    let server = await startServer(t, { dataFolder })
    const { url, adminKey } = server
    const environment = {
      PATH: process.env.PATH,
      HOME: folder,
      WANDB_DIR: folder,
      WANDB_BASE_URL: url,
      WANDB_API_KEY: adminKey,
      WANDB_ERROR_REPORTING: 'false',
      WANDB_SILENT: 'true',
    }
    const logged = promisify(execFile)(python.path, [SCRIPT, sent.path], {
      cwd: folder,
      env: environment,
      timeout: LIMIT_MILLISECONDS,
    })
    const over = logged.then(
      () => true,
      () => true,
    )
    const killWhen = async (what: string, isSo: () => Promise<boolean>) => {
      while (!(await isSo()))
        assert.notEqual(await Promise.race([over, sleep(20)]), true, `done before ${what}`)
      server.process.kill('SIGKILL')
      await once(server.process, 'exit')
      server = await startServer(t, { dataFolder, port: Number(new URL(url).port) })
    }
    const blobs = path.join(dataFolder, 'blobs', 'v1')
    await killWhen('a part was here', async () => (await sizesIn(`${blobs}/sha256`)).length >= 1)
    await killWhen('joining', async () =>
      (await sizesIn(`${blobs}/stages`)).some((size) => size > 3 * PART_BYTES),
    )
    assert.equal((await logged).stdout.trim(), 'v0')

    const collection = '/projects/admin/parts/collections/large'
    const rest = callerOf(url, adminKey)
    const [file, ...others] = await listAll<{ path: string; digest: string; size: number }>(
      rest,
      `${collection}/versions/v0/files`,
    )
    assert.deepEqual([file?.path, file?.digest, others], ['weights.bin', sent.digest, []])
    const answer = await fetch(`${url}/api/v1${collection}/versions/v0/files/weights.bin`, {
      headers: { authorization: `Bearer ${adminKey}` },
    })
    const received = createHash('sha256')
    for await (const chunk of answer.body ?? []) received.update(chunk)
    assert.equal(`sha256:${received.digest('hex')}`, sent.digest)
  })

async function makeFile(where: string) {
  const file = await open(where, 'w')
  for (let blocks = 0; blocks < BLOCKS; blocks += 1) await file.write(BLOCK)
  await file.close()
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(where)) hash.update(chunk)
  return { path: where, digest: `sha256:${hash.digest('hex')}` }
}

/** Sizes of the files below a folder; those that go meanwhile are left out. */
async function sizesIn(folder: string): Promise<readonly number[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(path.join(entry.parentPath, entry.name)).then(
          ({ size }) => [size],
          () => [],
        ),
      ),
  )
  return sizes.flat()
}
