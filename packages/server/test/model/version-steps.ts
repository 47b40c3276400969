import assert from 'node:assert/strict'
import { changeCollection } from '../../src/core/operations/change-collection.ts'
import { changeVersion } from '../../src/core/operations/change-version.ts'
import { commitVersion } from '../../src/core/operations/commit-version.ts'
import { createDraft } from '../../src/core/operations/create-draft.ts'
import { deleteCollection } from '../../src/core/operations/delete-collection.ts'
import { deleteVersion } from '../../src/core/operations/delete-version.ts'
import { linkVersion } from '../../src/core/operations/link-version.ts'
import { quarantineVersion } from '../../src/core/operations/quarantine-version.ts'
import { receiveBlob } from '../../src/core/operations/receive-blob.ts'
import { unlinkVersion } from '../../src/core/operations/unlink-version.ts'
import {
  ALIASES,
  answerOf,
  type History,
  noteGiven,
  type Place,
  refOf,
  type Steps,
  someIndex,
} from './history.ts'
import {
  modelApply,
  modelBorne,
  modelNewest,
  modelRefusal,
  newModelCollection,
  type Wish,
} from './model.ts'

const CONTENTS = 12
const NAMES = ['model', 'model b', 'model c']

async function commit(history: History): Promise<void> {
  const { random, source } = history
  const { model } = source
  const content = `content ${random.below(CONTENTS)}`
  const aliases = random.chance(40) ? [random.pick(ALIASES)] : []
  const equal = [...model.members]
    .filter(([, { gone, version }]) => !gone && version.content === content)
    .at(-1)
  const adopted = equal?.[1].version.state === 'committed' ? equal : undefined
  const index = adopted?.[0] ?? model.next
  const answer = await answerOf(commitContent(history, content, aliases))
  const wishes: Wish[] = [...aliases, 'latest'].map((alias) => ({ kind: 'move', alias, index }))
  const expected = modelApply(model, wishes, 'commit')
  if ('refused' in expected) {
    assert.equal(answer.refused, expected.refused)
    return
  }
  assert.equal(answer.refused, undefined)
  const committed = answer.value ?? assert.fail('no answer')
  assert.equal(committed.membership.index, index)
  assert.equal(committed.created, adopted === undefined)
  if (adopted === undefined) {
    const version = { id: committed.version.id, content, state: 'committed' as const }
    model.members.set(index, { version, gone: false })
    model.next = index + 1
    noteGiven(history, source, index, version)
  }
  note(history, source, committed.collection.id)
}

async function commitContent(history: History, content: string, aliases: readonly string[]) {
  const { registry, actor, source } = history
  const bytes = new TextEncoder().encode(content)
  const created = await createDraft(registry, actor, {
    collection: refOf(source),
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

async function link(history: History): Promise<void> {
  const { registry, actor, random, source, linked } = history
  if (source.model.members.size === 0) return
  const from = someIndex(history, source)
  const version = source.model.members.get(from)?.version ?? assert.fail('no such version')
  const aliases = random.chance(40) ? [random.pick(ALIASES)] : []
  const answer = await answerOf(
    linkVersion(registry, actor, { versionId: version.id, target: refOf(linked), aliases }),
  )
  const refused = modelRefusal(source.model, from)
  if (refused !== undefined) {
    assert.equal(answer.refused, refused === 'version_deleted' ? 'version_not_found' : refused)
    return
  }
  const there = [...linked.model.members].find(
    ([, member]) => !member.gone && member.version === version,
  )
  const index = there?.[0] ?? linked.model.next
  const wished = there === undefined ? [...aliases, 'latest'] : aliases
  const wishes = wished.map((alias): Wish => ({ kind: 'move', alias, index }))
  const expected = modelApply(linked.model, wishes, 'link')
  if ('refused' in expected) {
    assert.equal(answer.refused, expected.refused)
    return
  }
  assert.equal(answer.refused, undefined)
  assert.equal(answer.value?.membership.index, index)
  if (there === undefined) {
    linked.model.members.set(index, { version, gone: false })
    linked.model.next = index + 1
    noteGiven(history, linked, index, version)
  }
  note(history, linked, answer.value?.collection.id ?? '')
}

async function unlink(history: History): Promise<void> {
  const { registry, actor, linked } = history
  if (linked.model.members.size === 0) return
  const index = someIndex(history, linked)
  const answer = await answerOf(
    unlinkVersion(registry, actor, { collection: refOf(linked), index }),
  )
  if (linked.model.members.get(index)?.gone) assert.equal(answer.refused, 'version_deleted')
  else {
    assert.equal(answer.refused, undefined)
    leave([[linked, index]])
  }
}

async function remove(history: History): Promise<void> {
  const { registry, actor, random, source, linked } = history
  if (source.model.members.size === 0) return
  const index = someIndex(history, source)
  const version = source.model.members.get(index)?.version ?? assert.fail('no such version')
  const dropAliases = random.chance(60)
  const answer = await answerOf(
    deleteVersion(registry, actor, { versionId: version.id, dropAliases }),
  )
  const places = placesOf([source, linked], version)
  const used = places.some(([place, at]) => isUsed(place, at))
  if (places.length === 0) assert.equal(answer.refused, 'version_not_found')
  else if (used && !dropAliases) assert.equal(answer.refused, 'version_in_use')
  else {
    assert.equal(answer.refused, undefined)
    leave(places)
    version.state = 'deleted'
  }
}

async function removeAll(history: History): Promise<void> {
  const { registry, actor, random, source, linked } = history
  const place = random.chance(50) ? source : linked
  if (place.collectionId === '') return
  const dropAliases = random.chance(50)
  const answer = await answerOf(
    deleteCollection(registry, actor, { collection: refOf(place), dropAliases }),
  )
  const versions = [...place.model.members.values()].filter((member) => !member.gone)
  const ending = place === source ? [source, linked] : [linked]
  const places = versions.flatMap(({ version }) => placesOf(ending, version))
  if (places.some(([each, at]) => isUsed(each, at)) && !dropAliases) {
    assert.equal(answer.refused, 'version_in_use')
    return
  }
  assert.equal(answer.refused, undefined)
  leave(places)
  if (place === source) for (const { version } of versions) version.state = 'deleted'
  place.model = newModelCollection([...place.model.stages.values()], place.model.next)
  place.collectionId = ''
}

async function quarantine(history: History): Promise<void> {
  const { registry, actor, random, source } = history
  if (source.model.members.size === 0) return
  const version = source.model.members.get(someIndex(history, source))?.version
  assert.ok(version !== undefined)
  const reason = random.chance(40) ? 'looks bad' : null
  const answer = await answerOf(
    quarantineVersion(registry, actor, { versionId: version.id, reason }),
  )
  if (version.state === 'deleted') assert.equal(answer.refused, 'version_deleted')
  else version.state = reason === null ? 'committed' : 'quarantined'
}

async function rename(history: History): Promise<void> {
  const { registry, actor, random, source } = history
  if (source.collectionId === '') return
  const name = random.pick(NAMES)
  const before = source.name
  const { collection } = await changeCollection(registry, actor, {
    collection: refOf(source),
    name,
  })
  assert.equal(collection.id, source.collectionId)
  // The other name may have counted further, under a collection that is gone.
  assert.ok(collection.nextIndex >= source.model.next)
  if (collection.nextIndex > source.model.next)
    assert.notEqual(name, before, 'only a rename may skip numbers')
  source.model.next = collection.nextIndex
  source.name = name
  if (name === before) return
  for (const [index, { version }] of source.model.members)
    history.given.set(`${name} ${index}`, version.id)
}

async function describe(history: History): Promise<void> {
  const { registry, actor, random, source } = history
  if (source.model.members.size === 0) return
  const version = source.model.members.get(someIndex(history, source))?.version
  assert.ok(version !== undefined)
  const description = `about ${random.below(4)}`
  const answer = await answerOf(
    changeVersion(registry, actor, { versionId: version.id, description }),
  )
  if (version.state === 'deleted') assert.equal(answer.refused, 'version_not_found')
  else assert.equal(answer.value?.description, description)
}

function placesOf(places: readonly Place[], version: { readonly id: string }) {
  return places.flatMap((place) =>
    [...place.model.members]
      .filter(([, member]) => !member.gone && member.version.id === version.id)
      .map(([index]) => [place, index] as const),
  )
}

function isUsed(place: Place, index: number): boolean {
  return modelBorne(place.model, index).some((alias) => alias !== 'latest')
}

/** Members go, with their aliases; `latest` moves to the newest that is left. */
function leave(places: readonly (readonly [place: Place, index: number])[]): void {
  for (const [{ model }, index] of places) {
    const member = model.members.get(index) ?? assert.fail('no such member')
    member.gone = true
  }
  for (const [place, gone] of Map.groupBy(places, ([place]) => place)) {
    const heir = modelNewest(place.model)
    const wishes = gone.flatMap(([, index]) =>
      modelBorne(place.model, index).map((alias): Wish => {
        if (alias === 'latest' && heir !== undefined) return { kind: 'move', alias, index: heir }
        return { kind: 'remove', alias, index }
      }),
    )
    modelApply(place.model, wishes, 'delete')
  }
}

function note(history: History, place: Place, collectionId: string): void {
  place.collectionId = collectionId
  history.collectionIds.add(collectionId)
}

export const VERSION_STEPS: Steps = [
  [14, commit],
  [8, link],
  [4, unlink],
  [6, remove],
  [1, removeAll],
  [5, quarantine],
  [2, rename],
  [3, describe],
]
