import { RegistryError } from '../../errors.ts'
import { MAX_NAMED_IN_ERROR, MAX_SLOTS_PER_ALIAS } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import type { Alias, Expectation, Slot } from '../../model/alias.ts'
import type { Collection } from '../../model/collection.ts'
import { checkAliasName, LATEST } from '../../model/names.ts'
import type { Owner } from '../../model/owner.ts'
import {
  hashPointerEvent,
  type PointerCause,
  type PointerChange,
  type PointerEvent,
} from '../../model/pointer-event.ts'
import type { Capacity, Stage } from '../../model/stage.ts'
import type { Registry, Tx } from '../../registry.ts'
import { holdsAtMost, judgePromotion, type Verdict } from '../../rules/promotion.ts'
import { meetsExpectation, onlySlot, sameSlots, sortSlots } from '../../rules/slots.ts'
import { recordFact } from './facts.ts'
import { checkMayMove, isWished, mayMoveProtected, whoMayMove } from './move-rights.ts'
import { ProtectedRefusal } from './protected-refusal.ts'

/**
 * One call's pointer changes in one locked collection. Steps first change the plan, in memory; then
 * `writePlan` appends one log entry an alias that really changed, all under one change id.
 *
 * The collection must be locked by this transaction before the plan is made.
 */
export interface PointerPlan {
  readonly registry: Registry
  readonly tx: Tx
  readonly actor: Actor
  readonly owner: Owner
  /** As it is after what the plan has written: the log head moves with each entry. */
  collection: Collection
  readonly stages: ReadonlyMap<string, Stage>
  readonly changeId: string
  readonly reason: string | null
  /** In the order in which the call first touched them. */
  readonly pending: Map<string, PendingAlias>
}

/** An alias inside a plan: what it was, and what it shall be. */
interface PendingAlias {
  readonly name: string
  readonly stored: Alias | undefined
  readonly capacity: Capacity
  /** The first wish of the caller's own; `supersede` only where nobody wished for it. */
  cause: PointerCause
  /** Finite capacity: all slots wanted. */
  slots: readonly Slot[]
  /** Unlimited capacity: who comes and who goes. */
  readonly added: Set<number>
  readonly removed: Set<number>
  /** A rollback's target on the undo stack. */
  restores: number | undefined
  verdicts: readonly Verdict[]
}

/** What a call did to one alias. */
export interface AliasOutcome {
  readonly alias: string
  readonly changed: boolean
  readonly generation: number
  readonly slots: readonly Slot[]
  /** The log entry, when something changed. */
  readonly event: PointerEvent | null
}

export async function planPointers(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owned: { readonly owner: Owner; readonly collection: Collection },
  reason: string | null,
  /** Given by a call that changes several collections. */
  changeId: string = registry.newId(),
): Promise<PointerPlan> {
  const stages = await tx.owners.stages(owned.owner.id)
  return {
    registry,
    tx,
    actor,
    owner: owned.owner,
    collection: owned.collection,
    stages: new Map(stages.map((stage) => [stage.name, stage])),
    changeId,
    reason,
    pending: new Map(),
  }
}

/** Throws `generation_mismatch` with the current slots and generation. */
export async function expectAlias(
  plan: PointerPlan,
  name: string,
  expect: Expectation | null,
): Promise<void> {
  if (expect === null) return
  const alias = await plan.tx.aliases.find(plan.collection.id, name)
  if (meetsExpectation(alias, expect)) return
  const generation = alias?.generation ?? 0
  const holders = (alias?.slots ?? []).map((slot) => `v${slot.index}`).join(', ') || 'nothing'
  throw new RegistryError(
    'generation_mismatch',
    `"${name}" is not what you expected: it points to ${holders} at generation ${generation}. ` +
      'Look again, then decide.',
    { alias: name, generation, slots: alias?.slots ?? [] },
  )
}

/**
 * `move(alias, v)` of `domain.md` §3a, with what its stage displaces and clears. `heirs` are the
 * aliases whose displacement led here: a ring of `onSupersede` ends where it began.
 */
export async function planMove(
  plan: PointerPlan,
  name: string,
  index: number,
  cause: PointerCause,
  heirs: readonly string[] = [],
): Promise<void> {
  const pending = await touch(plan, name, cause)
  if (pending.capacity === null) await planAdd(plan, pending, index)
  else if (!isOnlyBearer(pending, index))
    await replaceSlots(plan, pending, [onlySlot(index)], heirs)
}

/** `set(alias, slots)`: replaces all slots, with labels and weights. */
export async function planSet(
  plan: PointerPlan,
  name: string,
  slots: readonly Slot[],
  cause: PointerCause,
): Promise<void> {
  const pending = await touch(plan, name, cause)
  if (pending.capacity === null || slots.length > pending.capacity)
    throw new RegistryError(
      'capacity_exceeded',
      pending.capacity === null
        ? `"${name}" is borne by any number of versions: move or remove them one by one.`
        : `${holdsAtMost(name, pending.capacity)}, not ${slots.length}.`,
      { alias: name, capacity: pending.capacity },
    )
  await replaceSlots(plan, pending, slots)
}

/** `remove(alias, v)`: takes v's slot only; nothing happens when it has none. */
export async function planRemove(
  plan: PointerPlan,
  name: string,
  index: number,
  cause: PointerCause,
): Promise<void> {
  const pending = await touch(plan, name, cause)
  if (pending.capacity !== null) {
    pending.slots = pending.slots.filter((slot) => slot.index !== index)
    return
  }
  const stored = await plan.tx.aliases.findSlot(plan.collection.id, name, index)
  pending.added.delete(index)
  if (stored !== undefined) pending.removed.add(index)
}

/** `clear(alias)`. An alias of unlimited capacity is emptied of at most its first slots a call. */
export async function planClear(plan: PointerPlan, name: string): Promise<void> {
  const pending = await touch(plan, name, 'clear')
  if (pending.capacity !== null) pending.slots = []
  else if ((pending.stored?.slotCount ?? 0) > MAX_SLOTS_PER_ALIAS)
    throw new RegistryError(
      'capacity_exceeded',
      `"${name}" is borne by more than ${MAX_SLOTS_PER_ALIAS} versions: remove them one by one.`,
      { alias: name, bearers: pending.stored?.slotCount },
    )
  else for (const slot of pending.stored?.slots ?? []) pending.removed.add(slot.index)
}

/**
 * Puts back, for all `current` slots, a set that the alias had at `generation` of its undo stack.
 */
export async function planRestore(
  plan: PointerPlan,
  name: string,
  generation: number,
  current: readonly Slot[],
  target: readonly Slot[],
): Promise<void> {
  const pending = await touch(plan, name, 'rollback')
  pending.restores = generation
  if (pending.capacity !== null) {
    await replaceSlots(plan, pending, target)
    return
  }
  const wanted = new Set(target.map((slot) => slot.index))
  for (const slot of current) if (!wanted.has(slot.index)) pending.removed.add(slot.index)
  for (const index of wanted) await planAdd(plan, pending, index)
}

/**
 * Judges every declared stage that gains a version by this call's own wish, and refuses the whole
 * call on the first that fails. Throws `forbidden`, `alias_protected` (naming who may) or
 * `promotion_refused`, the last two with every verdict.
 */
export async function judgePlan(plan: PointerPlan): Promise<void> {
  for (const pending of plan.pending.values()) {
    if (isWished(pending.name, pending.cause) && isChanged(pending))
      checkMayMove(plan, pending.name)
    pending.verdicts = await judge(plan, pending)
    const failed = pending.verdicts.find((verdict) => !verdict.passed)
    if (failed === undefined) continue
    const details = { alias: pending.name, rules: pending.verdicts }
    if (failed.rule !== 'protected')
      throw new RegistryError('promotion_refused', failed.message, details)
    const who = await whoMayMove(plan, pending.name)
    throw new ProtectedRefusal(
      `${failed.message} Those who may: ${who.join(', ')}.`,
      { ...details, whoMay: who },
      attemptAt(plan, pending),
    )
  }
}

/** What `writePlan` would do to an alias, and how its stage's rules judge that. */
export interface Prospect {
  readonly alias: string
  readonly changed: boolean
  /** As it is now. */
  readonly generation: number
  readonly change: PointerChange
  readonly verdicts: readonly Verdict[]
}

/** Judges the whole plan, and neither refuses nor writes anything. */
export async function foreseePlan(plan: PointerPlan): Promise<readonly Prospect[]> {
  const prospects: Prospect[] = []
  for (const pending of plan.pending.values())
    prospects.push({
      alias: pending.name,
      changed: isChanged(pending),
      generation: pending.stored?.generation ?? 0,
      change: changeOf(pending),
      verdicts: await judge(plan, pending),
    })
  return prospects
}

function attemptAt(plan: PointerPlan, pending: PendingAlias): ProtectedRefusal['attempt'] {
  const { owner, collection, changeId, reason } = plan
  const change = changePayload(changeOf(pending))
  return {
    ownerId: owner.id,
    collectionId: collection.id,
    alias: pending.name,
    payload: { collection: collection.name, cause: pending.cause, changeId, reason, ...change },
  }
}

/** Judges, then writes every alias that changed, its log entry and its event row. */
export async function writePlan(plan: PointerPlan): Promise<ReadonlyMap<string, AliasOutcome>> {
  await judgePlan(plan)
  const outcomes = new Map<string, AliasOutcome>()
  for (const pending of plan.pending.values())
    outcomes.set(pending.name, await writeAlias(plan, pending))
  return outcomes
}

async function touch(plan: PointerPlan, name: string, cause: PointerCause): Promise<PendingAlias> {
  const known = plan.pending.get(name)
  if (known !== undefined) {
    if (known.cause === 'supersede') known.cause = cause
    return known
  }
  const stored = await plan.tx.aliases.find(plan.collection.id, name)
  if (stored === undefined) checkNewAlias(plan, name)
  const stage = plan.stages.get(name)
  const pending: PendingAlias = {
    name,
    stored,
    capacity: stage === undefined ? 1 : stage.capacity,
    cause,
    slots: stored?.slots ?? [],
    added: new Set(),
    removed: new Set(),
    restores: undefined,
    verdicts: [],
  }
  plan.pending.set(name, pending)
  return pending
}

function checkNewAlias(plan: PointerPlan, name: string): void {
  checkAliasName(name)
  if (plan.stages.has(name)) return
  const look = lookOf(name)
  for (const stage of plan.stages.keys())
    if (lookOf(stage) === look)
      throw new RegistryError(
        'alias_confusable',
        `The alias "${name}" looks like the stage "${stage}". Use "${stage}", or another word.`,
        { alias: name, stage },
      )
}

/** Equal for names that differ by letter case or look only: case folding and NFKC. */
export function lookOf(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
}

function isOnlyBearer(pending: PendingAlias, index: number): boolean {
  return pending.slots.length === 1 && pending.slots[0]?.index === index
}

async function planAdd(plan: PointerPlan, pending: PendingAlias, index: number): Promise<void> {
  const stored = await plan.tx.aliases.findSlot(plan.collection.id, pending.name, index)
  pending.removed.delete(index)
  if (stored !== undefined || pending.added.has(index)) return
  pending.added.add(index)
  await clearFor(plan, pending.name, index)
}

async function replaceSlots(
  plan: PointerPlan,
  pending: PendingAlias,
  slots: readonly Slot[],
  heirs: readonly string[] = [],
): Promise<void> {
  const before = pending.slots
  pending.slots = sortSlots(slots)
  const wanted = new Set(slots.map((slot) => slot.index))
  const had = new Set(before.map((slot) => slot.index))
  const heir = plan.stages.get(pending.name)?.onSupersede ?? null
  const path = [...heirs, pending.name]
  if (heir !== null && !path.includes(heir))
    for (const slot of before)
      if (!wanted.has(slot.index)) await planMove(plan, heir, slot.index, 'supersede', path)
  for (const index of wanted) if (!had.has(index)) await clearFor(plan, pending.name, index)
}

/** A version that gains a stage loses the aliases that the stage clears. */
async function clearFor(plan: PointerPlan, gained: string, index: number): Promise<void> {
  for (const cleared of plan.stages.get(gained)?.clears ?? [])
    await planRemove(plan, cleared, index, 'supersede')
}

async function judge(plan: PointerPlan, pending: PendingAlias): Promise<readonly Verdict[]> {
  const stage = plan.stages.get(pending.name)
  if (stage === undefined || pending.cause === 'supersede' || !isChanged(pending)) return []
  const gained = gainedBy(pending)
  const borne = new Set<string>()
  for (const required of stage.requires) {
    const bore: boolean[] = []
    for (const index of gained)
      bore.push(await plan.tx.pointerLog.hasBorne(plan.collection.id, required, index))
    if (bore.every(Boolean)) borne.add(required)
  }
  return judgePromotion({
    stage,
    bearers: pending.slots.length,
    borne,
    mayMoveProtected: !stage.protected || (await mayMoveProtected(plan, stage.name)),
  })
}

function gainedBy(pending: PendingAlias): readonly number[] {
  if (pending.capacity === null) return [...pending.added]
  const had = new Set((pending.stored?.slots ?? []).map((slot) => slot.index))
  return pending.slots.filter((slot) => !had.has(slot.index)).map((slot) => slot.index)
}

function isChanged(pending: PendingAlias): boolean {
  return pending.capacity === null
    ? pending.added.size > 0 || pending.removed.size > 0
    : !sameSlots(pending.stored?.slots ?? [], pending.slots)
}

async function writeAlias(plan: PointerPlan, pending: PendingAlias): Promise<AliasOutcome> {
  const { stored, name } = pending
  if (!isChanged(pending))
    return {
      alias: name,
      changed: false,
      generation: stored?.generation ?? 0,
      slots: stored?.slots ?? [],
      event: null,
    }
  const generation = (stored?.generation ?? 0) + 1
  const top = stored?.topGeneration ?? 0
  const event = await appendEvent(plan, pending, generation, top)
  const [removed, added] = slotChanges(pending)
  await plan.tx.aliases.move(
    {
      collectionId: plan.collection.id,
      name,
      generation,
      topGeneration: topAfter(pending, generation, top),
      salt: stored?.salt ?? plan.registry.randomHex(16),
      updatedAt: event.time,
    },
    removed,
    added,
  )
  await recordFact(plan.registry, plan.tx, plan.actor, {
    kind: 'alias.moved',
    ownerId: plan.owner.id,
    collectionId: plan.collection.id,
    alias: name,
    payload: {
      seq: event.seq,
      generation,
      cause: event.cause,
      changeId: event.changeId,
      ...changePayload(event.change),
    },
  })
  const slots = pending.capacity === null ? added : pending.slots
  return { alias: name, changed: true, generation, slots, event }
}

/**
 * Where the undo stack's top is afterwards: a rollback pops to its target, a delete edits in place.
 */
function topAfter(pending: PendingAlias, generation: number, top: number): number {
  if (pending.restores !== undefined) return pending.restores
  return pending.cause === 'delete' || pending.cause === 'expiry' ? top : generation
}

async function appendEvent(
  plan: PointerPlan,
  pending: PendingAlias,
  generation: number,
  top: number,
): Promise<PointerEvent> {
  const { collection } = plan
  const judged = pending.verdicts.length > 0 ? JSON.stringify(pending.verdicts) : null
  const unhashed = {
    collectionId: collection.id,
    seq: collection.logSeq + 1,
    alias: pending.name,
    generation,
    change: changeOf(pending),
    stackGeneration: pending.restores ?? top,
    actorId: plan.actor.userId,
    actorName: plan.actor.username,
    reason: plan.reason,
    cause: pending.cause,
    changeId: plan.changeId,
    seen: judged,
    time: Math.max(plan.registry.now(), collection.logTime + 1),
    prevHash: collection.logHash,
  }
  const event: PointerEvent = { ...unhashed, hash: hashPointerEvent(unhashed) }
  await plan.tx.pointerLog.append(event)
  plan.collection = {
    ...collection,
    logSeq: event.seq,
    logHash: event.hash,
    logTime: event.time,
    updatedAt: event.time,
  }
  await plan.tx.collections.update(plan.collection)
  return event
}

function changeOf(pending: PendingAlias): PointerChange {
  return pending.capacity === null
    ? {
        kind: 'members',
        added: [...pending.added].sort((a, b) => a - b),
        removed: [...pending.removed].sort((a, b) => a - b),
      }
    : { kind: 'slots', from: pending.stored?.slots ?? [], to: pending.slots }
}

function slotChanges(pending: PendingAlias): [removed: number[], added: Slot[]] {
  if (pending.capacity === null)
    return [[...pending.removed], [...pending.added].map((index) => onlySlot(index))]
  const kept = new Set(pending.slots.map((slot) => slot.index))
  const gone = (pending.stored?.slots ?? []).filter((slot) => !kept.has(slot.index))
  return [gone.map((slot) => slot.index), [...pending.slots]]
}

function changePayload(change: PointerChange): Readonly<Record<string, unknown>> {
  return change.kind === 'slots'
    ? { from: change.from, to: change.to }
    : {
        added: change.added.slice(0, MAX_NAMED_IN_ERROR),
        removed: change.removed.slice(0, MAX_NAMED_IN_ERROR),
      }
}

/** Throws `name_invalid` when a door sets `latest` that may not: it follows commits by itself. */
export function checkMayName(name: string, mayNameLatest: boolean): void {
  if (name === LATEST && !mayNameLatest)
    throw new RegistryError(
      'name_invalid',
      '"latest" follows the newest version by itself and cannot be set or removed. ' +
        'Use another alias.',
      { what: 'alias', name },
    )
}
