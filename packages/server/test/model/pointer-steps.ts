import assert from 'node:assert/strict'
import type { Slot } from '../../src/core/model/alias.ts'
import { changeAliases } from '../../src/core/operations/change-aliases.ts'
import { clearAlias } from '../../src/core/operations/clear-alias.ts'
import { once } from '../../src/core/operations/once.ts'
import { promote } from '../../src/core/operations/promote.ts'
import { removeAlias } from '../../src/core/operations/remove-alias.ts'
import { resolve } from '../../src/core/operations/resolve.ts'
import { rollBack } from '../../src/core/operations/roll-back.ts'
import { setAlias } from '../../src/core/operations/set-alias.ts'
import {
  ALIASES,
  answerOf,
  compare,
  compareChanges,
  type History,
  type Place,
  refOf,
  type Steps,
  someExpectation,
  someIndex,
  somePlace,
} from './history.ts'
import {
  capacityOf,
  modelApply,
  modelRefusal,
  modelRollbackTarget,
  ordered,
  type Wish,
} from './model.ts'

async function move(history: History, place: Place): Promise<void> {
  const { registry, actor, random } = history
  const alias = random.pick(ALIASES)
  const index = someIndex(history, place)
  const expect = someExpectation(history, place, alias)
  const selector = { kind: 'index' as const, index }
  const answer = await answerOf(
    promote(registry, actor, { collection: refOf(place), alias, selector, expect }),
  )
  const before = modelRefusal(place.model, index)
  const wishes: Wish[] = [{ kind: 'move', alias, index }]
  compare(place, answer, { alias, expect, before }, wishes, 'promote')
}

/** I8: asked twice under one key it is done once, and the key stands for nothing else. */
async function moveOnce(history: History, place: Place): Promise<void> {
  const { registry, actor, random } = history
  const alias = random.pick(ALIASES)
  const index = someIndex(history, place)
  const key = `${random.seed} ${history.operations}`
  const call = { collection: refOf(place), alias, selector: { kind: 'index' as const, index } }
  const ask = (asked: string) =>
    answerOf(promote(once(registry, actor, { key, asked }), actor, call))
  const first = await ask('one')
  const before = modelRefusal(place.model, index)
  compare(place, first, { alias, before }, [{ kind: 'move', alias, index }], 'promote')
  assert.deepEqual(await ask('one'), first)
  const other = await ask('another')
  assert.equal(other.refused, first.refused ?? 'idempotency_key_reused')
}

async function set(history: History, place: Place): Promise<void> {
  const { registry, actor, random } = history
  const alias = random.pick(ALIASES)
  const indices = new Set<number>()
  for (let count = 1 + random.below(3); count > 0; count--) indices.add(someIndex(history, place))
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
  const call = { collection: refOf(place), alias, slots: wanted }
  const answer = await answerOf(setAlias(registry, actor, call))
  const capacity = capacityOf(place.model, alias)
  const gone = slots.map((slot) => modelRefusal(place.model, slot.index)).find(Boolean)
  const crowded = capacity === null || slots.length > capacity ? 'capacity_exceeded' : undefined
  const wishes: Wish[] = [{ kind: 'set', alias, slots: ordered(slots) }]
  compare(place, answer, { alias, before: gone ?? crowded }, wishes, 'set')
}

async function remove(history: History, place: Place): Promise<void> {
  const { registry, actor, random } = history
  const alias = random.pick(ALIASES)
  const index = someIndex(history, place)
  const expect = someExpectation(history, place, alias)
  const answer = await answerOf(
    removeAlias(registry, actor, { collection: refOf(place), alias, index, expect }),
  )
  const before = place.model.aliases.has(alias) ? undefined : 'alias_unknown'
  const wishes: Wish[] = [{ kind: 'remove', alias, index }]
  compare(place, answer, { alias, expect, before }, wishes, 'remove')
}

async function clear(history: History, place: Place): Promise<void> {
  const { registry, actor, random } = history
  const alias = random.pick(ALIASES)
  const answer = await answerOf(clearAlias(registry, actor, { collection: refOf(place), alias }))
  const before = place.model.aliases.has(alias) ? undefined : 'alias_unknown'
  compare(place, answer, { alias, before }, [{ kind: 'clear', alias }], 'clear')
}

async function restore(history: History, place: Place): Promise<void> {
  const { registry, actor, random } = history
  const alias = random.pick(ALIASES)
  const to = random.chance(20) ? someIndex(history, place) : null
  const answer = await answerOf(rollBack(registry, actor, { collection: refOf(place), alias, to }))
  const target = modelRollbackTarget(place.model, alias, to)
  const missing = target === undefined ? 'rollback_target_missing' : undefined
  const before = place.model.aliases.has(alias) ? missing : 'alias_unknown'
  const wishes: Wish[] = target === undefined ? [] : [{ kind: 'restore', alias, ...target }]
  compare(place, answer, { alias, before }, wishes, 'rollback')
}

/** What the wandb client's `save()` does. */
async function save(history: History, place: Place): Promise<void> {
  const { registry, actor, random } = history
  const picked = someIndex(history, place)
  const version = place.model.members.get(picked)?.version
  // A version that was unlinked and linked again is here under its newer number.
  const live = [...place.model.members].find(
    ([, member]) => !member.gone && member.version === version,
  )
  const index = live?.[0] ?? picked
  const add = [random.pick(ALIASES)]
  const taken = [random.pick(ALIASES)].filter((alias) => !add.includes(alias))
  const answer = await answerOf(
    changeAliases(registry, actor, {
      collection: refOf(place),
      versionId: version?.id ?? '',
      add,
      remove: taken,
      mayNameLatest: true,
    }),
  )
  const refused = modelRefusal(place.model, index)
  if (refused !== undefined) {
    // By id, a version that is gone from here is not here.
    assert.equal(answer.refused, refused === 'version_deleted' ? 'version_not_found' : refused)
    return
  }
  const known = taken.filter((alias) => place.model.aliases.has(alias))
  const expected = modelApply(
    place.model,
    [
      ...add.map((alias): Wish => ({ kind: 'move', alias, index })),
      ...known.map((alias): Wish => ({ kind: 'remove', alias, index })),
    ],
    'promote',
  )
  if ('refused' in expected) assert.equal(answer.refused, expected.refused)
  else compareChanges(answer.value?.outcomes ?? [], expected.changes)
}

/** Reads what an alias points to now, with or without a key, and some generations ago. */
async function look(history: History, place: Place): Promise<void> {
  const { registry, actor, random } = history
  const { model } = place
  const alias = random.pick([...ALIASES, 'latest'])
  const now = model.aliases.get(alias)
  const empty = now === undefined ? 'alias_unknown' : 'alias_vacant'
  const key = random.chance(30) ? `key ${random.below(9)}` : undefined
  const here = await answerOf(
    resolve(registry, actor, {
      collection: refOf(place),
      selector: { kind: 'alias', alias },
      ...(key === undefined ? {} : { key }),
    }),
  )
  const slots = now?.slots ?? []
  const served = slots.filter((slot) => modelRefusal(model, slot.index) === undefined)
  const index = here.value?.membership.index
  if (slots.length === 0) assert.equal(here.refused, empty)
  else if (key !== undefined && served.length === slots.length)
    assert.ok(slots.some((slot) => slot.index === index))
  else if (key === undefined) checkFound(place, here, slots[0]?.index ?? -1)
  const ago = random.below(3)
  const past = now?.past[now.generation - 1 - ago]
  const selector = { kind: 'generations-ago' as const, alias, ago }
  const then = await answerOf(resolve(registry, actor, { collection: refOf(place), selector }))
  if (past === undefined || past.length === 0) assert.equal(then.refused, empty)
  else checkFound(place, then, past[0]?.index ?? -1)
}

function checkFound(
  place: Place,
  answer: {
    readonly value?: { readonly membership: { readonly index: number } }
    refused?: string
  },
  index: number,
): void {
  const refused = modelRefusal(place.model, index)
  if (refused !== undefined) assert.equal(answer.refused, refused)
  else assert.equal(answer.value?.membership.index, index)
}

function somewhere(step: (history: History, place: Place) => Promise<void>) {
  return async (history: History) => {
    const place = somePlace(history)
    if (place !== undefined) await step(history, place)
  }
}

export const POINTER_STEPS: Steps = [
  [26, somewhere(move)],
  [4, somewhere(moveOnce)],
  [8, somewhere(set)],
  [8, somewhere(remove)],
  [4, somewhere(clear)],
  [14, somewhere(restore)],
  [10, somewhere(save)],
  [14, somewhere(look)],
]
