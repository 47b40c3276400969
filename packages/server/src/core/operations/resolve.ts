import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Alias, Slot } from '../model/alias.ts'
import type { Collection, CollectionRef } from '../model/collection.ts'
import type { Owner } from '../model/owner.ts'
import type { PointerEvent } from '../model/pointer-event.ts'
import type { Selector } from '../model/ref.ts'
import type { Micros } from '../model/time.ts'
import type { ReadTx, Registry } from '../registry.ts'
import { pickSlotByKey } from '../rules/slots.ts'
import { getCollectionOf } from './steps/collections.ts'
import { slotsAt } from './steps/past-slots.ts'
import { aliasEmpty, getPlaced, type PlacedVersion, versionNotFound } from './steps/tombstones.ts'

export interface ResolveInput {
  readonly collection: CollectionRef
  readonly selector: Selector
  /** What the alias pointed to then; only with a selector that is an alias. */
  readonly at?: Micros
  /** Picks one of several slots, always the same one for the same key. */
  readonly key?: string
  /** Try the stage's declared fallback chain when it is vacant. */
  readonly fallback?: boolean
}

/** Who changes or deletes a version finds it in quarantine too; nobody is served it. */
interface ResolveInside extends Omit<ResolveInput, 'collection'> {
  readonly evenQuarantined?: boolean
}

export interface Resolution extends PlacedVersion {
  readonly owner: Owner
  readonly foundBy: 'alias' | 'index' | 'digest' | 'fallback' | 'history'
  /** The alias that gave the answer, and its generation (for `history`: of that time). */
  readonly alias: string | null
  readonly generation: number | null
  readonly slot: Slot | null
}

/**
 * The read path of serving: what does this selector mean?
 *
 * Throws `owner_not_found`, `collection_not_found`, `version_not_found`, `alias_unknown`,
 * `alias_vacant`, `version_deleted`, `version_quarantined`, `request_invalid`.
 */
export async function resolve(
  registry: Registry,
  actor: Actor,
  input: ResolveInput,
): Promise<Resolution> {
  return registry.metadata.read(async (tx) => {
    const { owner, collection } = await getCollectionOf(tx, actor, input.collection, 'read')
    return { owner, ...(await resolveIn(tx, owner, collection, input)) }
  })
}

/** The same inside a transaction of the caller's. */
export async function resolveIn(
  tx: ReadTx,
  owner: Owner,
  collection: Collection,
  input: ResolveInside,
): Promise<Omit<Resolution, 'owner'>> {
  const { selector } = input
  if (input.at !== undefined && selector.kind !== 'alias')
    throw new RegistryError('request_invalid', '"at" goes with an alias, not with this selector.')
  switch (selector.kind) {
    case 'index':
      return found(await getPlaced(tx, collection, selector.index, input.evenQuarantined), 'index')
    case 'digest': {
      const membership = await tx.memberships.findByDigest(collection.id, selector.digest)
      if (membership === undefined) throw versionNotFound(collection, selector.digest)
      return found(
        await getPlaced(tx, collection, membership.index, input.evenQuarantined),
        'digest',
      )
    }
    case 'generations-ago':
    case 'time':
      return resolvePast(tx, collection, input, selector)
    case 'alias':
      return input.at === undefined
        ? resolveAlias(tx, owner, collection, input, selector.alias)
        : resolvePast(tx, collection, input, {
            kind: 'time',
            alias: selector.alias,
            time: input.at,
          })
  }
}

async function resolveAlias(
  tx: ReadTx,
  owner: Owner,
  collection: Collection,
  input: ResolveInside,
  name: string,
): Promise<Omit<Resolution, 'owner'>> {
  const alias = await tx.aliases.find(collection.id, name)
  const slot = pick(alias, input.key)
  if (alias !== undefined && slot !== undefined) {
    const placed = await getPlaced(tx, collection, slot.index, input.evenQuarantined)
    return { ...placed, foundBy: 'alias', alias: name, generation: alias.generation, slot }
  }
  const refusal = await aliasEmpty(tx, collection, name, alias)
  if (input.fallback !== true) throw refusal
  const stages = await tx.owners.stages(owner.id)
  for (const next of stages.find((stage) => stage.name === name)?.fallback ?? []) {
    const other = await tx.aliases.find(collection.id, next)
    const otherSlot = pick(other, input.key)
    if (other === undefined || otherSlot === undefined) continue
    const placed = await getPlaced(tx, collection, otherSlot.index, input.evenQuarantined)
    const { generation } = other
    return { ...placed, foundBy: 'fallback', alias: next, generation, slot: otherSlot }
  }
  throw refusal
}

async function resolvePast(
  tx: ReadTx,
  collection: Collection,
  input: ResolveInside,
  selector: Extract<Selector, { kind: 'generations-ago' | 'time' }>,
): Promise<Omit<Resolution, 'owner'>> {
  const alias = await tx.aliases.find(collection.id, selector.alias)
  if (alias === undefined) throw await aliasEmpty(tx, collection, selector.alias, alias)
  const event = await findPast(tx, alias, selector)
  if (event === undefined) throw notThen(collection, selector)
  const slots = await slotsAt(tx, event)
  const slot = pickOf(slots, alias.salt, input.key)
  if (slot === undefined) throw notThen(collection, selector)
  const placed = await getPlaced(tx, collection, slot.index, input.evenQuarantined)
  const { generation } = event
  return { ...placed, foundBy: 'history', alias: selector.alias, generation, slot }
}

async function findPast(
  tx: ReadTx,
  alias: Alias,
  selector: Extract<Selector, { kind: 'generations-ago' | 'time' }>,
): Promise<PointerEvent | undefined> {
  if (selector.kind === 'time')
    return tx.pointerLog.findAt(alias.collectionId, alias.name, selector.time)
  const generation = alias.generation - selector.ago
  if (generation < 1) return undefined
  return tx.pointerLog.findByGeneration(alias.collectionId, alias.name, generation)
}

function notThen(
  collection: Collection,
  selector: Extract<Selector, { kind: 'generations-ago' | 'time' }>,
): RegistryError {
  const when = selector.kind === 'time' ? 'at that time' : `${selector.ago} generations ago`
  return new RegistryError(
    'alias_vacant',
    `The alias "${selector.alias}" of "${collection.name}" pointed to nothing ${when}. ` +
      'Its history says when it was set.',
    { collection: collection.name, alias: selector.alias },
  )
}

function pick(alias: Alias | undefined, key: string | undefined): Slot | undefined {
  return alias === undefined ? undefined : pickOf(alias.slots, alias.salt, key)
}

/** Slots come highest weight first, then newest: without a key the first one answers. */
function pickOf(slots: readonly Slot[], salt: string, key: string | undefined): Slot | undefined {
  return key === undefined || slots.length < 2 ? slots[0] : pickSlotByKey(slots, salt, key)
}

function found(placed: PlacedVersion, foundBy: 'index' | 'digest'): Omit<Resolution, 'owner'> {
  return { ...placed, foundBy, alias: null, generation: null, slot: null }
}
