import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import { checkRunName } from '../model/names.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import { isSilentAt, type Run, type RunState } from '../model/run.ts'
import type { Micros } from '../model/time.ts'
import type { Registry, Tx } from '../registry.ts'
import { recordFact } from './steps/facts.ts'
import { ensureProject, ownerNotFound } from './steps/owners.ts'
import { checkRunFields, givenFields, mergeTexts, type RunFields } from './steps/run-fields.ts'
import { lockRunOf, noRun, type OwnedRun } from './steps/runs.ts'
import { copyHistory } from './steps/write-history.ts'

export interface UpsertRunInput {
  /** A run by its id: update only. Wins over the name. */
  readonly id?: number | null
  readonly owner?: OwnerRef | null
  readonly name?: string | null
  readonly fields: RunFields
  /** One of several processes that write the run together tells what it knows: kept is both. */
  readonly isPart?: boolean
  readonly state?: RunState | null
  /** A new run begins with the history of another of its project, up to a step. */
  readonly fork?: { readonly run: string; readonly step: number } | null | undefined
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
    const now = registry.now()
    const resumes = input.name != null && hasEnded(before, now)
    const { row, texts } = givenFields(input.fields)
    const run: Run = {
      ...{ ...before, ...row, heartbeatAt: now },
      state: input.state ?? (resumes ? 'running' : before.state),
      exitCode: resumes ? null : before.exitCode,
    }
    await tx.runs.update(run)
    await tx.runs.putTexts(
      run.id,
      input.isPart === true ? await mergeTexts(tx, run.id, texts) : texts,
    )
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

/** One that was stopped goes on until its program says so, or falls silent. */
function hasEnded(run: Run, now: Micros): boolean {
  if (run.state === 'killed') return run.exitCode !== null || isSilentAt(run, now)
  return !['running', 'pending', 'preempting'].includes(run.state)
}

async function findTarget(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  input: UpsertRunInput,
): Promise<{ readonly owner: Owner; readonly run: Run | undefined }> {
  if (input.id != null) return lockRunOf(tx, actor, { id: input.id })
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
  // A project that ends takes its runs with it: none may come behind it.
  if (!(await tx.owners.keep(owner.id))) throw ownerNotFound(owner)
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
  // Throws where another was quicker; the store then runs the work again, which finds theirs.
  await tx.runs.insert(run, { config: '{}', summary: '{}', ...texts })
  await recordFact(registry, tx, actor, {
    kind: 'run.created',
    ownerId: owner.id,
    payload: { run: name, jobType: run.jobType },
  })
  return { owner, run, inserted: true, historyLines: await fork(tx, run, input) }
}

async function fork(tx: Tx, run: Run, input: UpsertRunInput): Promise<number> {
  if (input.fork == null) return 0
  const parent = (await tx.runs.find(run.ownerId, input.fork.run)) ?? noRun(input.fork.run)
  return copyHistory(tx, { runId: parent.id, step: input.fork.step }, run.id)
}
