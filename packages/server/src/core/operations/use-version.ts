import type { Actor } from '../model/actor.ts'
import type { Run } from '../model/run.ts'
import type { Registry, Tx } from '../registry.ts'
import { recordFact } from './steps/facts.ts'
import { findOwner } from './steps/owners.ts'
import { lockRunOf, type RunRef } from './steps/runs.ts'
import { type PlaceRef, versionIdOf } from './steps/version-id.ts'
import { checkVisible } from './steps/visible-version.ts'

export interface UseVersionInput {
  readonly run: RunRef
  /** By its id or a place. */
  readonly version: string | PlaceRef
  readonly usedAs: string | null
  /** No error without the run: a client may use a version before its run has reached us. */
  readonly evenWithoutRun?: boolean
}

/**
 * Records that a run consumed a version, and gives the version's id. Idempotent.
 *
 * Throws what `resolve` throws, `version_not_found`, `owner_not_found`, `not_found`, `forbidden`.
 */
export async function useVersion(
  registry: Registry,
  actor: Actor,
  input: UseVersionInput,
): Promise<string> {
  return registry.metadata.transaction(async (tx) => {
    const versionId = await versionIdOf(tx, actor, input.version)
    await checkVisible(tx, actor, versionId, 'download')
    const run = await findUser(tx, actor, input)
    if (run === undefined) return versionId
    const isNew = await tx.lineage.record({
      runId: run.id,
      versionId,
      direction: 'input',
      usedAs: input.usedAs,
      time: registry.now(),
    })
    if (!isNew) return versionId
    await recordFact(registry, tx, actor, {
      kind: 'version.used',
      ownerId: run.ownerId,
      payload: { run: run.name, version: versionId },
    })
    return versionId
  })
}

async function findUser(tx: Tx, actor: Actor, input: UseVersionInput): Promise<Run | undefined> {
  if (input.evenWithoutRun !== true) return (await lockRunOf(tx, actor, input.run)).run
  const owner = await findOwner(tx, actor, input.run.owner, 'write')
  return owner === undefined ? undefined : tx.runs.find(owner.id, input.run.name)
}
