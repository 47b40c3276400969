import assert from 'node:assert/strict'
import { isRegistryError } from '../../src/core/errors.ts'
import type { Actor } from '../../src/core/model/actor.ts'
import type { Expectation, Slot } from '../../src/core/model/alias.ts'
import type { CollectionRef } from '../../src/core/model/collection.ts'
import type { OwnerRef } from '../../src/core/model/owner.ts'
import { DEFAULT_STAGES, type Stage } from '../../src/core/model/stage.ts'
import { bootstrapRegistry } from '../../src/core/operations/bootstrap-registry.ts'
import { changeAliases } from '../../src/core/operations/change-aliases.ts'
import { clearAlias } from '../../src/core/operations/clear-alias.ts'
import { commitVersion } from '../../src/core/operations/commit-version.ts'
import { createDraft } from '../../src/core/operations/create-draft.ts'
import { createProject } from '../../src/core/operations/create-project.ts'
import { promote } from '../../src/core/operations/promote.ts'
import { receiveBlob } from '../../src/core/operations/receive-blob.ts'
import { removeAlias } from '../../src/core/operations/remove-alias.ts'
import { resolve } from '../../src/core/operations/resolve.ts'
import { rollBack } from '../../src/core/operations/roll-back.ts'
import { setAlias } from '../../src/core/operations/set-alias.ts'
import type { PointerResult } from '../../src/core/operations/steps/change-alias.ts'
import type { AliasOutcome } from '../../src/core/operations/steps/pointer-plan.ts'
import type { Registry } from '../../src/core/registry.ts'
import { checkCollection } from './invariants.ts'
import {
  capacityOf,
  type ModelChange,
  type ModelCollection,
  modelApply,
  modelExpect,
  modelRollbackTarget,
  newModelCollection,
  ordered,
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

const ALIASES = [...TEST_STAGES.map(({ name }) => name), 'best', 'team a']
const CONTENTS = 12

function stage(name: string, rest: Partial<Stage>): Stage {
  const none = { protected: false, requires: [], onSupersede: null, clears: [], fallback: [] }
  return { name, position: 0, capacity: 1, ...none, ...rest }
}

export interface History {
  readonly registry: Registry
  readonly actor: Actor
  readonly random: Random
  readonly ref: CollectionRef
  readonly model: ModelCollection
  collectionId: string
  operations: number
}

/** A fresh project with `TEST_STAGES` and one version. */
export async function beginHistory(registry: Registry, random: Random): Promise<History> {
  await bootstrapRegistry(registry, {})
  const user = await registry.metadata.read((tx) => tx.users.find('admin'))
  assert.ok(user !== undefined)
  const actor = { userId: user.id, username: 'admin', entityId: user.entityId, admin: true }
  const owner: OwnerRef = { kind: 'project', entityName: 'admin', name: `p${random.seed}` }
  const { id } = await createProject(registry, actor, owner)
  const extra = TEST_STAGES.slice(DEFAULT_STAGES.length).map((each, at) => ({
    ...each,
    position: DEFAULT_STAGES.length + at,
  }))
  await registry.metadata.transaction((tx) => tx.owners.insertStages(id, extra))
  const ref = { owner, name: 'model' }
  const model = newModelCollection(TEST_STAGES)
  const history = { registry, actor, random, ref, model, collectionId: '', operations: 0 }
  await commit(history)
  return history
}

type Step = (history: History) => Promise<void>

const STEPS: readonly (readonly [weight: number, step: Step])[] = [
  [12, commit],
  [30, move],
  [8, set],
  [8, remove],
  [4, clear],
  [14, restore],
  [10, save],
  [14, look],
]

/** Runs random operations one after another, each compared with the model. */
export async function runHistory(history: History, operations: number): Promise<void> {
  const total = STEPS.reduce((sum, [weight]) => sum + weight, 0)
  for (let count = 0; count < operations; count++) {
    let at = history.random.below(total)
    const chosen = STEPS.find(([weight]) => {
      at -= weight
      return at < 0
    })
    await chosen?.[1](history)
    history.operations += 1
  }
  await checkCollection(history.registry.metadata, history.collectionId)
}

async function commit(history: History): Promise<void> {
  const { registry, actor, random, ref, model } = history
  const content = `content ${random.below(CONTENTS)}`
  const aliases = random.chance(40) ? [random.pick(ALIASES)] : []
  const known = model.versions.findIndex(
    (version) => version.content === content && version.state === 'committed',
  )
  const index = known === -1 ? model.versions.length : known
  const wishes: Wish[] = [...aliases, 'latest'].map((alias) => ({ kind: 'move', alias, index }))
  const answer = await codeOf(commitContent(registry, actor, ref, content, aliases))
  if (known === -1) model.versions.push({ content, state: 'committed' })
  const expected = modelApply(model, wishes, 'commit')
  if ('refused' in expected) {
    if (known === -1) model.versions.pop()
    assert.equal(answer.refused, expected.refused)
    return
  }
  assert.equal(answer.refused, undefined)
  assert.equal(answer.value?.membership.index, index)
  assert.equal(answer.value?.created, known === -1)
  history.collectionId = answer.value?.collection.id ?? ''
}

async function commitContent(
  registry: Registry,
  actor: Actor,
  collection: CollectionRef,
  content: string,
  aliases: readonly string[],
) {
  const bytes = new TextEncoder().encode(content)
  const created = await createDraft(registry, actor, {
    collection,
    artifactType: 'model',
    makeProject: false,
    aliases,
  })
  assert.equal(created.kind, 'draft')
  const draftId = created.kind === 'draft' ? created.draft.id : ''
  const received = await receiveBlob(registry, {
    draftId,
    expected: { size: bytes.length },
    feed: async (blobStage) => {
      await blobStage.append(bytes)
      return 'complete'
    },
  })
  assert.equal(received.kind, 'complete')
  const digest = received.kind === 'complete' ? received.blob.digest : undefined
  assert.ok(digest !== undefined)
  const rest = { reference: null, clientDigest: null, extra: null }
  const entries = [{ path: 'model.bin', digest, size: bytes.length, ...rest }]
  return commitVersion(registry, actor, { draftId, entries })
}

async function move(history: History): Promise<void> {
  const { registry, actor, random, ref } = history
  const alias = random.pick(ALIASES)
  const index = someIndex(history)
  const expect = someExpectation(history, alias)
  const answer = await codeOf(
    promote(registry, actor, {
      collection: ref,
      alias,
      selector: { kind: 'index', index },
      expect,
    }),
  )
  compare(history, answer, alias, expect, [{ kind: 'move', alias, index }], 'promote')
}

async function set(history: History): Promise<void> {
  const { registry, actor, random, ref, model } = history
  const alias = random.pick(ALIASES)
  const count = Math.min(1 + random.below(3), model.versions.length)
  const indices = new Set<number>()
  while (indices.size < count) indices.add(someIndex(history))
  const slots: Slot[] = [...indices].map((index, at) => ({
    index,
    label: `slot ${at}`,
    weight: 1 + random.below(9),
  }))
  const wanted = slots.map(({ index, label, weight }) => ({
    selector: { kind: 'index' as const, index },
    label,
    weight,
  }))
  const answer = await codeOf(setAlias(registry, actor, { collection: ref, alias, slots: wanted }))
  const capacity = capacityOf(model, alias)
  if (capacity === null || slots.length > capacity) {
    assert.equal(answer.refused, 'capacity_exceeded')
    return
  }
  compare(history, answer, alias, null, [{ kind: 'set', alias, slots: ordered(slots) }], 'set')
}

async function remove(history: History): Promise<void> {
  const { registry, actor, random, ref, model } = history
  const alias = random.pick(ALIASES)
  const index = someIndex(history)
  const expect = someExpectation(history, alias)
  const answer = await codeOf(
    removeAlias(registry, actor, { collection: ref, alias, index, expect }),
  )
  const unknown = model.aliases.has(alias) ? undefined : 'alias_unknown'
  const wishes: Wish[] = [{ kind: 'remove', alias, index }]
  compare(history, answer, alias, expect, wishes, 'remove', unknown)
}

async function clear(history: History): Promise<void> {
  const { registry, actor, random, ref, model } = history
  const alias = random.pick(ALIASES)
  const answer = await codeOf(clearAlias(registry, actor, { collection: ref, alias }))
  const unknown = model.aliases.has(alias) ? undefined : 'alias_unknown'
  compare(history, answer, alias, null, [{ kind: 'clear', alias }], 'clear', unknown)
}

async function restore(history: History): Promise<void> {
  const { registry, actor, random, ref, model } = history
  const alias = random.pick(ALIASES)
  const to = random.chance(20) ? someIndex(history) : null
  const answer = await codeOf(rollBack(registry, actor, { collection: ref, alias, to }))
  const target = modelRollbackTarget(model, alias, to)
  const refused = !model.aliases.has(alias)
    ? 'alias_unknown'
    : target === undefined
      ? 'rollback_target_missing'
      : undefined
  const wishes: Wish[] = target === undefined ? [] : [{ kind: 'restore', alias, ...target }]
  compare(history, answer, alias, null, wishes, 'rollback', refused)
}

/** What the wandb client's `save()` does. */
async function save(history: History): Promise<void> {
  const { registry, actor, random, ref, model } = history
  const index = someIndex(history)
  const add = [random.pick(ALIASES)]
  const taken = [random.pick(ALIASES)].filter((alias) => !add.includes(alias))
  const member = await registry.metadata.read((tx) =>
    tx.memberships.find(history.collectionId, index),
  )
  const versionId = member?.versionId ?? ''
  const call = { collection: ref, versionId, add, remove: taken, mayNameLatest: true }
  const answer = await codeOf(changeAliases(registry, actor, call))
  const known = taken.filter((alias) => model.aliases.has(alias))
  const expected = modelApply(
    model,
    [
      ...add.map((alias): Wish => ({ kind: 'move', alias, index })),
      ...known.map((alias): Wish => ({ kind: 'remove', alias, index })),
    ],
    'promote',
  )
  if ('refused' in expected) assert.equal(answer.refused, expected.refused)
  else compareChanges(answer.value?.outcomes ?? [], expected.changes)
}

/** Reads by every kind of selector and compares with what the model says. */
async function look(history: History): Promise<void> {
  const { registry, actor, random, ref, model } = history
  const alias = random.pick([...ALIASES, 'latest'])
  const now = model.aliases.get(alias)
  const ago = random.below(3)
  const past = now?.past[now.generation - 1 - ago]
  const key = random.chance(30) ? `key ${random.below(9)}` : undefined
  const here = await codeOf(
    resolve(registry, actor, {
      collection: ref,
      selector: { kind: 'alias', alias },
      ...(key === undefined ? {} : { key }),
    }),
  )
  const slots = now?.slots ?? []
  if (slots.length === 0)
    assert.equal(here.refused, now === undefined ? 'alias_unknown' : 'alias_vacant')
  else if (key === undefined) assert.equal(here.value?.membership.index, slots[0]?.index)
  else assert.ok(slots.some((slot) => slot.index === here.value?.membership.index))
  const then = await codeOf(
    resolve(registry, actor, {
      collection: ref,
      selector: { kind: 'generations-ago', alias, ago },
    }),
  )
  if (past === undefined || past.length === 0)
    assert.equal(then.refused, now === undefined ? 'alias_unknown' : 'alias_vacant')
  else assert.equal(then.value?.membership.index, past[0]?.index)
}

function compare(
  history: History,
  answer: Answer<PointerResult>,
  alias: string,
  expect: Expectation | null,
  wishes: readonly Wish[],
  cause: 'promote' | 'set' | 'remove' | 'clear' | 'rollback',
  before?: string,
): void {
  const refused = modelExpect(history.model, alias, expect) ?? before
  if (refused !== undefined) {
    assert.equal(answer.refused, refused)
    return
  }
  const expected = modelApply(history.model, wishes, cause)
  if ('refused' in expected) {
    assert.equal(answer.refused, expected.refused)
    return
  }
  assert.equal(answer.refused, undefined)
  const { outcome, others } = answer.value ?? assert.fail('no answer')
  compareChanges([outcome, ...others], expected.changes)
}

function compareChanges(outcomes: readonly AliasOutcome[], changes: readonly ModelChange[]): void {
  const changed = outcomes.filter((outcome) => outcome.changed)
  const byName = (a: { alias: string }, b: { alias: string }) => (a.alias < b.alias ? -1 : 1)
  assert.deepEqual(
    changed.map(({ alias, generation }) => ({ alias, generation })).sort(byName),
    changes.map(({ alias, generation }) => ({ alias, generation })).sort(byName),
  )
}

interface Answer<Value> {
  readonly value?: Value
  readonly refused?: string
}

async function codeOf<Value>(call: Promise<Value>): Promise<Answer<Value>> {
  try {
    return { value: await call }
  } catch (error) {
    if (isRegistryError(error) && error.code !== 'internal') return { refused: error.code }
    throw error
  }
}

function someIndex(history: History): number {
  return history.random.below(history.model.versions.length)
}

function someExpectation(history: History, alias: string): Expectation | null {
  const { random, model } = history
  const now = model.aliases.get(alias)
  const kind = random.below(8)
  if (kind === 0) return { kind: 'generation', generation: now?.generation ?? 0 }
  if (kind === 1) return { kind: 'generation', generation: random.below(5) }
  if (kind === 2) return { kind: 'vacant' }
  if (kind === 3) return { kind: 'bearer', index: someIndex(history) }
  return null
}
