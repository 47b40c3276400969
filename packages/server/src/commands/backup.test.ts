import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { addVersion } from '../../test/builders.ts'
import { pathOf } from '../blobs/layout.ts'
import { readConfig } from '../config.ts'
import { type ContentDigest, digestOf } from '../core/model/digest.ts'
import { authenticate } from '../core/operations/authenticate.ts'
import { bootstrapRegistry } from '../core/operations/bootstrap-registry.ts'
import { makeDataFolder } from '../data-folder.ts'
import { openMetadataStore } from '../metadata/open.ts'
import { backUp } from './backup.ts'
import { blobsPath, databasePath, openToChange } from './open-registry.ts'

const KEY = 'k'.repeat(40)

test('what comes in while blobs are copied is in the next backup, rows and bytes', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-backup-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const [dataFolder, target] = [join(folder, 'data'), join(folder, 'backup')]
  await fill(dataFolder)
  mkdirSync(target)
  let came = false
  const progress = (said: string) => {
    if (came || !said.startsWith('blobs')) return
    came = true
    receive(dataFolder)
  }
  const backUpNow = () => backUp(dataFolder, target, { line: () => undefined, progress })
  assert.equal(await backUpNow(), 0)
  assert.ok(came)
  assertWhole(target, [digestOf('first')])
  assert.equal(await backUpNow(), 0)
  assertWhole(target, [digestOf('first'), digestOf('late')])
})

async function fill(dataFolder: string): Promise<void> {
  makeDataFolder(dataFolder)
  mkdirSync(blobsPath(dataFolder))
  await (await openMetadataStore({ url: databasePath(dataFolder) })).close()
  const surroundings = { environment: {}, workingFolder: dataFolder, terminal: false }
  const { config } = readConfig({ ...surroundings, argv: ['--data', dataFolder] })
  const { registry, close } = await openToChange(config)
  await bootstrapRegistry(registry, { adminKey: KEY })
  await addVersion(registry, await authenticate(registry, KEY), { files: { a: 'first' } })
  await close()
}

/** As an upload ends, at once: its bytes, then its row. */
function receive(dataFolder: string): void {
  const [from, to] = ['first', 'late'].map((text) => blobPath(dataFolder, digestOf(text)))
  assert(from !== undefined && to !== undefined)
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
  const database = new DatabaseSync(databasePath(dataFolder))
  database
    .prepare(
      `insert into blob (digest, size, checks, md5, created_at)
        select ?, size, checks, md5, created_at from blob where digest = ?`,
    )
    .run(digestOf('late'), digestOf('first'))
  database.close()
}

/** The backup has these rows of blobs, and the bytes of each. */
function assertWhole(target: string, digests: readonly ContentDigest[]): void {
  const database = new DatabaseSync(databasePath(target), { readOnly: true })
  const rows = database.prepare('select digest from blob').all()
  database.close()
  const named = rows.map((row) => row.digest as ContentDigest)
  assert.deepEqual(new Set(named), new Set(digests))
  for (const digest of named) assert.ok(existsSync(blobPath(target, digest)), digest)
}

function blobPath(folder: string, digest: ContentDigest): string {
  return pathOf(blobsPath(folder), { kind: 'blob', digest })
}
