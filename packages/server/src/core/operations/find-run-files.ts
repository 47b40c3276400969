import type { Actor } from '../model/actor.ts'
import type { RunFile } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { getRunOf, type RunRef } from './steps/runs.ts'

/** Of these names the files that a run saved. Throws `owner_not_found`, `not_found`. */
export async function findRunFiles(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunRef; readonly names: readonly string[] },
): Promise<readonly RunFile[]> {
  return registry.metadata.read(async (tx) => {
    const { run } = await getRunOf(tx, actor, input.run, 'download')
    const files: RunFile[] = []
    for (const name of new Set(input.names)) {
      const file = await tx.runFiles.find(run.id, name)
      if (file !== undefined) files.push(file)
    }
    return files
  })
}
