import type { Actor } from '../model/actor.ts'
import type { MetricKey } from '../model/run.ts'
import type { Registry, Tx } from '../registry.ts'
import { lockRunOf, type OwnedRun, type RunRef } from './steps/runs.ts'
import { countLinesTo, relearnHistory } from './steps/write-history.ts'

/**
 * Takes a run back to a step: what its history says of later ones is removed, its summary is that
 * of the step, and it runs again.
 *
 * Throws `owner_not_found`, `not_found`, `forbidden`, `too_large`.
 */
export async function rewindRun(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunRef; readonly step: number },
): Promise<OwnedRun & { readonly historyLines: number }> {
  return registry.metadata.transaction(async (tx) => {
    const { owner, run } = await lockRunOf(tx, actor, input.run)
    const kept = await countLinesTo(tx, run.id, input.step)
    if (kept < (await tx.runLines.count(run.id, 'history'))) await cutFrom(tx, run.id, kept)
    const rewound = {
      ...run,
      state: 'running',
      exitCode: null,
      heartbeatAt: registry.now(),
    } as const
    await tx.runs.update(rewound)
    return { owner, run: rewound, historyLines: await tx.runLines.count(run.id, 'history') }
  })
}

async function cutFrom(tx: Tx, runId: number, line: number): Promise<void> {
  await tx.runLines.cut(runId, 'history', line)
  await relearnHistory(tx, runId, line)
  const summary: Record<string, unknown> = {}
  for (let after = ''; ; ) {
    const page: readonly MetricKey[] = await tx.runMetrics.keys({ runId, after, limit: 1_000 })
    for (const { key, last } of page) if (last !== null) summary[key] = JSON.parse(last)
    const end = page.at(-1)
    if (end === undefined) break
    after = end.key
  }
  await tx.runs.putTexts(runId, { summary: JSON.stringify(summary) })
}
