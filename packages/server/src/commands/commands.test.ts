import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { addVersion, entryOf, feedOf } from '../../test/builders.ts'
import { createTestDatabase, skipPostgres } from '../../test/postgres.ts'
import { pathOf } from '../blobs/layout.ts'
import { readConfig } from '../config.ts'
import { digestOf } from '../core/model/digest.ts'
import { authenticate } from '../core/operations/authenticate.ts'
import { bootstrapRegistry } from '../core/operations/bootstrap-registry.ts'
import { createDraft } from '../core/operations/create-draft.ts'
import { deleteVersion } from '../core/operations/delete-version.ts'
import { receiveBlob } from '../core/operations/receive-blob.ts'
import { holdBlobs, makeDataFolder } from '../data-folder.ts'
import { openMetadataStore } from '../metadata/open.ts'
import { blobsPath, databasePath, openToChange } from './open-registry.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const KEY = 'k'.repeat(40)
/** What `npm test` has compiled already; nothing else of our surroundings. */
const { NODE_COMPILE_CACHE = '' } = process.env

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs `greenroom` to its end. */
async function greenroom(t: TestContext, ...argv: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...argv], { env: { NODE_COMPILE_CACHE } })
  t.after(() => child.kill('SIGKILL'))
  const out: string[] = []
  const err: string[] = []
  child.stdout.on('data', (chunk) => out.push(String(chunk)))
  child.stderr.on('data', (chunk) => err.push(String(chunk)))
  const [code] = await once(child, 'close')
  return { code, out: out.join(''), err: err.join('') }
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-commands-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

function configOf(dataFolder: string, ...argv: readonly string[]) {
  const surroundings = { environment: {}, workingFolder: dataFolder, terminal: false }
  return readConfig({ ...surroundings, argv: ['--data', dataFolder, ...argv] }).config
}

/** A data folder with two versions and one that was deleted. */
async function fill(dataFolder: string, ...argv: readonly string[]): Promise<void> {
  makeDataFolder(dataFolder)
  mkdirSync(blobsPath(dataFolder))
  const url = argv[1] ?? databasePath(dataFolder)
  await (await openMetadataStore({ url })).close()
  const { registry, close } = await openToChange(configOf(dataFolder, ...argv))
  await bootstrapRegistry(registry, { adminKey: KEY })
  const admin = await authenticate(registry, KEY)
  await addVersion(registry, admin, { files: { a: 'first', b: 'both' }, aliases: ['staging'] })
  await addVersion(registry, admin, { files: { a: 'second', b: 'both' } })
  const gone = await addVersion(registry, admin, { files: { a: 'deleted' } })
  await deleteVersion(registry, admin, { versionId: gone.version.id, dropAliases: true })
  await close()
}

function blobPath(dataFolder: string, text: string): string {
  return pathOf(blobsPath(dataFolder), { kind: 'blob', digest: digestOf(text) })
}

/** A blob that its upload has published, and whose row a crash has kept from being written. */
async function addOrphan(dataFolder: string): Promise<void> {
  const { registry, close } = await openToChange(configOf(dataFolder))
  const stage = await registry.blobs.stage()
  await stage.append(Buffer.from('orphan'))
  await stage.commit()
  await close()
}

async function serve(t: TestContext, folder: string): Promise<ChildProcess> {
  const argv = [MAIN, 'serve', '--data', folder, '--port', '0']
  const child = spawn(process.execPath, argv, {
    env: { GREENROOM_ADMIN_KEY: KEY, NODE_COMPILE_CACHE },
  })
  t.after(() => child.kill('SIGKILL'))
  for await (const line of createInterface({ input: child.stdout }))
    if (JSON.parse(line).msg === 'serving') return child
  throw new Error('did not serve')
}

test('verify: 0 when all is well, 1 for damage, 2 when it cannot run', async (t) => {
  const folder = folderFor(t)
  await fill(folder)
  const well = await greenroom(t, 'verify', '--data', folder)
  assert.deepEqual([well.code, well.err], [0, ''])
  assert.match(well.out, /Looked at 1 collection, 3 versions, .* 4 blobs; read 22 bytes\./)
  assert.match(well.out, /^Nothing is damaged\.$/m)

  await addOrphan(folder)
  const left = await greenroom(t, 'verify', '--data', folder)
  assert.equal(left.code, 0, 'what a crash leaves is no damage')
  assert.match(left.out, /^bytes_without_row: blob sha256:/m)
  assert.match(left.out, /1 thing left over/)

  const path = blobPath(folder, 'first')
  writeFileSync(path, 'fir5t')
  const damaged = await greenroom(t, 'verify', '--data', folder)
  assert.equal(damaged.code, 1)
  assert.match(damaged.out, /^bytes_differ: blob sha256:\w+: .*chunk 0 differs/m)
  assert.match(damaged.out, /DAMAGE: 1 finding\./)
  const unread = await greenroom(t, 'verify', '--data', folder, '--no-blobs')
  assert.equal(unread.code, 0)
  assert.match(unread.out, /read 0 bytes/)
  unlinkSync(path)
  const missing = await greenroom(t, 'verify', '--no-blobs', '--json', `--data=${folder}`)
  assert.equal(missing.code, 1)
  const { findings, damage, garbage, checked } = JSON.parse(missing.out)
  assert.deepEqual([damage, garbage, checked.versions], [1, 1, 3])
  assert.deepEqual(
    findings.map(({ kind }: { kind: string }) => kind),
    ['bytes_missing', 'bytes_without_row'],
  )

  const nowhere = await greenroom(t, 'verify', '--data', join(folder, 'none'))
  assert.deepEqual([nowhere.code, nowhere.out], [2, ''])
  assert.match(nowhere.err, /^There is no registry in .*--data\.\n$/)
  for (const argv of [['--sample', '0'], ['--rate', 'fast'], ['extra'], ['--smaple', '5']])
    assert.equal((await greenroom(t, 'verify', '--data', folder, ...argv)).code, 2, argv.join(' '))
})

test('verify sees what the database itself finds broken', async (t) => {
  const folder = folderFor(t)
  await fill(folder)
  const database = new DatabaseSync(databasePath(folder), { enableForeignKeyConstraints: false })
  database.exec(`insert into alias_bearer values ('none', 'staging', 0), ('none', 'staging', 1)`)
  database.close()
  const { code, out } = await greenroom(t, 'verify', '--data', folder)
  assert.equal(code, 1)
  assert.match(out, /^database_damaged: database: 2 links from alias_bearer to collection lead/m)
})

test('verify and backup run beside a server; collect leaves it to the server', async (t) => {
  const folder = folderFor(t)
  await fill(folder)
  const child = await serve(t, folder)
  const verified = await greenroom(t, 'verify', '--data', folder)
  assert.deepEqual([verified.code, verified.err], [0, ''])
  const collected = await greenroom(t, 'collect', '--data', folder)
  assert.equal(collected.code, 2)
  assert.match(collected.err, /in use by another server/)
  assert.equal((await greenroom(t, 'collect', '--dry-run', '--data', folder)).code, 0)
  const target = folderFor(t)
  assert.equal((await greenroom(t, 'backup', target, '--data', folder)).code, 0)
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

test('collect says what would go, and then takes it', async (t) => {
  const folder = folderFor(t)
  await fill(folder)
  const first = await greenroom(t, 'collect', '--data', folder)
  assert.equal(first.code, 0)
  assert.match(first.out, /emptied 1\.\nCondemned 1 blob, took 0 back, removed 0/)
  const dry = await greenroom(t, 'collect', '--dry-run', '--grace', '0', '--data', folder)
  assert.match(dry.out, /Needed by nothing: 1 blob \(7 bytes\), of which 1 \(7 bytes\) may go now/)
  assert.ok(existsSync(blobPath(folder, 'deleted')))
  const hold = holdBlobs(folder)
  const held = await greenroom(t, 'collect', '--grace', '0', '--data', folder)
  assert.deepEqual([held.code, held.err], [2, 'A backup is running. Collect when it has ended.\n'])
  hold?.release()
  const second = await greenroom(t, 'collect', '--grace', '0', '--data', folder)
  assert.match(second.out, /removed 1 \(7 bytes\)/)
  assert.ok(!existsSync(blobPath(folder, 'deleted')))
  assert.equal((await greenroom(t, 'verify', '--data', folder)).code, 0)
  assert.equal((await greenroom(t, 'collect', '--grace', '1', '--data', folder)).code, 2)
})

test('a backup is linked, goes on where it broke off, and is restored whole', async (t) => {
  const [folder, target] = [folderFor(t), folderFor(t)]
  await fill(folder)
  const first = await greenroom(t, 'backup', target, '--data', folder)
  assert.deepEqual([first.code, first.err], [0, ''])
  assert.match(first.out, /Backed up 4 blobs \(22 bytes\): 4 linked, 0 copied, 0 there already/)
  assert.equal(statSync(blobPath(target, 'first')).ino, statSync(blobPath(folder, 'first')).ino)

  // A copy of a blob that was cut short is made again; what is whole stays.
  unlinkSync(blobPath(target, 'first'))
  writeFileSync(blobPath(target, 'first'), 'fir')
  unlinkSync(blobPath(target, 'second'))
  const again = await greenroom(t, 'backup', target, '--data', folder)
  assert.match(again.out, /2 linked, 0 copied, 2 there already/)
  const manifest = JSON.parse(readFileSync(join(target, 'backup.json'), 'utf8'))
  assert.equal(manifest.heads.versions, 3)
  assert.equal(manifest.blobs, 4)
  assert.deepEqual(readdirSync(target).sort(), ['backup.json', 'blobs', 'greenroom.db'])

  const restored = join(folderFor(t), 'new')
  const back = await greenroom(t, 'restore', target, '--data', restored)
  assert.deepEqual([back.code, back.err], [0, ''])
  assert.match(back.out, /Restored 3 versions and 4 blobs \(22 bytes\) .* Nothing is damaged\./)
  assert.notEqual(
    statSync(blobPath(restored, 'first')).ino,
    statSync(blobPath(target, 'first')).ino,
  )
  const child = await serve(t, restored)
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

test('a backup waits for the collection that runs', async (t) => {
  const [folder, target] = [folderFor(t), folderFor(t)]
  await fill(folder)
  const collection = holdBlobs(folder)
  assert.ok(collection !== null)
  const backup = greenroom(t, 'backup', target, '--data', folder)
  await sleep(1_000)
  assert.ok(!existsSync(join(target, 'backup.json')))
  collection.release()
  assert.equal((await backup).code, 0)
})

test('restore refuses what is no backup, was changed, or would be written over', async (t) => {
  const [folder, target] = [folderFor(t), folderFor(t)]
  await fill(folder)
  assert.equal((await greenroom(t, 'backup', target, '--data', folder)).code, 0)
  const full = await greenroom(t, 'restore', target, '--data', folder)
  assert.equal(full.code, 2)
  assert.match(full.err, /is not empty/)
  const none = await greenroom(t, 'restore', folder, '--data', join(folderFor(t), 'new'))
  assert.equal(none.code, 2)
  assert.match(none.err, /holds no whole backup/)

  unlinkSync(blobPath(target, 'first'))
  writeFileSync(blobPath(target, 'first'), 'fir5t')
  const other = await greenroom(t, 'restore', target, '--data', join(folderFor(t), 'new'))
  assert.equal(other.code, 1)
  assert.match(other.out, /^DAMAGE: sha256:\w+ has other bytes now/m)
  assert.match(other.out, /^bytes_missing: /m)

  writeFileSync(databasePath(target), 'no database')
  const changed = await greenroom(t, 'restore', target, '--data', join(folderFor(t), 'new'))
  assert.equal(changed.code, 2)
  assert.match(changed.err, /has changed since the backup was made/)
})

test('backup refuses its own data folder and PostgreSQL, and tells of damage', async (t) => {
  const folder = folderFor(t)
  await fill(folder)
  const inside = await greenroom(t, 'backup', join(folder, 'backup'), '--data', folder)
  assert.equal(inside.code, 2)
  assert.match(inside.err, /outside of the data folder/)
  const database = 'postgres://nobody@127.0.0.1:1/none'
  const target = folderFor(t)
  const other = await greenroom(t, 'backup', target, '--data', folder, '--database', database)
  assert.equal(other.code, 2)
  assert.match(other.err, /pg_dump/)
  assert.equal((await greenroom(t, 'backup', '--data', folder)).code, 2)
  unlinkSync(blobPath(folder, 'first'))
  const damaged = await greenroom(t, 'backup', target, '--data', folder)
  assert.equal(damaged.code, 1)
  assert.match(damaged.out, /^DAMAGE: the bytes of sha256:\w+ are gone$/m)
})

test('verify and collect over PostgreSQL', { skip: skipPostgres }, async (t) => {
  const folder = folderFor(t)
  const database = ['--database', await createTestDatabase()]
  await fill(folder, ...database)
  const well = await greenroom(t, 'verify', '--data', folder, ...database)
  assert.deepEqual([well.code, well.err], [0, ''])
  assert.match(well.out, /3 versions/)
  for (const grace of ['1h', '0'])
    assert.equal(
      (await greenroom(t, 'collect', '--grace', grace, '--data', folder, ...database)).code,
      0,
    )
  assert.ok(!existsSync(blobPath(folder, 'deleted')))
  assert.equal((await greenroom(t, 'verify', '--data', folder, ...database)).code, 0)
})

test('an upload under way when its bytes are backed up is in the next backup', async (t) => {
  const [folder, target] = [folderFor(t), folderFor(t)]
  await fill(folder)
  const { registry, close } = await openToChange(configOf(folder))
  const admin = await authenticate(registry, KEY)
  const created = await createDraft(registry, admin, {
    collection: { owner: { kind: 'project', entityName: 'admin', name: 'demo' }, name: 'open' },
    ...{ artifactType: 'model', makeProject: false, entries: [entryOf('a', 'later')] },
  })
  assert.ok(created.kind === 'draft')
  assert.equal((await greenroom(t, 'backup', target, '--data', folder)).code, 0)
  assert.ok(!existsSync(blobPath(target, 'later')))
  const draftId = created.draft.id
  await receiveBlob(registry, { draftId, expected: {}, feed: feedOf('later') })
  await close()
  assert.equal((await greenroom(t, 'backup', target, '--data', folder)).code, 0)
  assert.ok(existsSync(blobPath(target, 'later')))
})
