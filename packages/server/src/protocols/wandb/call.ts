import type { Actor } from '../../core/model/actor.ts'
import type { OwnerRef } from '../../core/model/owner.ts'
import type { RunTexts } from '../../core/model/run.ts'
import { findArtifactTypes } from '../../core/operations/find-artifact-types.ts'
import {
  type ArtifactView,
  type DraftArtifactView,
  findArtifacts,
} from '../../core/operations/find-artifacts.ts'
import { type EntityView, findEntity } from '../../core/operations/find-entity.ts'
import { findPeople, type Person } from '../../core/operations/find-people.ts'
import type { RunView } from '../../core/operations/find-run.ts'
import { findRunTexts } from '../../core/operations/find-run-texts.ts'
import { findRuns } from '../../core/operations/find-runs.ts'
import type { AppContext } from '../../http/context.ts'
import { type Batch, createBatch } from './graphql/batch.ts'

/** What every resolver is given: who asks, what there is, and what this request has loaded. */
export interface Call {
  readonly app: AppContext
  readonly actor: Actor
  /** `mode="shared"`: one of several processes that write a run together. */
  readonly isShared: boolean
  readonly artifacts: Batch<string, ArtifactView | DraftArtifactView>
  readonly runs: Batch<number, RunView>
  readonly entities: Batch<string, EntityView>
  /** By the id of an owner. */
  readonly artifactTypes: Batch<number, readonly string[]>
  /** By username. */
  readonly people: Batch<string, Person>
  readonly runTexts: Batch<number, RunTexts>
}

export function createCall(app: AppContext, actor: Actor, isShared = false): Call {
  return {
    app,
    actor,
    isShared,
    artifacts: createBatch((ids: readonly string[]) => findArtifacts(app.registry, actor, { ids })),
    runs: createBatch((ids: readonly number[]) => findRuns(app.registry, actor, { ids })),
    entities: createBatch(async (names: readonly string[]) => {
      const found = names.map(async (name) => findEntity(app.registry, actor, { name }))
      const views = (await Promise.all(found)).filter((view) => view !== undefined)
      return new Map(views.map((view) => [view.entity.name, view]))
    }),
    artifactTypes: createBatch((ownerIds: readonly number[]) =>
      findArtifactTypes(app.registry, actor, { ownerIds }),
    ),
    people: createBatch((usernames: readonly string[]) =>
      findPeople(app.registry, actor, { usernames }),
    ),
    runTexts: createBatch((ids: readonly number[]) => findRunTexts(app.registry, actor, { ids })),
  }
}

/** A resolver of a type whose objects are `Source`. Its arguments have the shape of the schema. */
export type FieldResolver<Source> = (source: Source, args: never, call: Call) => unknown

export type FieldResolvers<Source> = Readonly<Record<string, FieldResolver<Source>>>

/** The client knows registries as projects with this prefix, of the organization's own entity. */
export const REGISTRY_PREFIX = 'wandb-registry-'

export function ownerRefOf(entityName: string, projectName: string): OwnerRef {
  return projectName.startsWith(REGISTRY_PREFIX)
    ? { kind: 'registry', entityName, name: projectName.slice(REGISTRY_PREFIX.length) }
    : { kind: 'project', entityName, name: projectName }
}

/** A registry's own name, from that of its project. */
export function registryNameOf(projectName: string): string {
  return projectName.startsWith(REGISTRY_PREFIX)
    ? projectName.slice(REGISTRY_PREFIX.length)
    : projectName
}

export function projectNameOf(owner: Pick<OwnerRef, 'kind' | 'name'>): string {
  return owner.kind === 'registry' ? REGISTRY_PREFIX + owner.name : owner.name
}
