import { RegistryError } from '../../errors.ts'
import { GARBAGE_LEASE_SECONDS } from '../../limits.ts'
import type { Micros } from '../../model/time.ts'
import type { Registry, Tx } from '../../registry.ts'

const NAME = 'garbage'

/** The right to collect garbage, which one process has at a time, whichever serve this database. */
export interface Lease {
  /** Prolongs it within a transaction; gives when it ends. Throws when another has taken it. */
  renewIn(tx: Tx): Promise<Micros>
  /** Prolongs it when half of it is over. */
  keep(): Promise<void>
  release(): Promise<void>
}

const LEASE_MICROS = GARBAGE_LEASE_SECONDS * 1_000_000

/** Undefined while another holds it. One that died holds it until its time is over. */
export async function takeLease(registry: Registry): Promise<Lease | undefined> {
  const holder = registry.newId()
  const prolong = async (tx: Tx): Promise<Micros | undefined> => {
    const now = registry.now()
    const until = now + LEASE_MICROS
    return (await tx.leases.take({ name: NAME, holder, now, until })) ? until : undefined
  }
  const renewIn = async (tx: Tx): Promise<Micros> => {
    const until = await prolong(tx)
    if (until === undefined)
      throw new RegistryError(
        'registry_unavailable',
        'This garbage collection was silent for so long that another has taken over.',
      )
    return until
  }
  let until = await registry.metadata.transaction(prolong)
  if (until === undefined) return undefined
  return {
    renewIn,
    keep: async () => {
      if (until === undefined || registry.now() > until - LEASE_MICROS / 2)
        until = await registry.metadata.transaction(renewIn)
    },
    release: () => registry.metadata.transaction((tx) => tx.leases.release(NAME, holder)),
  }
}
