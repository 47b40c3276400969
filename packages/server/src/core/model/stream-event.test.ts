import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fact } from './event.ts'
import { hashStreamEvent, placeBehind, STREAM_START } from './stream-event.ts'

// The vectors of docs/decisions/0003-frozen-forms.md, computed by another program.
const FIRST: Fact = {
  id: 'e1',
  kind: 'alias.moved',
  time: 1_767_225_600_000_000,
  actorId: 7,
  actorName: 'ada',
  ownerId: 3,
  collectionId: 'c1',
  alias: 'production',
  payload: '{"seq":1,"generation":1}',
}
const SECOND: Fact = {
  id: 'e2',
  kind: 'user.created',
  time: 1_767_225_600_000_001,
  actorId: 0,
  actorName: 'system',
  ownerId: null,
  collectionId: null,
  alias: null,
  payload: '{"user":"Zoë \\"z\\" 😀"}',
}
const FIRST_HASH = '5a04357c1ef0b46b7f5cc07c7bdbbdc0fd5e8ab641f6f99b6b8e788c8f5201e8'
const SECOND_HASH = '8830092c42ce9822233bf4d6ec262006c10232318111db70367a900a383f1e21'

test('facts get the places behind a head, and the published hashes', () => {
  const [first, second] = placeBehind(STREAM_START, [FIRST, SECOND])
  assert.deepEqual(first, {
    ...FIRST,
    revision: 1,
    prevHash: STREAM_START.hash,
    hash: FIRST_HASH,
  })
  assert.deepEqual(second, { ...SECOND, revision: 2, prevHash: FIRST_HASH, hash: SECOND_HASH })
  assert.deepEqual(placeBehind({ revision: 1, hash: FIRST_HASH }, [SECOND]), [second])
  assert.deepEqual(placeBehind(STREAM_START, []), [])
})

test('every field, the place and what came before change the hash', () => {
  const changed: Partial<Fact>[] = [
    { id: 'e2' },
    { kind: 'version.linked' },
    { time: 1 },
    { actorId: 8 },
    { actorName: 'bob' },
    { ownerId: null },
    { collectionId: 'c2' },
    { alias: null },
    { payload: '{}' },
  ]
  const hashes = [
    ...changed.map((change) => hashStreamEvent({ ...FIRST, ...change }, 1, STREAM_START.hash)),
    hashStreamEvent(FIRST, 2, STREAM_START.hash),
    hashStreamEvent(FIRST, 1, FIRST_HASH),
    FIRST_HASH,
  ]
  assert.equal(new Set(hashes).size, hashes.length)
})
