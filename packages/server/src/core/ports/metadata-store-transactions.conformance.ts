import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { isRegistryError, RegistryError } from '../errors.ts'
import type { MetadataStore, ReadTx, Tx } from './metadata-store.ts'
import {
  type Context,
  collectionOf,
  freshId,
  insertCollection,
  insertProject,
  insertRun,
  rejectsMisuse,
  rejectsWith,
} from './metadata-store-fixture.conformance.ts'

export function testTransactions(context: Context, open: () => Promise<MetadataStore>): void {
  testAnswers(context)
  testMisuse(context)
  testConcurrency(context)
  it('close() is idempotent, waits for what runs, and refuses what comes later', async () => {
    const store = await open()
    const last = store.transaction((tx) => tx.settings.nextInteger('run'))
    await Promise.all([store.close(), store.close()])
    assert.equal(await last, 1)
    await rejectsWith(
      store.read((tx) => tx.settings.find('key')),
      'registry_unavailable',
    )
    await rejectsWith(
      store.transaction((tx) => tx.settings.find('key')),
      'registry_unavailable',
    )
  })
}

function testAnswers({ store }: Context): void {
  it('a work’s result is the answer, and what it wrote is there for the next read', async () => {
    const key = freshId('key')
    const answer = await store().transaction(async (tx) => {
      await tx.settings.put(key, 'value')
      return { found: await tx.settings.find(key) }
    })
    assert.deepEqual(answer, { found: 'value' })
    assert.equal(await store().read((tx) => tx.settings.find(key)), 'value')
  })

  it('a work that throws leaves nothing, and its error is the answer', async () => {
    const key = freshId('key')
    const refusal = new RegistryError('forbidden', 'No.')
    const refused = store().transaction(async (tx) => {
      await tx.settings.put(key, 'value')
      throw refusal
    })
    await assert.rejects(refused, (error) => error === refusal)
    assert.equal(await store().read((tx) => tx.settings.find(key)), undefined)
  })

  it('a work that throws before its first await is refused like any other', async () => {
    const fault = new Error('at once')
    const work = (): never => {
      throw fault
    }
    await assert.rejects(store().transaction(work), (error) => error === fault)
    await assert.rejects(store().read(work), (error) => error === fault)
  })

  it('a statement that fails refuses the work, even one that swallows the error', async () => {
    const key = freshId('key')
    const refused = store().transaction(async (tx) => {
      await tx.settings.put(key, 'value')
      await insertRun(tx, 999_999_999).catch(() => undefined)
    })
    await assert.rejects(refused, (error) => !isRegistryError(error))
    assert.equal(await store().read((tx) => tx.settings.find(key)), undefined)
  })

  it('a row that is there already can be caught: the work goes on and is kept', async () => {
    const key = freshId('key')
    const { owner, collection } = await store().transaction(async (tx) => {
      const owner = await insertProject(tx)
      const collection = collectionOf(owner.id)
      await tx.collections.insert(collection)
      return { owner, collection }
    })
    const found = await store().transaction(async (tx) => {
      const twin = tx.collections.insert(collectionOf(owner.id))
      await rejectsWith(twin, 'already_exists')
      await tx.settings.put(key, 'value')
      return tx.collections.find(owner.id, collection.name)
    })
    assert.deepEqual(found, collection)
    assert.equal(await store().read((tx) => tx.settings.find(key)), 'value')
  })

  it('a text that no database of the two could give back is refused', async () => {
    for (const text of ['a\0b', 'half \ud83d'])
      await rejectsWith(
        store().transaction((tx) => tx.settings.put(freshId('key'), text)),
        'request_invalid',
      )
  })

  it('dataVersion() moves with a commit, where there is one', async () => {
    const earlier = store().dataVersion()
    await store().transaction((tx) => tx.settings.put(freshId('key'), 'value'))
    if (earlier !== null) assert.notEqual(store().dataVersion(), earlier)
    assert.equal(store().dataVersion(), store().dataVersion())
  })
}

function testMisuse({ store, refusesYield }: Context): void {
  it('a transaction begun inside a work is refused, and so is a read', async () => {
    await store().transaction(async (tx) => {
      await tx.settings.find('key')
      await rejectsMisuse(
        store().transaction((inner) => inner.settings.find('key')),
        'transaction_nested',
      )
      await rejectsMisuse(
        store().read((inner) => inner.settings.find('key')),
        'transaction_nested',
      )
    })
    await store().transaction((tx) => tx.settings.find('key'))
  })

  it('tx is of no use after its work', async () => {
    const kept: (Tx | ReadTx)[] = []
    await store().transaction(async (tx) => kept.push(tx))
    await store().read(async (tx) => kept.push(tx))
    await store()
      .transaction(async (tx) => {
        kept.push(tx)
        throw new Error('refused')
      })
      .catch(() => undefined)
    assert.equal(kept.length, 3)
    for (const tx of kept) await rejectsMisuse(tx.settings.find('key'), 'transaction_over')
  })

  if (refusesYield)
    it('a work that awaits something else is refused, and nothing of it stays', async () => {
      const key = freshId('key')
      let later: Promise<unknown> | undefined
      for (const wait of [() => turn(), () => sleep(2)]) {
        const refused = store().transaction(async (tx) => {
          await tx.settings.put(key, 'value')
          await wait()
          later = tx.settings.put(key, 'late')
          await later
        })
        const others = [1, 2].map((n) =>
          store().transaction((tx) => tx.settings.put(`${key}${n}`, String(n))),
        )
        await rejectsMisuse(refused, 'transaction_yielded')
        await Promise.all(others)
        await sleep(5)
        if (later !== undefined) await rejectsMisuse(later, 'transaction_over')
      }
      const found = await store().read(async (tx) => [
        await tx.settings.find(key),
        await tx.settings.find(`${key}1`),
        await tx.settings.find(`${key}2`),
      ])
      assert.deepEqual(found, [undefined, '1', '2'])
      await rejectsMisuse(
        store().read(() => turn()),
        'transaction_yielded',
      )
    })

  if (!refusesYield)
    it('a read sees one state, whatever is committed meanwhile', async () => {
      const key = freshId('key')
      await store().transaction((tx) => tx.settings.put(key, 'before'))
      let looked = (): void => undefined
      const firstLook = new Promise<void>((resolve) => {
        looked = resolve
      })
      let commit = (): void => undefined
      const committed = new Promise<void>((resolve) => {
        commit = resolve
      })
      const read = store().read(async (tx) => {
        const first = await tx.settings.find(key)
        looked()
        await committed
        return [first, await tx.settings.find(key)]
      })
      await firstLook
      await store().transaction((tx) => tx.settings.put(key, 'after'))
      commit()
      assert.deepEqual(await read, ['before', 'before'])
    })
}

function testConcurrency({ store }: Context): void {
  it('200 interleaved works that count under a collection’s lock lose none', async () => {
    const { id, ownerId, name } = await store().transaction(insertCollection)
    const count = (at: number) =>
      store().transaction(async ({ collections, settings }) => {
        const collection =
          at % 2 === 0 ? await collections.lock(id) : await collections.lockByName(ownerId, name)
        assert(collection !== undefined)
        await settings.find('something else')
        await collections.update({ ...collection, nextIndex: collection.nextIndex + 1 })
        return collection.nextIndex
      })
    // More than there are connections, and so few that none waits too long on a slow disk.
    const callers = Array.from({ length: 40 }, async (_, at) => {
      const counted: number[] = []
      while (counted.length < 5) counted.push(await count(at + counted.length))
      return counted
    })
    const numbers = (await Promise.all(callers)).flat()
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      Array.from({ length: 200 }, (_, at) => at),
    )
    assert.equal((await store().read((tx) => tx.collections.findById(id)))?.nextIndex, 200)
  })

  it('a counter gives 1, 2, … without twin or gap, refused works notwithstanding', async () => {
    const first = await store().transaction((tx) => tx.settings.nextInteger('organization'))
    const answers = await Promise.allSettled(
      Array.from({ length: 40 }, (_, at) =>
        store().transaction(async (tx) => {
          const number = await tx.settings.nextInteger('organization')
          if (at % 3 === 0) throw new Error('refused')
          return number
        }),
      ),
    )
    const numbers = answers.flatMap((answer) =>
      answer.status === 'fulfilled' ? [answer.value] : [],
    )
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      numbers.map((_, at) => first + 1 + at),
    )
  })

  it('of works that make the same collection when it is not there, each finds one', async () => {
    const owner = await store().transaction(insertProject)
    const found = await Promise.all(
      Array.from({ length: 24 }, () =>
        store().transaction(async (tx) => {
          const collection = await tx.collections.find(owner.id, 'c')
          if (collection !== undefined) return collection.id
          const made = collectionOf(owner.id)
          await tx.collections.insert(made)
          return made.id
        }),
      ),
    )
    assert.equal(new Set(found).size, 1)
  })

  it('works that lock two collections against each other all end', async () => {
    const [one, two] = await store().transaction(async (tx) => [
      await insertCollection(tx),
      await insertCollection(tx),
    ])
    assert(one !== undefined && two !== undefined)
    await Promise.all(
      Array.from({ length: 4 }, (_, at) =>
        store().transaction(async (tx) => {
          for (const { id } of at % 2 === 0 ? [one, two] : [two, one]) {
            const locked = await tx.collections.lock(id)
            assert(locked !== undefined)
            await tx.collections.update({ ...locked, nextIndex: locked.nextIndex + 1 })
          }
        }),
      ),
    )
    const counted = await store().read((tx) => tx.collections.findMany([one.id, two.id]))
    assert.deepEqual(
      counted.map(({ nextIndex }) => nextIndex),
      [4, 4],
    )
  })
}
