// Every GraphQL document of the installed clients is one that the server answers, or one that it is
// known not to: a new release of the client shows here what it asks anew.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { createDocuments } from '../../packages/server/src/protocols/wandb/graphql/documents.ts'
import { createSchema } from '../../packages/server/src/protocols/wandb/schema.ts'
import { pythonWith } from '../setup.ts'

const SCRIPT = path.resolve(import.meta.dirname, 'wandb_documents.py')

/** Refused with 400 at once; the client tells its user that the server does not serve it. */
const NOT_SERVED: Readonly<Record<string, readonly string[]>> = {
  'uploads in parts: one large PUT takes their place': ['CompleteMultipartUploadArtifact'],
  'history and console of runs': [
    'HistoryPage',
    'RewindRun',
    'RunConsoleLogPage',
    'RunConsoleLogTail',
    'RunParquetHistory',
    'SampledHistoryPage',
    'StopRun',
  ],
  automations: [
    'CreateAutomation',
    'CreateGenericWebhookIntegration',
    'DeleteAutomation',
    'GetAutomationsLegacy',
    'GetEntityAutomations',
    'GetEntityAutomationsLegacy',
    'GetOrgAutomations',
    'IntegrationsByEntity',
    'NotifyScriptableRunAlert',
    'UpdateAutomation',
  ],
  'sweeps, queues and charts': [
    'CreateCustomChart',
    'CreateDefaultResourceConfig',
    'CreateRunQueue',
    'EnqueueSweepRun',
    'GetAgentRuns',
    'GetSweep',
    'GetSweepAgent',
    'GetSweepAgents',
    'GetSweepLegacy',
    'GetSweeps',
    'SweepConfig',
    'SweepRunsWithHistory',
    'SweepWatchedRuns',
    'UpsertRunQueue',
    'UpsertSweepState',
  ],
}

for (const release of ['wandb', 'wandb-previous'] as const) {
  const python = pythonWith(release)
  test(`the documents of ${release}`, { skip: python.missing }, async () => {
    const { stdout } = await promisify(execFile)(python.path, [SCRIPT], {
      maxBuffer: 64 * 1024 * 1024,
    })
    const prepare = createDocuments(createSchema())
    const served = new Set<string>()
    const refused = new Map<string, string>()
    for (const text of JSON.parse(stdout) as readonly string[]) {
      const prepared = prepare(text)
      if (prepared.kind === 'known') served.add(prepared.known.name)
      else refused.set(prepared.name, prepared.errors[0]?.message ?? '')
    }
    assert.ok(served.size > 40, `only ${served.size} documents were found`)
    const expected = new Set(Object.values(NOT_SERVED).flat())
    const unexpected = [...refused].filter(([name]) => !expected.has(name))
    assert.deepEqual(unexpected, [], 'the client asks it and the server knows nothing of it')
    const answered = [...expected].filter((name) => served.has(name))
    assert.deepEqual(answered, [], 'on the list of what is not served, but answered')
  })
}
