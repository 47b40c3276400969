import { RegistryError } from '../../core/errors.ts'
import type { RunState } from '../../core/model/run.ts'
import { changeRun } from '../../core/operations/change-run.ts'
import { deleteRun as deleteRunOf } from '../../core/operations/delete-run.ts'
import { getRunToChange } from '../../core/operations/get-run-to-change.ts'
import { removeRunFiles } from '../../core/operations/remove-run-files.ts'
import { rewindRun as rewind } from '../../core/operations/rewind-run.ts'
import { stopRun as stop } from '../../core/operations/stop-run.ts'
import { ownerNamed } from './accounts.ts'
import { orNull } from './answers.ts'
import type { Call } from './call.ts'
import { readIntegerId, readNodeId } from './node-ids.ts'
import type { RunSource } from './runs.ts'

/** A run that is gone already is deleted, as the client expects. */
export async function deleteRun(
  call: Call,
  input: { readonly id: string; readonly deleteArtifacts?: boolean },
) {
  const run = { id: readIntegerId('Run', input.id) }
  const withVersions = input.deleteArtifacts === true
  await orNull(deleteRunOf(call.app.registry, call.actor, { run, withVersions }))
  return { clientMutationId: null }
}

export async function stopRun(call: Call, input: { readonly id: string }) {
  await stop(call.app.registry, call.actor, { run: { id: readIntegerId('Run', input.id) } })
  return { success: true }
}

/** What the client may make of a run: it waits again, or counts as failed. */
const STATES: ReadonlySet<string> = new Set<RunState>(['pending', 'failed'])

export async function updateRunState(
  call: Call,
  input: { readonly id: string; readonly state: string },
) {
  if (!STATES.has(input.state))
    throw new RegistryError('request_invalid', 'A run is set to "pending" or "failed".')
  await changeRun(call.app.registry, call.actor, {
    run: { id: readIntegerId('Run', input.id) },
    fields: {},
    state: input.state as RunState,
  })
  return { success: true }
}

export interface RewindRunInput {
  readonly runName: string
  readonly entityName?: string
  readonly projectName?: string
  readonly metricName: string
  readonly metricValue: number
}

export async function rewindRun(call: Call, input: RewindRunInput) {
  if (input.metricName !== '_step' || !Number.isSafeInteger(input.metricValue))
    throw new RegistryError('request_invalid', 'A run is rewound to a whole "_step" only.')
  const owner = await ownerNamed(call, input.entityName, input.projectName ?? '')
  const rewound = await rewind(call.app.registry, call.actor, {
    run: { owner, name: input.runName },
    step: input.metricValue,
  })
  call.runs.forget()
  call.runTexts.forget()
  const source: RunSource = { type: 'Run', owner: rewound.owner, run: rewound.run, view: null }
  return { rewoundRun: source }
}

export interface AlertInput {
  readonly entityName: string
  readonly projectName: string
  readonly runName: string
}

/** Nobody is told: the client's alerts have no reader here. The run must be there. */
export async function notifyAlert(call: Call, input: AlertInput) {
  const owner = await ownerNamed(call, input.entityName, input.projectName)
  const run = { owner, name: input.runName }
  await getRunToChange(call.app.registry, call.actor, { run })
  return { success: true }
}

export async function deleteFiles(call: Call, input: { readonly files: readonly string[] }) {
  const names = new Map<number, string[]>()
  for (const id of input.files) {
    const [, run = '', name = ''] = /^([0-9]{1,15}):(.*)$/s.exec(readNodeId('File', id)) ?? []
    if (run === '')
      throw new RegistryError('request_invalid', "A version's files go with it, none before.")
    names.set(Number(run), [...(names.get(Number(run)) ?? []), name])
  }
  const files = [...names].map(([id, ofRun]) => ({ run: { id }, names: ofRun }))
  await removeRunFiles(call.app.registry, call.actor, { files })
  return { success: true }
}
