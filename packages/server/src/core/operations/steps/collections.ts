import { isRegistryError, RegistryError } from '../../errors.ts'
import { MAX_ITEMS_PER_PAGE, MAX_NAMED_IN_ERROR } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import type { Collection, CollectionKind, CollectionRef } from '../../model/collection.ts'
import { checkArtifactType, checkCollectionName } from '../../model/names.ts'
import { nearNames } from '../../model/near.ts'
import { describeOwner, type Owner } from '../../model/owner.ts'
import { FIRST_PREV_HASH } from '../../model/pointer-event.ts'
import type { ReadTx, Registry, Tx } from '../../registry.ts'
import { type Action, isAllowed } from '../../rules/access.ts'
import { recordFact } from './facts.ts'
import { forbidden, getOwner, ownerNotFound } from './owners.ts'

export interface OwnedCollection {
  readonly owner: Owner
  readonly collection: Collection
}

/** Throws `owner_not_found`, `collection_not_found` (with near names) or `forbidden`. */
export async function getCollectionOf(
  tx: ReadTx,
  actor: Actor,
  ref: CollectionRef,
  action: Action,
): Promise<OwnedCollection> {
  return readCollectionOf(tx, actor, ref, action, tx.collections.find)
}

/** The same in a transaction, with the collection's row locked: begin every change with it. */
export async function lockCollectionOf(
  tx: Tx,
  actor: Actor,
  ref: CollectionRef,
  action: Action,
): Promise<OwnedCollection> {
  return readCollectionOf(tx, actor, ref, action, tx.collections.lockByName)
}

async function readCollectionOf(
  tx: ReadTx,
  actor: Actor,
  ref: CollectionRef,
  action: Action,
  find: (ownerId: number, name: string) => Promise<Collection | undefined>,
): Promise<OwnedCollection> {
  const owner = await getOwner(tx, actor, ref.owner, 'read')
  const within = { collection: ref.name }
  const isVisible = isAllowed(actor, 'read', owner, within)
  const collection = isVisible ? await find(owner.id, ref.name) : undefined
  if (collection === undefined) throw await collectionNotFound(tx, actor, owner, ref.name)
  if (!isAllowed(actor, action, owner, within)) throw forbidden(action, quote(ref.name))
  return { owner, collection }
}

interface NewCollection extends Pick<Collection, 'name' | 'artifactType' | 'kind'> {
  readonly description?: string | null
}

/** The collection of this name, locked; made when it is not there. Throws `type_mismatch`. */
export async function ensureCollection(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owner: Owner,
  fields: NewCollection,
): Promise<Collection> {
  for (;;) {
    const collection = await findOrInsertCollection(registry, tx, actor, owner, fields)
    const locked = await tx.collections.lock(collection.id)
    // Ended while we waited for its lock: its name is free again.
    if (locked === undefined) continue
    checkSameType(locked, fields.artifactType)
    if (locked.kind !== fields.kind) throw kindMismatch(locked, fields.kind)
    return locked
  }
}

/** The collection of this name, whatever it holds; made when it is not there. */
export async function findOrInsertCollection(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owner: Owner,
  fields: NewCollection,
): Promise<Collection> {
  const found = await tx.collections.find(owner.id, fields.name)
  if (found !== undefined) return found
  try {
    return await insertCollection(registry, tx, actor, owner, fields)
  } catch (error) {
    // Somebody made it between our look and our insert: theirs is the one.
    if (!isRegistryError(error, 'already_exists')) throw error
    const theirs = await tx.collections.find(owner.id, fields.name)
    if (theirs === undefined) throw error
    return theirs
  }
}

/**
 * Inserts a collection. Throws `already_exists`, `type_mismatch`, and `owner_not_found` for an
 * owner that has ended: a draft outlives it.
 */
export async function insertCollection(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owner: Owner,
  fields: NewCollection,
): Promise<Collection> {
  checkCollectionName(fields.name)
  checkArtifactType(fields.artifactType)
  checkTypeAllowed(owner, fields.artifactType)
  if (!(await tx.owners.keep(owner.id))) throw ownerNotFound(owner)
  const time = registry.now()
  const collection: Collection = {
    id: registry.newId(),
    ownerId: owner.id,
    name: fields.name,
    kind: fields.kind,
    artifactType: fields.artifactType,
    description: fields.description ?? null,
    tags: [],
    measures: [],
    nextIndex: 0,
    logSeq: 0,
    logHash: FIRST_PREV_HASH,
    logTime: 0,
    createdBy: actor.userId,
    createdAt: time,
    updatedAt: time,
  }
  await tx.collections.insert(collection)
  // Read after the insert: whoever left the name has committed by now, and numbers go on from
  // there.
  const nextIndex = await tx.collections.firstFreeIndex(owner.id, fields.name)
  if (nextIndex > 0) await tx.collections.update({ ...collection, nextIndex })
  await recordFact(registry, tx, actor, {
    kind: 'collection.created',
    ownerId: owner.id,
    collectionId: collection.id,
    payload: { name: fields.name, artifactType: fields.artifactType, kind: fields.kind },
  })
  return { ...collection, nextIndex }
}

/** Throws `type_mismatch` when the owner admits only declared artifact types, and not this one. */
export function checkTypeAllowed(owner: Owner, artifactType: string): void {
  if (owner.allowsAllTypes || owner.artifactTypes.includes(artifactType)) return
  throw new RegistryError(
    'type_mismatch',
    `${describeOwner(owner)} holds no artifacts of type "${artifactType}", only ` +
      `${owner.artifactTypes.map((type) => `"${type}"`).join(', ')}. Declare the type there first.`,
    { types: owner.artifactTypes, asked: artifactType },
  )
}

/** Throws `type_mismatch`: all that a collection holds is of one artifact type. */
export function checkSameType(collection: Collection, artifactType: string): void {
  if (collection.artifactType === artifactType) return
  throw new RegistryError(
    'type_mismatch',
    `Collection "${collection.name}" holds artifacts of type "${collection.artifactType}", ` +
      `not "${artifactType}". Use that type, or another collection name.`,
    { collection: collection.name, type: collection.artifactType, asked: artifactType },
  )
}

function kindMismatch(collection: Collection, asked: CollectionKind): RegistryError {
  const [has, wants] =
    asked === 'source'
      ? ['versions linked from elsewhere', 'committed']
      : ['committed versions', 'linked']
  return new RegistryError(
    'already_exists',
    `Collection "${collection.name}" holds ${has}; nothing can be ${wants} there. ` +
      'Use another collection name.',
    { collection: collection.name, kind: collection.kind },
  )
}

async function collectionNotFound(
  tx: ReadTx,
  actor: Actor,
  owner: Owner,
  name: string,
): Promise<RegistryError> {
  const page = { ownerId: owner.id, artifactType: null, after: '', limit: MAX_ITEMS_PER_PAGE }
  const names = (await tx.collections.list(page))
    .map((collection) => collection.name)
    .filter((each) => isAllowed(actor, 'read', owner, { collection: each }))
  const near = nearNames(name, names, MAX_NAMED_IN_ERROR)
  const hint = near.length > 0 ? ` Did you mean ${near.slice(0, 3).map(quote).join(', ')}?` : ''
  return new RegistryError(
    'collection_not_found',
    `There is no collection ${quote(name)} in ${describeOwner(owner)}.${hint}`,
    { collection: name, near },
  )
}

function quote(text: string): string {
  return JSON.stringify(text)
}
