import assert from 'node:assert/strict'
import { constants, DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { type ErrorCode, isRegistryError } from '../../core/errors.ts'
import { MAX_GROUP_MILLISECONDS, MAX_WORKS_PER_GROUP } from '../../core/limits.ts'
import type { Tx } from '../../core/ports/metadata-store.ts'
import { SqliteConnection } from './connection.ts'
import { GroupWriter } from './group-writer.ts'
import { migrateSqlite } from './migrate.ts'

describe('works in groups', () => {
  let database: DatabaseSync
  let writer: GroupWriter
  let commits: number
  let milliseconds = 0
  let beforeCommit: () => void

  beforeEach(() => {
    database = new DatabaseSync(':memory:')
    migrateSqlite(database)
    commits = 0
    beforeCommit = () => undefined
    writer = new GroupWriter(new SqliteConnection(database), {
      now: () => milliseconds,
      beforeGroup: () => undefined,
      beforeCommit: () => beforeCommit(),
      afterCommit: () => {
        commits += 1
      },
    })
  })
  afterEach(() => database.close())

  const put = (key: string) => writer.submit((tx) => tx.settings.put(key, 'value'))
  const keys = () =>
    database
      .prepare('select key from setting order by key')
      .all()
      .map(({ key }) => key)

  /** The database refuses to execute one verb, as a broken disk would. */
  function refuse(verb: 'COMMIT' | 'BEGIN' | null): void {
    database.setAuthorizer((action, operation) =>
      action === constants.SQLITE_TRANSACTION && operation === verb
        ? constants.SQLITE_DENY
        : constants.SQLITE_OK,
    )
  }

  it('what waits at once shares one COMMIT, in order, refusals included', async () => {
    const order: number[] = []
    const answers = await Promise.allSettled(
      [0, 1, 2, 3].map((n) =>
        writer.submit(async (tx) => {
          await tx.settings.put(`key${n}`, 'value')
          order.push(n)
          // Each sees what the ones before it wrote, and nothing of those that were refused.
          assert.equal(await tx.settings.find('key1'), n === 1 ? 'value' : undefined)
          if (n === 1) throw new Error('refused')
        }),
      ),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    )
    assert.deepEqual(order, [0, 1, 2, 3])
    assert.deepEqual(keys(), ['key0', 'key2', 'key3'])
    assert.equal(commits, 1)
  })

  it('nobody is answered before the COMMIT', async () => {
    const committedAtAnswer: boolean[] = []
    const note = () => {
      committedAtAnswer.push(!database.isTransaction && commits === 1)
    }
    const refused = writer.submit(() => Promise.reject(new Error('refused')))
    await Promise.all([put('a').then(note), refused.catch(note), put('b').then(note)])
    assert.deepEqual(committedAtAnswer, [true, true, true])
  })

  it('a group ends when it is large', async () => {
    await Promise.all(Array.from({ length: MAX_WORKS_PER_GROUP + 1 }, (_, n) => put(`${n}`)))
    assert.equal(commits, 2)
  })

  it('a group ends when it is old', async () => {
    const slow = () =>
      writer.submit(async () => {
        milliseconds += MAX_GROUP_MILLISECONDS
      })
    await Promise.all([slow(), slow(), slow()])
    assert.equal(commits, 3)
  })

  it('nothing waits for company: a work alone is committed when the loop turns once', async () => {
    let answered = false
    put('a').then(() => {
      answered = true
    })
    await turn()
    await turn()
    assert(answered)
  })

  it('a failed COMMIT refuses the whole group, and the next one goes on', async () => {
    await put('before')
    refuse('COMMIT')
    const refused = writer.submit(() => Promise.reject(new Error('its own')))
    await assertAllRefused([put('a'), refused, put('b')], 'registry_unavailable')
    refuse(null)
    assert.deepEqual(keys(), ['before'])
    await put('after')
    assert.deepEqual(keys(), ['after', 'before'])
  })

  it('a commit whose fsync failed is written over before anybody is refused', async () => {
    const said: string[] = []
    const connection = new SqliteConnection(database)
    const say = connection.say.bind(connection)
    connection.say = (verb) => {
      said.push(verb)
      if (verb === 'commit') throw Object.assign(new Error('disk I/O error'), { errcode: 1034 })
      say(verb)
    }
    const failing = new GroupWriter(connection, {
      now: () => 0,
      beforeGroup: () => undefined,
      beforeCommit: () => undefined,
      afterCommit: () => undefined,
    })
    const refused = failing.submit((tx) => tx.settings.put('a', 'value'))
    refused.catch(() => said.push('refused'))
    await assertAllRefused([refused], 'registry_unavailable')
    assert.deepEqual(said.slice(-4), ['commit', 'rollback', 'pragma user_version = 0', 'refused'])
    assert.deepEqual(keys(), [])
  })

  it('last writes that fail refuse the whole group too', async () => {
    beforeCommit = () => database.exec('insert into nowhere values (1)')
    await assertAllRefused([put('a'), put('b')], 'registry_unavailable')
    beforeCommit = () => database.exec("insert into setting values ('last', 'value')")
    await put('c')
    assert.deepEqual(keys(), ['c', 'last'])
  })

  it('a BEGIN that fails refuses who waited', async () => {
    refuse('BEGIN')
    await assertAllRefused([put('a'), put('b')], 'registry_unavailable')
    refuse(null)
    await put('c')
    assert.deepEqual(keys(), ['c'])
  })

  it('a transaction that is lost under a work refuses the whole group', async () => {
    const lose = async (tx: Tx) => {
      await tx.settings.put('lost', 'value')
      database.exec('rollback')
      await tx.settings.put('after', 'value')
    }
    const refused = [put('a'), writer.submit(lose)]
    const later = put('b')
    await assertAllRefused(refused, 'registry_unavailable')
    await later
    assert.deepEqual(keys(), ['b'])
  })

  it('a full disk is storage_full, and no half of a work stays', async () => {
    await put('before')
    const pages = database.prepare('pragma page_count').get()?.page_count
    database.exec(`pragma max_page_count = ${Number(pages)}`)
    const refused = writer.submit(async (tx) => {
      await tx.settings.put('small', 'value')
      await tx.settings.put('large', 'x'.repeat(1_000_000))
    })
    await assertAllRefused([refused], 'storage_full')
    database.exec('pragma max_page_count = 1000000')
    await put('after')
    assert.deepEqual(keys(), ['after', 'before'])
  })

  it('held, works wait; when it resumes, they go on', async () => {
    let answered = false
    const noted = (): void => {
      answered = true
    }
    const first = put('a').then(noted)
    writer.hold()
    const second = put('b')
    for (let turns = 0; turns < 3; turns++) await turn()
    assert(!answered)
    writer.resume()
    await Promise.all([first, second, writer.idle()])
    assert.deepEqual(keys(), ['a', 'b'])
  })

  it('idle() waits for what runs and what waits', async () => {
    const last = Array.from({ length: 3 * MAX_WORKS_PER_GROUP }, (_, n) => put(`${n}`)).at(-1)
    await writer.idle()
    assert.equal(keys().length, 3 * MAX_WORKS_PER_GROUP)
    await last
    await writer.idle()
  })
})

async function assertAllRefused(
  answers: readonly Promise<unknown>[],
  code: ErrorCode,
): Promise<void> {
  for (const answer of await Promise.allSettled(answers)) {
    assert.equal(answer.status, 'rejected')
    assert(isRegistryError(answer.reason, code), String(answer.reason))
  }
}
