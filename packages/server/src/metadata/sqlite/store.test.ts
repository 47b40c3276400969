import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, beforeEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { MIGRATIONS } from '../migrations/migrations.ts'
import { openMetadataStore } from '../open.ts'
import { openDatabase, setPragma } from './connection.ts'
import { migrateSqlite } from './migrate.ts'

describe('a database file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-sqlite-'))
  after(() => rmSync(folder, { recursive: true }))
  let files = 0
  let path = ''
  beforeEach(() => {
    files += 1
    path = join(folder, `${files}.db`)
  })
  const open = () => openMetadataStore({ url: path })

  it('is there again after it was closed', async () => {
    const store = await open()
    await store.transaction((tx) => tx.settings.put('key', 'value'))
    await store.close()
    const again = await open()
    assert.equal(await again.read((tx) => tx.settings.find('key')), 'value')
    await again.close()
  })

  it('is one store’s at a time, in this process or another', async () => {
    const store = await open()
    await assert.rejects(open(), /in use by another Greenroom/)
    const program = `import { openMetadataStore } from ${JSON.stringify(OPEN_URL)}
      await openMetadataStore({ url: process.argv[1] })`
    const run = () =>
      spawnSync(process.execPath, ['--input-type=module', '-e', program, path], {
        encoding: 'utf8',
      })
    assert.match(run().stderr, /in use by another Greenroom/)
    await store.close()
    // The other one ended without a close: its lock went with it.
    assert.equal(run().stderr, '')
    await (await open()).close()
  })

  it('of a newer Greenroom is refused', async () => {
    await (await open()).close()
    const database = new DatabaseSync(path)
    const newer = MIGRATIONS.length + 1
    database.prepare('insert into schema_version (version) values (?)').run(newer)
    database.close()
    await assert.rejects(open(), /newer Greenroom \(schema/)
  })

  it('dataVersion() comes to see what another connection commits', {
    timeout: 60_000,
  }, async () => {
    const store = await open()
    const before = store.dataVersion()
    const other = new DatabaseSync(path)
    other.exec("insert into setting (key, value) values ('a', 'b')")
    other.close()
    while (store.dataVersion() === before) await sleep(20)
    await store.close()
  })

  it('the log is carried into the database while writes go on', async () => {
    const store = await open()
    const size = statSync(path).size
    const end = performance.now() + 60_000
    while (statSync(path).size === size && performance.now() < end) {
      await store.transaction((tx) => tx.settings.put('key', 'x'.repeat(100_000)))
      await sleep(20)
    }
    assert.notEqual(statSync(path).size, size)
    await store.close()
  })
})

const OPEN_URL = new URL('../open.ts', import.meta.url).href

describe('SQLite settings', () => {
  it('every connection has them', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'greenroom-sqlite-')), 'a.db')
    const writer = openDatabase(path, { readOnly: false })
    const reader = openDatabase(path, { readOnly: true })
    for (const database of [writer, reader]) {
      const setting = (name: string) =>
        Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0]
      assert.equal(setting('journal_mode'), 'wal')
      assert.equal(setting('synchronous'), 2)
      assert.equal(setting('foreign_keys'), 1)
      assert.equal(setting('trusted_schema'), 0)
      assert(Number(setting('busy_timeout')) > 0)
      database.close()
    }
    rmSync(dirname(path), { recursive: true })
  })

  it('a setting that does not hold is refused', () => {
    const database = openDatabase(':memory:', { readOnly: false })
    assert.throws(() => setPragma(database, 'journal_mode', 'wal'), /does not take journal_mode/)
    database.close()
  })

  it('what was appended stays as it is', () => {
    const database = openDatabase(':memory:', { readOnly: false })
    migrateSqlite(database)
    database.exec(`insert into event (id, kind, time, actor_id, actor_name, payload)
      values ('e', 'run.created', 1, 1, 'a', '{}')`)
    assert.throws(() => database.exec("update event set payload = 'x'"), /append-only/)
    assert.throws(() => database.exec('delete from event'), /append-only/)
    database.exec('pragma foreign_keys = off')
    database.exec(`insert into pointer_event values
      ('c', 1, 'a', 1, '{}', 0, 1, 'a', null, 'set', 'x', null, 1, 'p', 'h')`)
    assert.throws(() => database.exec("update pointer_event set alias = 'b'"), /append-only/)
    assert.throws(() => database.exec('delete from pointer_event'), /append-only/)
    database.close()
  })

  it('every foreign key stands first in some index', () => {
    const database = openDatabase(':memory:', { readOnly: false })
    migrateSqlite(database)
    const keys = database
      .prepare(
        `select m.name as owner, f.id, group_concat(f."from" order by f.seq) as columns
        from sqlite_schema m join pragma_foreign_key_list(m.name) f
        where m.type = 'table' group by m.name, f.id`,
      )
      .all()
    assert(keys.length > 20)
    for (const { owner, columns } of keys) {
      const indexes = database
        .prepare(
          `select group_concat(c.name order by c.seqno) as columns
          from pragma_index_list(?) l join pragma_index_xinfo(l.name) c
          where c.key = 1 and l.partial = 0 group by l.name
          union all select name from pragma_table_info(?) where pk = 1`,
        )
        .all(String(owner), String(owner))
        .map((index) => `${index.columns},`)
      assert(
        indexes.some((index) => index.startsWith(`${columns},`)),
        `${owner} (${columns})`,
      )
    }
    database.close()
  })
})
