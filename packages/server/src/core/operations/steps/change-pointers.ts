import type { Actor } from '../../model/actor.ts'
import type { Registry, Tx } from '../../registry.ts'
import { recordFact } from './facts.ts'
import { ProtectedRefusal } from './protected-refusal.ts'

/**
 * The transaction of every operation that may move a pointer. A refused attempt at a protected one
 * leaves nothing of itself; that it was made is recorded before the caller hears of it, in a
 * transaction of its own. Where that fails, so does the call: no attempt goes unseen.
 */
export async function changePointers<Result>(
  registry: Registry,
  actor: Actor,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  try {
    return await registry.metadata.transaction(work)
  } catch (error) {
    if (error instanceof ProtectedRefusal) {
      const { attempt } = error
      await registry.metadata.transaction((tx) =>
        recordFact(registry, tx, actor, { kind: 'refusal.protected', ...attempt }),
      )
    }
    throw error
  }
}
