import { isRegistryError, RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import { checkRunName } from '../model/names.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import type { Run, RunState } from '../model/run.ts'
import type { Registry, Tx } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'
import { recordFact } from './steps/facts.ts'
import { ensureProject } from './steps/owners.ts'
import { checkRunFields, givenFields, type RunFields } from './steps/run-fields.ts'
import type { OwnedRun } from './steps/runs.ts'

export interface UpsertRunInput {
  /** A run by its id: update only. Wins over the name. */
  readonly id?: number | null
  readonly owner?: OwnerRef | null
  readonly name?: string | null
  readonly fields: RunFields
  readonly state?: RunState | null
  /** Whether the run must be there already, or must not. */
  readonly resume?: 'must' | 'never' | 'allow'
}

export interface UpsertedRun extends OwnedRun {
  readonly inserted: boolean
  /** History lines that it has: where a resumed run goes on. */
  readonly historyLines: number
}

/**
 * Starts, resumes or changes a run; a project that is not there is made. Naming a run that has
 * ended sets it running again, as the client's resume expects.
 *
 * Throws `owner_not_found`, `not_found`, `already_exists`, `forbidden`, `name_invalid`,
 * `too_large`.
 */
export async function upsertRun(
  registry: Registry,
  actor: Actor,
  input: UpsertRunInput,
): Promise<UpsertedRun> {
  checkRunFields(input.fields)
  return registry.metadata.transaction(async (tx) => {
    const found = await findTarget(registry, tx, actor, input)
    checkResume(input, found.run)
    if (found.run === undefined) return insert(registry, tx, actor, found.owner, input)
    const before = found.run
    const byName = input.id == null
    const state = input.state ?? (byName && hasEnded(before) ? 'running' : before.state)
    const { row, texts } = givenFields(input.fields)
    const run: Run = { ...before, ...row, state, heartbeatAt: registry.now() }
    await tx.runs.update(run)
    await tx.runs.putTexts(run.id, texts)
    const historyLines = await tx.runLines.count(run.id, 'history')
    return { owner: found.owner, run, inserted: false, historyLines }
  })
}

function checkResume({ resume, name }: UpsertRunInput, run: Run | undefined): void {
  if (resume === 'never' && run !== undefined)
    throw new RegistryError('already_exists', `There is a run "${run.name}" already.`)
  if (resume === 'must' && run === undefined)
    throw new RegistryError('not_found', `There is no run "${name}" to resume.`)
}

function hasEnded(run: Run): boolean {
  return !['running', 'pending', 'preempting'].includes(run.state)
}

async function findTarget(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  input: UpsertRunInput,
): Promise<{ readonly owner: Owner; readonly run: Run | undefined }> {
  if (input.id != null) {
    const run = await tx.runs.lockById(input.id)
    const owner = run === undefined ? undefined : await tx.owners.findById(run.ownerId)
    if (run === undefined || owner === undefined || !isAllowed(actor, 'write', owner))
      throw new RegistryError('not_found', 'There is no such run that you may change.')
    return { owner, run }
  }
  if (input.owner == null || input.name == null)
    throw new RegistryError('request_invalid', 'Name a run by project and name, or by id.')
  const owner = await ensureProject(registry, tx, actor, input.owner)
  return { owner, run: await tx.runs.lock(owner.id, input.name) }
}

async function insert(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owner: Owner,
  input: UpsertRunInput,
): Promise<UpsertedRun> {
  const name = input.name ?? ''
  checkRunName(name)
  const time = registry.now()
  const { row, texts } = givenFields(input.fields)
  const run: Run = {
    displayName: name,
    jobType: null,
    group: null,
    program: null,
    host: null,
    commit: null,
    notes: null,
    tags: [],
    ...row,
    id: await tx.settings.nextInteger('run'),
    ownerId: owner.id,
    name,
    state: input.state ?? 'running',
    createdBy: actor.userId,
    createdAt: time,
    heartbeatAt: time,
    exitCode: null,
  }
  try {
    await tx.runs.insert(run, { config: '{}', summary: '{}', ...texts })
  } catch (error) {
    if (!isRegistryError(error, 'already_exists')) throw error
    const theirs = await tx.runs.find(owner.id, name)
    if (theirs === undefined) throw error
    return { owner, run: theirs, inserted: false, historyLines: 0 }
  }
  await recordFact(registry, tx, actor, {
    kind: 'run.created',
    ownerId: owner.id,
    payload: { run: name, jobType: run.jobType },
  })
  return { owner, run, inserted: true, historyLines: 0 }
}
