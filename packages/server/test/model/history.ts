import assert from 'node:assert/strict'
import { isRegistryError } from '../../src/core/errors.ts'
import { type Actor, SYSTEM } from '../../src/core/model/actor.ts'
import type { Expectation } from '../../src/core/model/alias.ts'
import type { CollectionRef } from '../../src/core/model/collection.ts'
import type { OwnerRef } from '../../src/core/model/owner.ts'
import { DEFAULT_STAGES, type Stage } from '../../src/core/model/stage.ts'
import { bootstrapRegistry } from '../../src/core/operations/bootstrap-registry.ts'
import { createProject } from '../../src/core/operations/create-project.ts'
import { setStages } from '../../src/core/operations/set-stages.ts'
import type { PointerResult } from '../../src/core/operations/steps/change-alias.ts'
import type { AliasOutcome } from '../../src/core/operations/steps/pointer-plan.ts'
import type { Registry } from '../../src/core/registry.ts'
import { checkCollection } from './invariants.ts'
import {
  type ModelChange,
  type ModelCollection,
  modelApply,
  modelExpect,
  newModelCollection,
  type Wish,
} from './model.ts'
import type { Random } from './random.ts'

/** Stages that put every rule to work, the ring of heirs included. */
export const TEST_STAGES: readonly Stage[] = [
  ...DEFAULT_STAGES,
  stage('canary', { capacity: 3, onSupersede: 'archived' }),
  stage('gold', { requires: ['staging'], onSupersede: 'silver', clears: ['archived', 'silver'] }),
  stage('silver', { onSupersede: 'archived' }),
  stage('ring-a', { onSupersede: 'ring-b' }),
  stage('ring-b', { onSupersede: 'ring-a' }),
]

export const ALIASES = [...TEST_STAGES.map(({ name }) => name), 'best', 'team a']

function stage(name: string, rest: Partial<Stage>): Stage {
  const none = { protected: false, requires: [], onSupersede: null, clears: [], fallback: [] }
  return { name, position: 0, capacity: 1, ...none, ...rest }
}

/** A collection and what the model knows of it. */
export interface Place {
  readonly owner: OwnerRef
  /** Changes with a rename. */
  name: string
  /** Empty while there is no such collection. */
  collectionId: string
  model: ModelCollection
}

export interface History {
  readonly registry: Registry
  readonly actor: Actor
  readonly random: Random
  /** Where versions are committed. */
  readonly source: Place
  /** Where they are linked. */
  readonly linked: Place
  /** Every collection that there ever was, for the last check. */
  readonly collectionIds: Set<string>
  /** The version that was given "name index", over all collections that ever had the name. */
  readonly given: Map<string, string>
  operations: number
}

export type Step = (history: History) => Promise<void>
export type Steps = readonly (readonly [weight: number, step: Step])[]

/** A fresh project with `TEST_STAGES` and nothing in it. */
export async function beginHistory(registry: Registry, random: Random): Promise<History> {
  await bootstrapRegistry(registry, {})
  const user = await registry.metadata.read((tx) => tx.users.find('admin'))
  assert.ok(user !== undefined)
  const actor = { ...SYSTEM, userId: user.id, username: 'admin', entityId: user.entityId }
  const owner: OwnerRef = { kind: 'project', entityName: 'admin', name: `p${random.seed}` }
  await createProject(registry, actor, owner)
  await setStages(registry, actor, { owner, stages: TEST_STAGES })
  const place = (name: string): Place => {
    return { owner, name, collectionId: '', model: newModelCollection(TEST_STAGES) }
  }
  return {
    registry,
    actor,
    random,
    source: place('model'),
    linked: place('links'),
    collectionIds: new Set(),
    given: new Map(),
    operations: 0,
  }
}

/** Runs random operations one after another, each compared with the model. */
export async function runHistory(
  history: History,
  steps: Steps,
  operations: number,
): Promise<void> {
  const total = steps.reduce((sum, [weight]) => sum + weight, 0)
  for (let count = 0; count < operations; count++) {
    let at = history.random.below(total)
    const chosen = steps.find(([weight]) => {
      at -= weight
      return at < 0
    })
    await chosen?.[1](history)
    history.operations += 1
  }
  for (const id of history.collectionIds) await checkCollection(history.registry.metadata, id)
}

export function refOf(place: Place): CollectionRef {
  return { owner: place.owner, name: place.name }
}

/** A place that has members now. */
export function somePlace(history: History): Place | undefined {
  const places = [history.source, history.source, history.linked]
  const there = places.filter((place) => place.model.members.size > 0)
  return there.length === 0 ? undefined : history.random.pick(there)
}

/** An index that was given, of a live version more often than not. */
export function someIndex(history: History, place: Place): number {
  const { random } = history
  const indices = [...place.model.members.keys()]
  const live = indices.filter((index) => place.model.members.get(index)?.gone === false)
  return random.pick(live.length > 0 && random.chance(90) ? live : indices)
}

export function someExpectation(history: History, place: Place, alias: string): Expectation | null {
  const { random } = history
  const now = place.model.aliases.get(alias)
  const kind = random.below(8)
  if (kind === 0) return { kind: 'generation', generation: now?.generation ?? 0 }
  if (kind === 1) return { kind: 'generation', generation: random.below(5) }
  if (kind === 2) return { kind: 'vacant' }
  if (kind === 3) return { kind: 'bearer', index: someIndex(history, place) }
  return null
}

/** I17: a number under a name, once given, is never given again. */
export function noteGiven(
  { given }: History,
  { name }: Place,
  index: number,
  version: { readonly id: string },
): void {
  const number = `${name} ${index}`
  assert.ok(!given.has(number), `v${index} of "${name}" was given twice`)
  given.set(number, version.id)
}

export interface Answer<Value> {
  readonly value?: Value
  readonly refused?: string
}

export async function answerOf<Value>(call: Promise<Value>): Promise<Answer<Value>> {
  try {
    return { value: await call }
  } catch (error) {
    if (isRegistryError(error) && error.code !== 'internal') return { refused: error.code }
    throw error
  }
}

/** Compares a change of one alias; `before` is a refusal that comes after the expectation. */
export function compare(
  place: Place,
  answer: Answer<PointerResult>,
  call: {
    readonly alias: string
    readonly expect?: Expectation | null
    readonly before?: string | undefined
  },
  wishes: readonly Wish[],
  cause: 'promote' | 'set' | 'remove' | 'clear' | 'rollback',
): void {
  const refused = modelExpect(place.model, call.alias, call.expect ?? null) ?? call.before
  if (refused !== undefined) {
    assert.equal(answer.refused, refused)
    return
  }
  const expected = modelApply(place.model, wishes, cause)
  if ('refused' in expected) {
    assert.equal(answer.refused, expected.refused)
    return
  }
  assert.equal(answer.refused, undefined)
  const { outcome, others } = answer.value ?? assert.fail('no answer')
  compareChanges([outcome, ...others], expected.changes)
}

export function compareChanges(
  outcomes: readonly AliasOutcome[],
  changes: readonly ModelChange[],
): void {
  const changed = outcomes.filter((outcome) => outcome.changed)
  const byName = (a: { alias: string }, b: { alias: string }) => (a.alias < b.alias ? -1 : 1)
  assert.deepEqual(
    changed.map(({ alias, generation }) => ({ alias, generation })).sort(byName),
    changes.map(({ alias, generation }) => ({ alias, generation })).sort(byName),
  )
}
