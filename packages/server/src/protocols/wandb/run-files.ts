import { checkEntryPath } from '../../core/model/names.ts'
import { getRunToChange } from '../../core/operations/get-run-to-change.ts'
import { ownerNamed } from './accounts.ts'
import type { Call } from './call.ts'
import { nodeId } from './node-ids.ts'

export interface RunFilesInput {
  readonly entityName: string
  readonly projectName: string
  readonly runName: string
  readonly files: readonly string[]
}

/** Links by which a run's files are sent, in the order of the request. */
export async function createRunFiles(call: Call, input: RunFilesInput) {
  const { run } = await runOf(call, input)
  for (const name of input.files) checkEntryPath(name)
  return {
    runID: nodeId('Run', run.id),
    uploadHeaders: [],
    files: input.files.map((name) => ({
      name,
      uploadUrl: call.app.links.url(
        { kind: 'upload-run-file', runId: run.id, name },
        `runs/${run.id}`,
      ),
    })),
  }
}

/** A run's file counts as uploaded when its bytes are here: nothing is left to record. */
export async function markRunFilesUploaded(call: Call, input: RunFilesInput) {
  await runOf(call, input)
  return { success: true }
}

async function runOf(call: Call, { entityName, projectName, runName }: RunFilesInput) {
  const owner = await ownerNamed(call, entityName, projectName)
  return getRunToChange(call.app.registry, call.actor, { run: { owner, name: runName } })
}
