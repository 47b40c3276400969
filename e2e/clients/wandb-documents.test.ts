// Every GraphQL document of the installed clients is one that the server answers, or one that it is
// known not to: a new release of the client shows here what it asks anew.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { createDocuments } from '../../packages/server/src/protocols/wandb/graphql/documents.ts'
import { createSchema } from '../../packages/server/src/protocols/wandb/schema.ts'
import { pythonWith, ROOT } from '../setup.ts'

const SCRIPT = path.resolve(import.meta.dirname, 'wandb_documents.py')

/**
 * Refused with 400 at once: the client tells its user that the server does not serve it.
 * Automations come with webhooks; the rest is outside of what a registry is.
 */
const NOT_SERVED: Readonly<Record<string, readonly string[]>> = {
  automations: [
    'CreateAutomation',
    'CreateGenericWebhookIntegration',
    'DeleteAutomation',
    'GetAutomationsLegacy',
    'GetEntityAutomations',
    'GetEntityAutomationsLegacy',
    'GetOrgAutomations',
    'IntegrationsByEntity',
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

/** What the table of the page says: who serves an operation, and what tests it. */
interface Row {
  readonly operations: readonly string[]
  readonly servedBy: readonly string[]
  readonly testedBy: readonly string[]
}

const PAGE = path.join(ROOT, 'docs', 'protocols', 'wandb.md')
const SERVER = path.join(ROOT, 'packages', 'server', 'src')

function readTable(): readonly Row[] {
  const [, section = ''] = readFileSync(PAGE, 'utf8').split('## Operations')
  const quoted = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
  return section
    .split('\n## ')[0]
    ?.split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| operation '))
    .map((line) => {
      const [, operations, servedBy, testedBy] = line.split('|')
      return {
        operations: quoted(operations).filter((name) => /^[A-Z]\w+$/.test(name)),
        // Operations and files, not fields or paths.
        servedBy: quoted(servedBy).filter((name) => /^[a-z]+(-[a-z]+)*(-[a-z]+|\.ts)$/.test(name)),
        testedBy: quoted(testedBy),
      }
    }) as readonly Row[]
}

test('whatever the table of operations names is there', () => {
  for (const { operations, servedBy, testedBy } of readTable()) {
    for (const name of servedBy) {
      const places = [`core/operations/${name}.ts`, `protocols/wandb/${name}`]
      const isThere = places.some((place) => existsSync(path.join(SERVER, place)))
      assert.ok(isThere, `${operations}: nothing is called ${name}`)
    }
    assert.ok(testedBy.length > 0 || operations.length === 0, `${operations} is not tested`)
    for (const name of testedBy) {
      const unit = path.join(SERVER, 'protocols', 'wandb', `${name}.test.ts`)
      const script = path.join(import.meta.dirname, name)
      assert.ok(existsSync(unit) || existsSync(script), `${operations}: there is no test ${name}`)
    }
  }
})

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
    const listed = readTable().flatMap(({ operations }) => operations)
    assert.deepEqual(listed.toSorted(), [...new Set(listed)].toSorted(), 'a row too many')
    assert.deepEqual(
      [...served].filter((name) => !listed.includes(name)),
      [],
      'not in the table',
    )
    if (release === 'wandb')
      assert.deepEqual(
        listed.filter((name) => !served.has(name)),
        [],
        'only in the table',
      )
  })
}
