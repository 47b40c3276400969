import { checkEntryPath } from '../../core/model/names.ts'
import type { Call } from './call.ts'
import { nodeId } from './node-ids.ts'
import { getRun } from './runs.ts'

export interface RunFilesInput {
  readonly entityName: string
  readonly projectName: string
  readonly runName: string
  readonly files: readonly string[]
}

/** Links by which a run's files are sent, in the order of the request. */
export async function createRunFiles(call: Call, input: RunFilesInput) {
  const { run } = await getRun(call, input)
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
  await getRun(call, input)
  return { success: true }
}
