import assert from 'node:assert/strict'
import { type ErrorCode, isRegistryError } from '../errors.ts'
import type { Alias, Slot } from '../model/alias.ts'
import type { Collection, Membership } from '../model/collection.ts'
import { digestOf } from '../model/digest.ts'
import type { FileEntry } from '../model/manifest.ts'
import type { Owner } from '../model/owner.ts'
import {
  FIRST_PREV_HASH,
  hashPointerEvent,
  type PointerChange,
  type PointerEvent,
} from '../model/pointer-event.ts'
import type { Run, RunTexts } from '../model/run.ts'
import type { Draft, Version } from '../model/version.ts'
import { type MetadataStore, TransactionMisuse, type Tx } from './metadata-store.ts'

/** What the suite is told of a kind of store. */
export interface StoreTraits {
  /** Whether a work that awaits something else than `tx` is refused. */
  readonly refusesYield: boolean
}

export interface Context extends StoreTraits {
  store(): MetadataStore
}

export const TIME = 1_767_225_600_000_000

let ids = 0

/** A fresh id, so that tests share one store and never a row. */
export function freshId(prefix: string): string {
  ids += 1
  return `${prefix}${String(ids).padStart(8, '0')}`
}

/** An entity and a project of its own for one test. */
export async function insertProject(tx: Tx): Promise<Owner> {
  const time = TIME
  const entityId = await tx.settings.nextInteger('entity')
  const entityName = freshId('entity')
  const entity = { id: entityId, name: entityName, kind: 'user', createdAt: time } as const
  await tx.entities.insert({ ...entity, organizationId: 1 })
  const id = await tx.settings.nextInteger('owner')
  const names = { kind: 'project', entityId, entityName, name: 'p' } as const
  const rest = { description: null, restricted: false, createdAt: time, updatedAt: time }
  const types = { allowsAllTypes: true, artifactTypes: [] }
  const owner: Owner = { ...names, ...rest, ...types, id }
  await tx.owners.insert(owner)
  return owner
}

export function collectionOf(ownerId: number, rest: Partial<Collection> = {}): Collection {
  return {
    id: freshId('collection'),
    ownerId,
    name: 'c',
    kind: 'source',
    artifactType: 'model',
    description: null,
    tags: [],
    measures: [],
    nextIndex: 0,
    logSeq: 0,
    logHash: FIRST_PREV_HASH,
    logTime: 0,
    createdBy: 1,
    createdAt: TIME,
    updatedAt: TIME,
    ...rest,
  }
}

export async function insertCollection(tx: Tx): Promise<Collection> {
  const collection = collectionOf((await insertProject(tx)).id)
  await tx.collections.insert(collection)
  return collection
}

export function versionOf(
  collectionId: string,
  index: number,
  rest: Partial<Version> = {},
): Version {
  const id = freshId('version')
  return {
    id,
    digest: digestOf(id),
    clientDigest: null,
    sourceCollectionId: collectionId,
    sourceIndex: index,
    state: 'committed',
    stateReason: null,
    size: 10,
    fileCount: 1,
    metadata: '{}',
    description: null,
    tags: [],
    ttlSeconds: null,
    historyStep: null,
    runId: null,
    createdBy: 1,
    createdAt: TIME,
    updatedAt: TIME,
    revision: 1,
    ...rest,
  }
}

export function membershipOf(
  collectionId: string,
  index: number,
  versionId: string,
  rest: Partial<Membership> = {},
): Membership {
  const birth = { createdBy: 1, createdAt: TIME, deletedAt: null, deletedBy: null }
  return { collectionId, index, versionId, ...birth, ...rest }
}

/** A version and its membership at an index of its source collection. */
export async function insertVersion(
  tx: Tx,
  collectionId: string,
  index: number,
  rest: Partial<Version> = {},
): Promise<Version> {
  const version = versionOf(collectionId, index, rest)
  await tx.versions.insert(version)
  await tx.memberships.insert(membershipOf(collectionId, index, version.id))
  return version
}

export function draftOf(ownerId: number, rest: Partial<Draft> = {}): Draft {
  return {
    id: freshId('draft'),
    ownerId,
    collectionName: 'c',
    artifactType: 'model',
    createdBy: 1,
    clientKey: null,
    clientDigest: null,
    baseVersionId: null,
    distributedKey: null,
    aliases: [],
    tags: [],
    metadata: '{}',
    description: null,
    ttlSeconds: null,
    historyStep: null,
    runId: null,
    state: 'open',
    versionId: null,
    collectionId: null,
    index: null,
    entriesRevision: 0,
    createdAt: TIME,
    expiresAt: TIME + 1,
    ...rest,
  }
}

export function fileEntry(path: string, rest: Partial<FileEntry> = {}): FileEntry {
  const content = { digest: digestOf(path), size: path.length, reference: null }
  return { path, ...content, clientDigest: null, extra: null, ...rest }
}

export function aliasOf(
  collectionId: string,
  name: string,
  generation = 1,
): Omit<Alias, 'slots' | 'slotCount'> {
  const salt = '5a5a'
  return { collectionId, name, generation, topGeneration: generation, salt, updatedAt: TIME }
}

export function slot(index: number, rest: Partial<Slot> = {}): Slot {
  return { index, label: 'default', weight: 1, ...rest }
}

export function pointerEventOf(
  collectionId: string,
  seq: number,
  alias: string,
  generation: number,
  change: PointerChange,
  rest: Partial<PointerEvent> = {},
): PointerEvent {
  const event = {
    collectionId,
    seq,
    alias,
    generation,
    change,
    stackGeneration: generation - 1,
    actorId: 1,
    actorName: 'ann',
    reason: null,
    cause: 'promote',
    changeId: freshId('change'),
    seen: null,
    time: TIME + seq,
    prevHash: FIRST_PREV_HASH,
    ...rest,
  } as const
  return { ...event, hash: hashPointerEvent(event) }
}

export async function insertRun(
  tx: Tx,
  ownerId: number,
  rest: Partial<Run> = {},
  texts: RunTexts = { config: '{}', summary: '{}' },
): Promise<Run> {
  const run: Run = {
    id: await tx.settings.nextInteger('run'),
    ownerId,
    name: freshId('run'),
    displayName: 'a run',
    state: 'running',
    jobType: null,
    group: null,
    program: null,
    host: null,
    commit: null,
    notes: null,
    tags: [],
    createdBy: 1,
    createdAt: TIME,
    heartbeatAt: TIME,
    exitCode: null,
    ...rest,
  }
  await tx.runs.insert(run, texts)
  return run
}

export async function insertBlob(tx: Tx, content: string): Promise<FileEntry['digest']> {
  const digest = digestOf(content)
  const checks = new Uint8Array([0, 255, 1, 128])
  await tx.blobs.insert({ digest, size: content.length, checks, md5: md5Of(content) }, TIME)
  return digest
}

/** Only looks like one. */
export function md5Of(content: string): string {
  return `md5-${content}`
}

export function rejectsWith(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  return assert.rejects(promise, (error) => isRegistryError(error, code))
}

export function rejectsMisuse(
  promise: Promise<unknown>,
  code: TransactionMisuse['code'],
): Promise<void> {
  return assert.rejects(
    promise,
    (error) => error instanceof TransactionMisuse && error.code === code,
  )
}
