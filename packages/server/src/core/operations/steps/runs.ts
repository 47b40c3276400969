import { RegistryError } from '../../errors.ts'
import type { Actor } from '../../model/actor.ts'
import { describeOwner, type Owner, type OwnerRef } from '../../model/owner.ts'
import type { Run } from '../../model/run.ts'
import type { ReadTx, Tx } from '../../registry.ts'
import { type Action, isAllowed } from '../../rules/access.ts'
import { forbidden, getOwner } from './owners.ts'

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

/** By its name in a project, or by its id. */
export type RunTarget = RunRef | { readonly id: number }

/** The same to change it: until the transaction's end nobody else does. */
export async function lockRunOf(tx: Tx, actor: Actor, ref: RunTarget): Promise<OwnedRun> {
  if ('id' in ref) return lockById(tx, actor, ref.id)
  const owner = await getOwner(tx, actor, ref.owner, 'write')
  return { owner, run: (await tx.runs.lock(owner.id, ref.name)) ?? noRun(ref.name) }
}

async function lockById(tx: Tx, actor: Actor, id: number): Promise<OwnedRun> {
  const run = await tx.runs.lockById(id)
  const owner = run === undefined ? undefined : await tx.owners.findById(run.ownerId)
  if (run === undefined || owner === undefined || !isAllowed(actor, 'read', owner))
    throw new RegistryError('not_found', 'There is no such run that you may see.')
  if (!isAllowed(actor, 'write', owner)) throw forbidden('write', describeOwner(owner))
  return { owner, run }
}

export function noRun(name: string): never {
  throw new RegistryError('not_found', `There is no run "${name}" in this project.`, { run: name })
}
