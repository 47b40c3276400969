import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { before, describe, it } from 'node:test'
import { createTestDatabase, query, skipPostgres } from '../../../test/postgres.ts'
import { isRegistryError, RegistryError } from '../../core/errors.ts'
import { MAX_TRANSACTION_ATTEMPTS } from '../../core/limits.ts'
import { AlreadyThere } from '../columns.ts'
import { MIGRATIONS } from '../migrations/migrations.ts'
import { openMetadataStore } from '../open.ts'

/** Stands before a PostgreSQL. After `loseNext` a COMMIT arrives there, and its answer nowhere. */
async function loseCommitAnswers({ hostname, port }: URL) {
  let isArmed = false
  const server = createServer((near) => {
    let isLosing = false
    const far = connect(Number(port), hostname)
    near.on('data', (bytes) => {
      isLosing = isArmed && bytes.includes('commit\0')
      if (isLosing) isArmed = false
      far.write(bytes)
    })
    far.on('data', (bytes) => {
      if (isLosing) near.destroy()
      else near.write(bytes)
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on('error', () => {}).on('close', () => other.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    loseNext: () => {
      isArmed = true
    },
    close: () => server.close(),
  }
}

describe('a PostgreSQL', { skip: skipPostgres }, () => {
  let url: string
  before(async () => {
    url = await createTestDatabase()
    await (await openMetadataStore({ url })).close()
  })

  /** Ends every connection of ours to the database, as a restart of the server does. */
  const cut = () =>
    query(
      url,
      `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`,
    )

  it('is shared by stores that start together and count together', async () => {
    const fresh = await createTestDatabase()
    const stores = await Promise.all([1, 2, 3].map(() => openMetadataStore({ url: fresh })))
    const numbers = await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        stores[at % 3]?.transaction((tx) => tx.settings.nextInteger('run')),
      ),
    )
    assert.deepEqual(new Set(numbers), new Set(Array.from({ length: 30 }, (_, at) => at + 1)))
    await Promise.all(stores.map((store) => store.close()))
  })

  it('that loses data by its settings is refused with a sentence', async () => {
    const unsafe = await createTestDatabase()
    const name = new URL(unsafe).pathname.slice(1)
    await query(unsafe, `alter database ${name} set synchronous_commit = off`)
    await assert.rejects(openMetadataStore({ url: unsafe }), /refused: .*synchronous_commit=off/)
  })

  it('of a newer Greenroom is refused', async () => {
    const newer = await createTestDatabase()
    await (await openMetadataStore({ url: newer })).close()
    await query(newer, `insert into schema_version (version) values (${MIGRATIONS.length + 1})`)
    await assert.rejects(openMetadataStore({ url: newer }), /newer Greenroom \(schema/)
  })

  it('that goes away is registry_unavailable, and used again when it is back', async () => {
    const store = await openMetadataStore({ url })
    const refused = store.transaction(async (tx) => {
      await tx.settings.put('lost', 'value')
      await cut()
      await tx.settings.put('lost too', 'value')
    })
    await assert.rejects(refused, (error) => isRegistryError(error, 'registry_unavailable'))
    const atCommit = store.transaction(async (tx) => {
      await tx.settings.put('lost', 'value')
      await cut()
    })
    await assert.rejects(atCommit, (error) => isRegistryError(error, 'registry_unavailable'))
    const read = store.read(async (tx) => {
      await tx.settings.find('lost')
      await cut()
      return tx.settings.find('lost')
    })
    await assert.rejects(read, (error) => isRegistryError(error, 'registry_unavailable'))
    await cut()
    assert.equal(await store.read((tx) => tx.settings.find('lost')), undefined)
    await store.close()
  })

  it('whose answer to a COMMIT is lost has done what nobody may call undone', async (t) => {
    const proxy = await loseCommitAnswers(new URL(url))
    t.after(() => proxy.close())
    const through = new URL(url)
    through.port = String(proxy.port)
    const store = await openMetadataStore({ url: through.href })
    t.after(() => store.close())
    const change = () => store.transaction((tx) => tx.settings.put('kept', 'value'))
    await change()
    proxy.loseNext()
    await assert.rejects(
      store.transaction((tx) => tx.settings.put('kept', 'other')),
      (error) => isRegistryError(error, 'registry_unavailable') && /knows/.test(error.message),
    )
    assert.equal(await store.read((tx) => tx.settings.find('kept')), 'other')
  })

  it('that refuses connections is registry_unavailable', async () => {
    const alone = await createTestDatabase()
    const store = await openMetadataStore({ url: alone })
    const name = new URL(alone).pathname.slice(1)
    await query(url, `alter database ${name} with allow_connections false`)
    await query(
      url,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    )
    // The first one may still find a connection that has just been cut.
    await store.read((tx) => tx.settings.find('key')).catch(() => undefined)
    const refused = store.transaction((tx) => tx.settings.put('key', 'value'))
    await assert.rejects(refused, (error) => isRegistryError(error, 'registry_unavailable'))
    await query(url, `alter database ${name} with allow_connections true`)
    await store.transaction((tx) => tx.settings.put('key', 'value'))
    await store.close()
  })

  it('runs a work again whose statement lost a race, but not for ever', async () => {
    const racing = await createTestDatabase()
    const store = await openMetadataStore({ url: racing })
    // As a deadlock ends. The value says how many runs of the work end like that.
    await query(
      racing,
      `create function lose() returns trigger language plpgsql as $$ begin
        if nextval('runs') <= new.value::bigint then raise sqlstate '40P01'; end if;
        return new; end $$;
      create sequence runs;
      create trigger lose before insert on setting for each row execute function lose()`,
    )
    let runs = 0
    const lose = async (times: number, then?: () => never) => {
      await query(racing, `select setval('runs', 1, false)`)
      runs = 0
      return store.transaction(async (tx) => {
        runs += 1
        await tx.settings.put('key', String(times))
        then?.()
      })
    }
    await lose(MAX_TRANSACTION_ATTEMPTS - 1)
    assert.equal(runs, MAX_TRANSACTION_ATTEMPTS)
    await assert.rejects(lose(MAX_TRANSACTION_ATTEMPTS), (error) =>
      isRegistryError(error, 'registry_unavailable'),
    )
    assert.equal(runs, MAX_TRANSACTION_ATTEMPTS)
    // What the work itself then refuses is its answer.
    const refuse = (): never => {
      throw new RegistryError('forbidden', 'No.')
    }
    await assert.rejects(lose(2, refuse), (error) => isRegistryError(error, 'forbidden'))
    assert.equal(runs, 3)
    const taken = (): never => {
      throw new AlreadyThere('It')
    }
    await assert.rejects(lose(2, taken), (error) => isRegistryError(error, 'already_exists'))
    assert.equal(runs, 4)
    await store.close()
  })

  it('keeps what was appended as it is', async () => {
    await query(
      url,
      `insert into event (id, kind, time, actor_id, actor_name, payload)
      values ('e', 'run.created', 1, 1, 'a', '{}')`,
    )
    for (const table of ['event', 'pointer_event'])
      for (const change of [`update ${table} set alias = 'b'`, `delete from ${table}`])
        await assert.rejects(query(url, change), /append-only/)
    await assert.rejects(query(url, 'truncate event cascade'), /append-only/)
  })

  it('has an index for every foreign key', async () => {
    const unindexed = await query(
      url,
      `select conrelid::regclass as table, conkey from pg_constraint c where contype = 'f'
      and not exists (select from pg_index i where i.indrelid = c.conrelid and i.indpred is null
        and (i.indkey::int2[])[0:cardinality(conkey) - 1] @> conkey)`,
    )
    assert.deepEqual(unindexed, [])
  })
})
