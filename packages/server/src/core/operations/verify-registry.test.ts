import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { addVersion, collectionOf, entryOf } from '../../../test/builders.ts'
import { createTestDatabase, query, skipPostgres } from '../../../test/postgres.ts'
import { openDiskBlobStore } from '../../blobs/disk.ts'
import { pathOf } from '../../blobs/layout.ts'
import { openMetadataStore } from '../../metadata/open.ts'
import { createNewId } from '../../new-id.ts'
import { argon2Passwords } from '../../passwords/argon2.ts'
import { type Actor, SYSTEM } from '../model/actor.ts'
import { digestOf } from '../model/digest.ts'
import type { Registry } from '../registry.ts'
import { bootstrapRegistry } from './bootstrap-registry.ts'
import { collectGarbage } from './collect-garbage.ts'
import { createDraft } from './create-draft.ts'
import { deleteVersion } from './delete-version.ts'
import { linkVersion } from './link-version.ts'
import { promote } from './promote.ts'
import { rollBack } from './roll-back.ts'
import { type Finding, type VerifyReport, verifyRegistry } from './verify-registry.ts'

interface World {
  readonly registry: Registry
  readonly actor: Actor
  /** Ids of the versions v0 to v3 of the collection `classifier`. */
  readonly versions: readonly string[]
  readonly collectionId: string
  readonly blobFolder: string
  /** Runs SQL behind the registry's back: no trigger, no foreign key. */
  harm(...sql: readonly string[]): Promise<void>
}

async function verify(
  registry: Registry,
): Promise<{ readonly report: VerifyReport; readonly findings: readonly Finding[] }> {
  const findings: Finding[] = []
  const nothing = async () => {}
  const events = verifyRegistry(registry, {
    ...{ readBlob: () => true, pace: nothing, pause: nothing },
  })
  for (;;) {
    const next = await events.next()
    if (next.done) return { report: next.value, findings }
    if (next.value.kind === 'finding') findings.push(next.value.finding)
  }
}

async function kindsFound(registry: Registry): Promise<readonly string[]> {
  return (await verify(registry)).findings.map(({ kind }) => kind)
}

const DIALECTS = {
  SQLite: {
    skip: false as string | false,
    open: async (folder: string) => {
      const url = join(folder, 'greenroom.db')
      const harm = async (sql: readonly string[]) => {
        const database = new DatabaseSync(url, { enableForeignKeyConstraints: false })
        const triggers = database.prepare(`select name from sqlite_schema where type = 'trigger'`)
        for (const { name } of triggers.all()) database.exec(`drop trigger ${name}`)
        for (const statement of sql) database.exec(statement)
        database.close()
      }
      return { url, harm }
    },
  },
  PostgreSQL: {
    skip: skipPostgres,
    open: async () => {
      const url = await createTestDatabase()
      // A replica's session fires no trigger and checks no foreign key.
      const harm = async (sql: readonly string[]) => {
        const all = ['set session_replication_role = replica', ...sql]
        await query(url, all.join(';'))
      }
      return { url, harm }
    },
  },
}

async function begin(t: TestContext, dialect: keyof typeof DIALECTS): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-verify-'))
  const { url, harm } = await DIALECTS[dialect].open(folder)
  const metadata = await openMetadataStore({ url })
  const now = () => Date.now() * 1000
  const blobFolder = join(folder, 'blobs')
  const blobs = await openDiskBlobStore({ folder: blobFolder, now })
  t.after(async () => {
    await blobs.close()
    await metadata.close()
    rmSync(folder, { recursive: true })
  })
  const randomHex = (bytes: number) => '5a'.repeat(bytes)
  const registry = {
    ...{ metadata, blobs, passwords: argon2Passwords(), now, randomHex },
    ...{ newId: createNewId(now, randomHex), reservedNames: new Set<string>() },
  }
  await bootstrapRegistry(registry, {})
  const user = await metadata.read((tx) => tx.users.find('admin'))
  assert.ok(user !== undefined)
  const actor = { ...SYSTEM, userId: user.id, username: 'admin', entityId: user.entityId }
  const { versions, collectionId } = await fill(registry, actor)
  return { registry, actor, versions, collectionId, blobFolder, harm: (...sql) => harm(sql) }
}

/**
 * Every kind of thing: moves, a rollback, an unlimited alias, links, a delete, drafts of each kind.
 */
async function fill(registry: Registry, actor: Actor) {
  const collection = collectionOf(actor)
  const versions: string[] = []
  let collectionId = ''
  for (const text of ['zero', 'one', 'two', 'three']) {
    const added = await addVersion(registry, actor, {
      files: { 'model.bin': text, 'common.txt': 'common' },
    })
    versions.push(added.version.id)
    collectionId = added.collection.id
  }
  for (const index of [0, 1, 2]) {
    const selector = { kind: 'index', index } as const
    await promote(registry, actor, { collection, alias: 'production', selector })
  }
  await rollBack(registry, actor, { collection, alias: 'production' })
  const links = collectionOf(actor, 'links')
  await linkVersion(registry, actor, {
    versionId: versions[1] ?? '',
    target: links,
    aliases: ['x'],
  })
  await deleteVersion(registry, actor, { versionId: versions[3] ?? '', dropAliases: true })
  // One that finds its content there, and one that is open.
  await addVersion(registry, actor, { files: { 'model.bin': 'one', 'common.txt': 'common' } })
  await createDraft(registry, actor, {
    ...{ collection, artifactType: 'model', makeProject: false },
    entries: [entryOf('later.bin', 'not here yet')],
  })
  return { versions, collectionId }
}

/** What is planted, and what must be found: that, and nothing else. */
const PLANTED: Readonly<
  Record<string, readonly [kinds: readonly string[], plant: (world: World) => Promise<void>]>
> = {
  'a byte of a blob': [
    ['bytes_differ'],
    async ({ blobFolder }) => {
      const path = pathOf(blobFolder, { kind: 'blob', digest: digestOf('two') })
      const bytes = readFileSync(path)
      bytes.writeUInt8(bytes.readUInt8(1) ^ 1, 1)
      writeFileSync(path, bytes)
    },
  ],
  'a blob cut short': [
    ['bytes_differ'],
    async ({ blobFolder }) =>
      truncateSync(pathOf(blobFolder, { kind: 'blob', digest: digestOf('two') }), 2),
  ],
  'a blob with the check values of other bytes': [
    ['bytes_differ'],
    async ({ blobFolder, harm }) => {
      // They agree with each other: only the digest tells.
      const [one, two] = [digestOf('one'), digestOf('two')]
      writeFileSync(pathOf(blobFolder, { kind: 'blob', digest: two }), 'one')
      await harm(`update blob set checks = (select checks from blob where digest = '${one}')
        where digest = '${two}'`)
    },
  ],
  'a blob that is in quarantine': [
    ['bytes_differ'],
    ({ harm }) => harm(`update blob set corrupt_at = 1 where digest = '${digestOf('common')}'`),
  ],
  'a blob file that is gone': [
    ['bytes_missing'],
    async ({ blobFolder }) =>
      unlinkSync(pathOf(blobFolder, { kind: 'blob', digest: digestOf('two') })),
  ],
  'a blob row that is gone': [
    ['entry_without_blob', 'bytes_without_row'],
    ({ harm }) =>
      harm(
        `delete from blob_holder where digest = '${digestOf('two')}'`,
        `delete from draft_upload where digest = '${digestOf('two')}'`,
        `delete from blob where digest = '${digestOf('two')}'`,
      ),
  ],
  'a blob of another size than its entry says': [
    ['content_differs', 'entry_without_blob'],
    ({ harm }) => harm(`update manifest_entry set size = 9 where digest = '${digestOf('two')}'`),
  ],
  'an entry that is gone': [
    ['content_differs'],
    ({ harm, versions }) =>
      harm(
        `delete from manifest_entry where version_id = '${versions[0]}' and path = 'common.txt'`,
      ),
  ],
  'an entry of another path': [
    ['content_differs'],
    ({ harm, versions }) =>
      harm(`update manifest_entry set path = 'x' where version_id = '${versions[0]}'
        and path = 'common.txt'`),
  ],
  'a holder that is gone': [
    ['holder_missing'],
    ({ harm }) => harm(`delete from blob_holder where digest = '${digestOf('two')}'`),
  ],
  'the reason of a log entry': [
    ['log_broken'],
    ({ harm, collectionId }) =>
      harm(`update pointer_event set reason = 'x' where seq = 3 and
        collection_id = '${collectionId}'`),
  ],
  'a log entry that is gone': [
    ['log_broken', 'pointer_differs'],
    ({ harm, collectionId }) =>
      harm(`delete from pointer_event where collection_id = '${collectionId}' and seq =
        (select max(seq) from pointer_event where collection_id = '${collectionId}'
          and alias = 'archived') - 1`),
  ],
  'the end of a log': [
    ['log_broken', 'pointer_differs'],
    ({ harm, collectionId }) =>
      harm(`delete from pointer_event where collection_id = '${collectionId}' and seq =
        (select max(seq) from pointer_event where collection_id = '${collectionId}')`),
  ],
  'a link of the undo stack': [
    ['stack_broken'],
    ({ harm, collectionId }) =>
      harm(`update pointer_event set stack_generation = 0 where alias = 'production' and
        generation = 3 and collection_id = '${collectionId}'`),
  ],
  'the generation of an alias': [
    ['pointer_differs'],
    ({ harm }) => harm(`update alias set generation = 99 where name = 'production'`),
  ],
  'the top of an alias': [
    ['pointer_differs'],
    ({ harm }) => harm(`update alias set top_generation = 3 where name = 'production'`),
  ],
  'where an alias points to': [
    ['pointer_differs'],
    ({ harm }) => harm(`update alias_slot set member_index = 0 where alias = 'production'`),
  ],
  'the weight of a slot': [
    ['pointer_differs'],
    ({ harm }) => harm(`update alias_slot set weight = 5 where alias = 'production'`),
  ],
  'who bore an alias': [
    ['bearer_differs'],
    ({ harm }) => harm(`delete from alias_bearer where alias = 'production' and member_index = 0`),
  ],
  'an alias that nobody moved': [
    ['pointer_differs'],
    ({ harm, collectionId }) =>
      harm(`insert into alias (collection_id, name, generation, top_generation, salt, updated_at,
        slot_count) values ('${collectionId}', 'forged', 1, 1, '5a', 1, 0)`),
  ],
  'a bearer whose membership was ended': [
    ['alias_dangling', 'alias_dangling'],
    ({ harm, collectionId }) =>
      harm(`update membership set deleted_at = 1 where member_index = 1 and
        collection_id = '${collectionId}'`),
  ],
  'a membership that is gone': [
    ['number_missing'],
    ({ harm, collectionId }) =>
      harm(`delete from membership where member_index = 0 and
        collection_id = '${collectionId}'`),
  ],
  'a live membership of a deleted version': [
    ['membership_broken'],
    ({ harm, collectionId }) =>
      harm(`update membership set deleted_at = null where member_index = 3 and
        collection_id = '${collectionId}'`),
  ],
  'the next number': [
    ['counter_too_low'],
    ({ harm, collectionId }) =>
      harm(`update collection set next_index = 3 where id = '${collectionId}'`),
  ],
  'the counter under a name': [
    ['counter_too_low'],
    ({ harm, collectionId }) =>
      harm(`insert into collection_counter (owner_id, name, next_index)
        select owner_id, name, 77 from collection where id = '${collectionId}'`),
  ],
  'a draft whose version is gone': [
    ['draft_broken'],
    ({ harm, versions }) =>
      harm(`update draft set version_id = 'none' where id = '${versions[0]}'`),
  ],
  'what an event says': [
    ['stream_broken'],
    ({ harm }) =>
      harm(`update event set actor_name = 'mallory' where position =
        (select event from stream where revision = 5)`),
  ],
  'an event that is gone': [
    ['stream_broken'],
    ({ harm }) => harm('delete from stream where revision = 5'),
  ],
  'a removal that broke off': [
    ['removal_unfinished'],
    ({ harm, registry }) => {
      const digest = digestOf('three')
      return collect(registry).then(() =>
        harm(
          `delete from blob_holder where digest = '${digest}'`,
          `delete from draft_upload where digest = '${digest}'`,
          `update blob set removing_at = 1 where digest = '${digest}'`,
        ),
      )
    },
  ],
  'bytes whose row was never written': [
    ['bytes_without_row'],
    async ({ registry }) => {
      const stage = await registry.blobs.stage()
      await stage.append(Buffer.from('orphan'))
      await stage.commit()
    },
  ],
  'an upload that nobody goes on with': [
    ['upload_forgotten'],
    async ({ registry }) => {
      const old = Date.now() - 2 * 86_400_000
      const blobs = await openDiskBlobStore({ folder: folderOf(registry), now: () => old * 1000 })
      const stage = await blobs.stage('forgotten')
      await stage.append(Buffer.from('half'))
      await stage.pause()
      await blobs.close()
    },
  ],
}

/** Of each list that a finding rests on, one: the rest is the same code over both databases. */
const ON_BOTH = new Set([
  'a blob row that is gone',
  'an entry that is gone',
  'a holder that is gone',
  'the reason of a log entry',
  'where an alias points to',
  'who bore an alias',
  'a membership that is gone',
  'the counter under a name',
  'a draft whose version is gone',
  'what an event says',
])

const folders = new WeakMap<Registry, string>()
function folderOf(registry: Registry): string {
  return folders.get(registry) ?? assert.fail('unknown registry')
}

function collect(registry: Registry) {
  const input = { graceSeconds: 3600, searchStore: true, pause: async () => {} }
  return collectGarbage(registry, input)
}

for (const dialect of ['SQLite', 'PostgreSQL'] as const)
  describe(`verify on ${dialect}`, { skip: DIALECTS[dialect].skip }, () => {
    const planted = Object.entries(PLANTED).filter(
      ([what]) => dialect === 'SQLite' || ON_BOTH.has(what),
    )
    test('a whole registry has no finding, before and after a collection', async (t) => {
      const { registry } = await begin(t, dialect)
      const { report, findings } = await verify(registry)
      assert.deepEqual(findings, [])
      const { bytes, blobs, collections, versions, drafts, events } = report.checked
      assert.deepEqual([collections, versions, blobs], [2, 4, 5])
      assert.equal(bytes, 'zeroonetwothreecommon'.length)
      assert.ok(drafts >= 5 && events >= 10)
      await collect(registry)
      assert.deepEqual(await kindsFound(registry), [])
    })

    for (const [what, [kinds, plant]] of planted)
      test(`finds ${what}`, async (t) => {
        const world = await begin(t, dialect)
        folders.set(world.registry, world.blobFolder)
        await plant(world)
        const { report, findings } = await verify(world.registry)
        assert.deepEqual(
          findings.map(({ kind }) => kind),
          kinds,
          findings.map(({ about, message }) => `${about}: ${message}`).join('\n'),
        )
        assert.equal(report.damage + report.garbage, kinds.length)
      })
  })
