import type { Micros } from '../model/time.ts'

// What is remembered of requests: the part of the metadata store's port that `MetadataStore` names
// `requests`.

/** A request that was done under an `Idempotency-Key`, and the result that it had. */
export interface DoneRequest {
  readonly actorId: number
  readonly key: string
  /** Of what was asked: the same key with another body is refused. */
  readonly digest: string
  /** JSON text. */
  readonly result: string
  readonly createdAt: Micros
}
export interface RequestReads {
  find(actorId: number, key: string): Promise<DoneRequest | undefined>
}
export interface RequestWrites extends RequestReads {
  /** Throws `already_exists`; the store then runs the work again, which finds the other's. */
  insert(request: DoneRequest): Promise<void>
  /** Forgets the oldest of those made before a time; how many that were. */
  removeBefore(page: { readonly before: Micros; readonly limit: number }): Promise<number>
}
