import { RegistryError } from '../errors.ts'
import { MAX_SLOTS_PER_ALIAS, MAX_STAGES_PER_OWNER } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import { stagesEdition } from '../model/edition.ts'
import { checkAliasName, LATEST } from '../model/names.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import type { Stage } from '../model/stage.ts'
import type { Registry, Tx } from '../registry.ts'
import { checkReason } from './steps/change-alias.ts'
import { checkEdition } from './steps/editions.ts'
import { recordFact } from './steps/facts.ts'
import { getOwner, ownerNotFound } from './steps/owners.ts'
import { lookOf } from './steps/pointer-plan.ts'

export interface SetStagesInput {
  readonly owner: OwnerRef
  /** All of them, in order of the life cycle. */
  readonly stages: readonly Omit<Stage, 'position'>[]
  readonly reason?: string | null
  /** Of the stages as they are, by `stagesEdition`. */
  readonly expectEdition?: string | null
}

/**
 * Declares an owner's stages anew: order, capacity, protection, rules. What is not named any more
 * is an ordinary alias from now on. The event keeps both lists: that is the stages' history.
 *
 * Throws `owner_not_found`, `forbidden`, `name_invalid`, `alias_confusable`, `request_invalid` (a
 * rule names no stage), `capacity_exceeded` (more versions bear it somewhere than it would hold),
 * `generation_mismatch`.
 */
export async function setStages(
  registry: Registry,
  actor: Actor,
  input: SetStagesInput,
): Promise<{ readonly owner: Owner; readonly stages: readonly Stage[] }> {
  checkStages(input.stages)
  const reason = checkReason(input.reason)
  const stages = input.stages.map((stage, position) => ({ ...stage, position }))
  return registry.metadata.transaction(async (tx) => {
    const { id } = await getOwner(tx, actor, input.owner, 'administer')
    // The owner first: stages that another call has just declared are no rows to wait for.
    const owner = await tx.owners.lock(id)
    if (owner === undefined) throw ownerNotFound(input.owner)
    const before = await tx.owners.lockStages(owner.id)
    checkEdition(input.expectEdition, stagesEdition(before), { stages: before })
    await tx.owners.replaceStages(owner.id, stages)
    await checkCapacities(tx, owner, before, stages)
    await recordFact(registry, tx, actor, {
      kind: 'stages.changed',
      ownerId: owner.id,
      payload: { from: before, to: stages, reason },
    })
    return { owner, stages }
  })
}

async function checkCapacities(
  tx: Tx,
  owner: Owner,
  before: readonly Stage[],
  stages: readonly Stage[],
): Promise<void> {
  const capacities = new Map(stages.map((stage) => [stage.name, stage.capacity]))
  for (const { name } of [...before, ...stages]) {
    const capacity = capacities.has(name) ? (capacities.get(name) ?? null) : 1
    if (capacity === null) continue
    const crowded = await tx.aliases.findCrowded(owner.id, name, capacity)
    if (crowded === undefined) continue
    const collection = await tx.collections.findById(crowded.collectionId)
    throw new RegistryError(
      'capacity_exceeded',
      `${crowded.slotCount} versions of "${collection?.name ?? '?'}" bear "${name}", ` +
        `more than ${capacity}. Remove some first.`,
      { alias: name, capacity, bearers: crowded.slotCount, collection: collection?.name },
    )
  }
}

function checkStages(stages: SetStagesInput['stages']): void {
  if (stages.length > MAX_STAGES_PER_OWNER)
    throw new RegistryError(
      'too_large',
      `An owner declares at most ${MAX_STAGES_PER_OWNER} stages.`,
    )
  const names = new Set(stages.map((stage) => stage.name))
  const looks = new Map<string, string>()
  for (const { name, capacity, ...rules } of stages) {
    checkAliasName(name)
    if (name === LATEST)
      throw new RegistryError('name_invalid', '"latest" follows commits by itself.', { name })
    const twin = looks.get(lookOf(name))
    if (twin !== undefined)
      throw new RegistryError('alias_confusable', `The stages "${twin}" and "${name}" look alike.`)
    looks.set(lookOf(name), name)
    if (capacity !== null && !(Number.isInteger(capacity) && capacity >= 1))
      throw new RegistryError('request_invalid', 'A capacity is a whole number from 1, or null.')
    if (capacity !== null && capacity > MAX_SLOTS_PER_ALIAS)
      throw new RegistryError(
        'request_invalid',
        `A capacity is at most ${MAX_SLOTS_PER_ALIAS}, or null for any number.`,
      )
    const named = [
      ...rules.requires,
      ...rules.clears,
      ...rules.fallback,
      ...(rules.onSupersede === null ? [] : [rules.onSupersede]),
    ]
    for (const other of named)
      if (!names.has(other) || other === name)
        throw new RegistryError(
          'request_invalid',
          `A rule of "${name}" names "${other}", which is not another declared stage.`,
          { stage: name, named: other },
        )
  }
}
