import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { PageSession } from '../model/page-session.ts'
import { type Context, freshId, rejectsWith, TIME } from './metadata-store-fixture.conformance.ts'
import { insertUser } from './metadata-store-owners.conformance.ts'

function sessionOf(userId: number, expiresAt: number): PageSession {
  const id = freshId('session')
  const times = { createdAt: TIME, usedAt: TIME, expiresAt }
  return { id, userId, keyDigest: `digest-${id}`, byCode: true, ...times }
}

export function testSignIns({ store }: Context): void {
  it('a password is set, found and set anew; each user has their own', async () => {
    const [ann, bob] = await store().transaction(async (tx) => [
      await insertUser(tx),
      await insertUser(tx),
    ])
    assert(ann !== undefined && bob !== undefined)
    const first = { userId: ann.id, hash: 'one', changedAt: TIME }
    const second = { userId: ann.id, hash: 'two', changedAt: TIME + 1 }
    const found = await store().transaction(async (tx) => {
      await tx.signIns.putPassword(first)
      const before = await tx.signIns.findPassword(ann.id)
      await tx.signIns.putPassword(second)
      return [before, await tx.signIns.findPassword(ann.id), await tx.signIns.findPassword(bob.id)]
    })
    assert.deepEqual(found, [first, second, undefined])
  })

  it('a session is found with its user, moved and ended', async () => {
    const ann = await store().transaction(insertUser)
    const session = sessionOf(ann.id, TIME + 10)
    const moved = { ...session, usedAt: TIME + 5, expiresAt: TIME + 20 }
    await store().transaction(async (tx) => {
      await tx.signIns.insertSession(session)
      assert.deepEqual(await tx.signIns.findSession(session.keyDigest), { session, user: ann })
      await tx.signIns.touchSession(moved)
      const found = await tx.signIns.findSession(session.keyDigest)
      assert.deepEqual(found?.session, moved)
    })
    const ends = await store().transaction(async (tx) => [
      await tx.signIns.endSession(session.id),
      await tx.signIns.endSession(session.id),
    ])
    assert.deepEqual(ends, [1, 0])
    const gone = await store().read((tx) => tx.signIns.findSession(session.keyDigest))
    assert.equal(gone, undefined)
  })

  it('all sessions of a user end, and nobody else’s', async () => {
    const kept = await store().transaction(async (tx) => {
      const [ann, bob] = [await insertUser(tx), await insertUser(tx)]
      const sessions = [ann.id, ann.id, bob.id].map((id) => sessionOf(id, TIME + 10))
      for (const session of sessions) await tx.signIns.insertSession(session)
      assert.equal(await tx.signIns.endSessionsOf(ann.id), 2)
      return sessions
    })
    const left = await store().read(async (tx) => {
      const found = []
      for (const { keyDigest } of kept) found.push(await tx.signIns.findSession(keyDigest))
      return found.map((each) => each !== undefined)
    })
    assert.deepEqual(left, [false, false, true])
  })

  it('what has expired is forgotten, and a code is used once until then', async () => {
    const code = freshId('code')
    const [over, lasting] = await store().transaction(async (tx) => {
      const { id } = await insertUser(tx)
      const sessions = [sessionOf(id, 100), sessionOf(id, 200)]
      for (const session of sessions) await tx.signIns.insertSession(session)
      await tx.signIns.useCode(code, 200)
      return sessions
    })
    assert(over !== undefined && lasting !== undefined)
    const again = () => store().transaction((tx) => tx.signIns.useCode(code, 200))
    await rejectsWith(again(), 'already_exists')
    await store().transaction((tx) => tx.signIns.removeExpired(200))
    await rejectsWith(again(), 'already_exists')
    const found = await store().read(async (tx) => [
      await tx.signIns.findSession(over.keyDigest),
      (await tx.signIns.findSession(lasting.keyDigest))?.session,
    ])
    assert.deepEqual(found, [undefined, lasting])
    await store().transaction((tx) => tx.signIns.removeExpired(201))
    await again()
  })
}
