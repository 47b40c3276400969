import type { Actor } from '../model/actor.ts'
import type { RunState } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { checkRunFields, givenFields, type RunFields } from './steps/run-fields.ts'
import { lockRunOf, type OwnedRun, type RunTarget } from './steps/runs.ts'

/**
 * Changes what a run says of itself: what is given replaces what was there, whole.
 *
 * Throws `owner_not_found`, `not_found`, `forbidden`, `name_invalid`, `too_large`.
 */
export async function changeRun(
  registry: Registry,
  actor: Actor,
  input: {
    readonly run: RunTarget
    readonly fields: RunFields
    readonly state?: RunState | undefined
  },
): Promise<OwnedRun> {
  checkRunFields(input.fields)
  return registry.metadata.transaction(async (tx) => {
    const { owner, run } = await lockRunOf(tx, actor, input.run)
    const { row, texts } = givenFields(input.fields)
    const state = input.state ?? run.state
    const changed = { ...run, ...row, state, heartbeatAt: registry.now() }
    await tx.runs.update(changed)
    await tx.runs.putTexts(run.id, texts)
    return { owner, run: changed }
  })
}
