import { RegistryError } from '../errors.ts'
import { MAX_IDEMPOTENCY_KEY_CHARACTERS } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import { digestOf } from '../model/digest.ts'
import type { OwnerRef } from '../model/owner.ts'
import type { Registry, Tx } from '../registry.ts'
import { getCollectionOf } from './steps/collections.ts'
import { getOwner } from './steps/owners.ts'

export interface OnceRequest {
  /** The caller's `Idempotency-Key`. */
  readonly key: string
  /** Method, path and body: what the key stands for. */
  readonly asked: string
  /** Where it is done: who may not see that any more is not told again what was done there. */
  readonly place?: OwnerRef | CollectionRef
  /** The result is a secret, told once and never kept: a second asking is `already_exists`. */
  readonly isSecret?: boolean
}

/**
 * A registry for one operation that is done once, however often it is asked for under the same key:
 * the result of its transaction is kept in that same transaction, and a second asking gets it back
 * without doing anything. A refusal keeps nothing: the request may be right later.
 *
 * The operation must have one transaction, and a result that is plain JSON. (A draft is made once
 * by its client key, and a commit is idempotent by its draft's id: neither needs this.)
 *
 * Throws `idempotency_key_reused` for a key that stood for another request, `request_invalid` for
 * one that is empty or too long, `already_exists` for a secret that is asked for again,
 * `owner_not_found` or `collection_not_found` for a place that is not the actor's to see now.
 */
export function once(registry: Registry, actor: Actor, request: OnceRequest): Registry {
  const { key } = request
  if (key === '' || key.length > MAX_IDEMPOTENCY_KEY_CHARACTERS)
    throw new RegistryError(
      'request_invalid',
      `An Idempotency-Key has 1 to ${MAX_IDEMPOTENCY_KEY_CHARACTERS} characters.`,
    )
  const digest = digestOf(request.asked)
  const { metadata } = registry
  const keeping =
    <Result>(work: (tx: Tx) => Promise<Result>) =>
    async (tx: Tx): Promise<Result> => {
      const done = await tx.requests.find(actor.userId, key)
      if (done !== undefined && done.digest !== digest)
        throw new RegistryError(
          'idempotency_key_reused',
          'This Idempotency-Key stood for another request. Use a fresh key for each request.',
        )
      if (done !== undefined && request.isSecret === true)
        throw new RegistryError(
          'already_exists',
          'This was done under the same Idempotency-Key, and its answer is shown once only. ' +
            'If that answer was lost, revoke what it made and ask with a fresh key.',
        )
      if (done !== undefined) {
        await requireSight(tx, actor, request.place)
        return (JSON.parse(done.result) as { value: Result }).value
      }
      const value = await work(tx)
      await tx.requests.insert({
        actorId: actor.userId,
        key,
        digest,
        result: request.isSecret === true ? '{}' : JSON.stringify({ value }),
        createdAt: registry.now(),
      })
      return value
    }
  let state: 'fresh' | 'used' | 'refused' = 'fresh'
  const transaction = async <Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> => {
    // What is recorded of a refusal is no part of what is done once.
    if (state === 'refused') return metadata.transaction(work)
    if (state === 'used')
      throw new Error('an operation of several transactions cannot be done once')
    state = 'used'
    try {
      return await metadata.transaction(keeping(work))
    } catch (error) {
      state = 'refused'
      throw error
    }
  }
  return {
    ...registry,
    metadata: {
      transaction,
      read: (work) => metadata.read(work),
      dataVersion: () => metadata.dataVersion(),
      rightsVersion: () => metadata.rightsVersion(),
      stream: metadata.stream,
      close: () => metadata.close(),
    },
  }
}

/** A right may have been taken since, and another token of the same user may see less. */
async function requireSight(tx: Tx, actor: Actor, place: OnceRequest['place']): Promise<void> {
  if (place === undefined) return
  if ('owner' in place) await getCollectionOf(tx, actor, place, 'read')
  else await getOwner(tx, actor, place, 'read')
}

/**
 * Binds a key to one request, for an operation that is done once by itself (a draft by its client
 * key, a commit by its draft): what remains is to refuse the key for anything else. Throws what
 * `once` throws.
 */
export async function bindKey(
  registry: Registry,
  actor: Actor,
  request: OnceRequest,
): Promise<void> {
  await once(registry, actor, request).metadata.transaction(async () => null)
}
