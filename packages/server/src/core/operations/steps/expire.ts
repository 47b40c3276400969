import { SYSTEM } from '../../model/actor.ts'
import { LATEST } from '../../model/names.ts'
import type { Micros } from '../../model/time.ts'
import type { Registry, Tx } from '../../registry.ts'
import { endVersions } from './end-versions.ts'
import { lockPlaces } from './remove-members.ts'

const MICROS_PER_SECOND = 1_000_000

/**
 * Ends a version whose TTL is over, with the cause `expiry`; false when it stays. A version that
 * any alias but `latest` points to stays, however old it is: somebody serves or compares with it,
 * and a clock must not take production away. It ends with the first collection after its last alias
 * has gone.
 */
export function expireVersion(registry: Registry, id: string): Promise<boolean> {
  return registry.metadata.transaction(async (tx) => {
    const places = await lockPlaces(tx, [id])
    const version = await tx.versions.findById(id)
    if (version === undefined || version.state === 'deleted') return false
    const ttl = version.ttlSeconds ?? 0
    // Read again under the lock: somebody may have changed it.
    if (ttl <= 0 || version.createdAt + ttl * MICROS_PER_SECOND > registry.now()) return false
    if (places.some(({ aliases }) => aliases.some(isInUse))) return false
    await endVersions(registry, tx, SYSTEM, [version], places, {
      changeId: registry.newId(),
      reason: `its TTL of ${ttl} s is over`,
      cause: 'expiry',
    })
    return true
  })
}

export function isInUse(alias: string): boolean {
  return alias !== LATEST
}

/** Drops a draft that nobody has touched for so long; false when it lives on. */
export async function expireDraft(tx: Tx, id: string, now: Micros): Promise<boolean> {
  const draft = await tx.drafts.lock(id)
  if (draft === undefined || draft.state !== 'open' || draft.expiresAt > now) return false
  await tx.discards.addDraft(id)
  return true
}
