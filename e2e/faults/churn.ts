import assert from 'node:assert/strict'
import type * as wire from '@greenroom/sdk/wire'
import { checkedHistory, type RestCaller } from '../rest.ts'
import { ask, type Workload } from './rest-workload.ts'

// A worker that logs, promotes, links, rolls back and deletes without end, in a collection of its
// own: so it knows after every answer, lost ones asked again, what must be there.

/** What one worker was told. */
export interface Churn {
  readonly collection: string
  /** By their numbers: 0…n without gap. */
  readonly versions: string[]
  /** In the registry, as "v3". */
  readonly links: { readonly version: string; readonly id: string }[]
  /** Generations of `production`. */
  readonly rollbacks: number[]
  /** Numbers here. */
  readonly deleted: number[]
}

const LINKED = '/registries/greenroom-org/model/collections/churned'

/** Until the workload is over. Throws for a false answer. */
export async function churn(load: Workload, worker: number): Promise<Churn> {
  const collection = `/projects/admin/kills/collections/churn-${worker}`
  const done: Churn = { collection, versions: [], links: [], rollbacks: [], deleted: [] }
  for (let round = 0; !load.isOver; round += 1) {
    const key = `${worker} ${round}`
    await logVersion(load, worker, done, key)
    if (load.random() < 0.5) await link(load, worker, done, key)
    if (load.random() < 0.4) await rollBack(load, worker, done, key)
    if (load.random() < 0.4) await remove(load, worker, done)
  }
  return done
}

async function logVersion(load: Workload, worker: number, done: Churn, key: string) {
  const { collection, versions } = done
  const entries = [{ path: 'w', reference: `https://example.org/${key}` }]
  const draft = await ask(load, worker, 'begin', {
    method: 'POST',
    path: `${collection}/versions`,
    body: { type: 'model', entries },
    headers: { 'idempotency-key': `log ${key}` },
  })
  const path = `${collection}/drafts/${draft.json.id}/commit`
  const { json } = await ask(load, worker, 'commit', { method: 'POST', path })
  assert.equal(json.version, `v${versions.length}`, 'a gap or a twin')
  versions.push(json.id)
  await ask(load, worker, 'promote', {
    method: 'PUT',
    path: `${collection}/aliases/production`,
    body: { version: json.version },
  })
}

async function link(load: Workload, worker: number, done: Churn, key: string): Promise<void> {
  const id = done.versions.at(-1) ?? assert.fail('nothing was logged')
  const { json } = await ask(load, worker, 'link', {
    method: 'POST',
    path: `${LINKED}/links`,
    body: { version: id, aliases: [`newest-of-${worker}`] },
    headers: { 'idempotency-key': `link ${key}` },
  })
  assert.equal(json.id, id)
  done.links.push({ version: json.version, id })
}

async function rollBack(load: Workload, worker: number, done: Churn, key: string): Promise<void> {
  const path = `${done.collection}/aliases/production/rollback`
  const headers = { 'idempotency-key': `roll back ${key}` }
  const call = { method: 'POST', path, headers }
  // 409: all that came before is deleted.
  const { status, json } = await ask(load, worker, 'roll back', call, [200, 409])
  if (status === 200) done.rollbacks.push(json.generation)
  else assert.equal(json.code, 'rollback_target_missing')
}

async function remove(load: Workload, worker: number, done: Churn): Promise<void> {
  const { collection, versions, deleted } = done
  const index = Math.floor(load.random() * versions.length)
  if (deleted.includes(index)) return
  const path = `${collection}/versions/v${index}?dropAliases=true`
  // 410: it was done, and the answer lost.
  await ask(load, worker, 'delete', { method: 'DELETE', path }, [204, 410])
  deleted.push(index)
}

/** All that the worker was told is there, and nothing that it deleted. */
export async function reckonChurn(call: RestCaller, done: Churn): Promise<void> {
  const { collection, versions, links, rollbacks, deleted } = done
  const events = await checkedHistory(call, collection)
  const causes = new Map(
    events
      .filter((event) => event.alias === 'production')
      .map((event): [number, wire.PointerEvent['cause']] => [event.generation, event.cause]),
  )
  for (const generation of rollbacks) assert.equal(causes.get(generation), 'rollback')
  for (const [index, id] of versions.entries())
    await checkAt(call, `${collection}/versions/v${index}`, id, deleted.includes(index))
  await checkedHistory(call, LINKED)
  for (const { version, id } of links) {
    const isDeleted = deleted.includes(versions.indexOf(id))
    await checkAt(call, `${LINKED}/versions/${version}`, id, isDeleted)
  }
}

async function checkAt(
  call: RestCaller,
  path: string,
  id: string,
  isDeleted: boolean,
): Promise<void> {
  const { status, json } = await call({ method: 'GET', path })
  if (isDeleted) assert.deepEqual([status, json.code], [410, 'version_deleted'], path)
  else assert.deepEqual([status, json.id], [200, id], path)
}
