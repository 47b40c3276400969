import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from './client.ts'
import { hashStreamEvent, type StreamCheck, verifyStream } from './verify-stream.ts'
import type { StreamEvent } from './wire.ts'

// The vectors of docs/decisions/0003-frozen-forms.md.
const FIRST: StreamEvent = {
  ...{ revision: 1, id: 'e1', kind: 'alias.moved', time: '2026-01-01T00:00:00.000000Z' },
  ...{ actor: 'ada', actorId: 7, owner: null, ownerId: 3, collection: null, collectionId: 'c1' },
  ...{ alias: 'production', payload: { seq: 1, generation: 1 }, prevHash: '0'.repeat(64) },
  hash: '5a04357c1ef0b46b7f5cc07c7bdbbdc0fd5e8ab641f6f99b6b8e788c8f5201e8',
}
const SECOND: StreamEvent = {
  ...{ revision: 2, id: 'e2', kind: 'user.created', time: '2026-01-01T00:00:00.000001Z' },
  ...{ actor: 'system', actorId: 0, owner: null, ownerId: null, collection: null },
  ...{ collectionId: null, alias: null, payload: { user: 'Zoë "z" 😀' }, prevHash: FIRST.hash },
  hash: '8830092c42ce9822233bf4d6ec262006c10232318111db70367a900a383f1e21',
}

test('the hash of an event is that of its frozen form', () => {
  assert.equal(hashStreamEvent(FIRST), FIRST.hash)
  assert.equal(hashStreamEvent(SECOND), SECOND.hash)
})

/** What a walk over these events ends with, two to a page. */
async function verified(events: readonly StreamEvent[]): Promise<StreamCheck | undefined> {
  const client = createClient({
    url: 'http://registry.example',
    key: 'k',
    fetch: async (url) => {
      const after = Number(new URL(String(url)).searchParams.get('after'))
      const left = events.filter(({ revision }) => revision > after)
      const items = left.slice(0, 2)
      const next = left.length > items.length ? 'more' : null
      return Response.json({ items, next, revision: items.at(-1)?.revision ?? after })
    },
  })
  let last: StreamCheck | undefined
  for await (const check of verifyStream(client)) last = check
  return last
}

function chain(length: number): readonly StreamEvent[] {
  let prevHash = FIRST.prevHash
  return Array.from({ length }, (_, at) => {
    const event = { ...FIRST, revision: at + 1, prevHash }
    prevHash = hashStreamEvent(event)
    return { ...event, hash: prevHash }
  })
}

test('a stream that holds is verified up to its newest event', async () => {
  const events = chain(5)
  assert.deepEqual(await verified(events), { revision: 5, hash: events[4]?.hash, broken: null })
  assert.deepEqual(await verified([]), { revision: 0, hash: '0'.repeat(64), broken: null })
})

test('what was changed, left out or put in breaks it where it happened', async () => {
  const events = chain(5)
  const changed = events.map((event) =>
    event.revision === 3 ? { ...event, actor: 'mallory' } : event,
  )
  const without = events.filter(({ revision }) => revision !== 4)
  const forged = changed.map((event) =>
    event.revision === 3 ? { ...event, hash: hashStreamEvent(event) } : event,
  )
  const where = async (some: readonly StreamEvent[]) => (await verified(some))?.broken?.revision
  assert.deepEqual([await where(changed), await where(without), await where(forged)], [3, 5, 4])
})
