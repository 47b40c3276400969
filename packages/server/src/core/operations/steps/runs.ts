import { RegistryError } from '../../errors.ts'
import type { Actor } from '../../model/actor.ts'
import type { Owner, OwnerRef } from '../../model/owner.ts'
import type { Run } from '../../model/run.ts'
import type { ReadTx, Tx } from '../../registry.ts'
import type { Action } from '../../rules/access.ts'
import { getOwner } from './owners.ts'

/** How a caller names a run. */
export interface RunRef {
  readonly owner: OwnerRef
  readonly name: string
}

export interface OwnedRun {
  readonly owner: Owner
  readonly run: Run
}

/** Throws `owner_not_found` or `not_found`. */
export async function getRunOf(
  tx: ReadTx,
  actor: Actor,
  ref: RunRef,
  action: Action,
): Promise<OwnedRun> {
  const owner = await getOwner(tx, actor, ref.owner, action)
  return { owner, run: (await tx.runs.find(owner.id, ref.name)) ?? noRun(ref.name) }
}

/** The same to change it: until the transaction's end nobody else does. */
export async function lockRunOf(tx: Tx, actor: Actor, ref: RunRef): Promise<OwnedRun> {
  const owner = await getOwner(tx, actor, ref.owner, 'write')
  return { owner, run: (await tx.runs.lock(owner.id, ref.name)) ?? noRun(ref.name) }
}

export function noRun(name: string): never {
  throw new RegistryError('not_found', `There is no run "${name}" in this project.`, { run: name })
}
