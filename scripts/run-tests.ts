// Runs test files under node:test, each in its own process, and says plainly what came of them.
// `scripts/test.mjs` starts this under the pinned Node and gets the counts as a message.

import { existsSync, globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { run } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { inspect, parseArgs } from 'node:util'

interface Suite {
  /** What takes longest first, so that it does not run alone at the end. */
  readonly globs: readonly string[]
  /** Suites that start servers and take times run alone. */
  readonly filesAtOnce: number
  /** A file that has not ended by then left something open, or hangs. */
  readonly maxFileMinutes: number
  /** What its files print is shown when they pass, too: counts, seeds, times. */
  readonly tells?: boolean
}

const SUITES: Readonly<Record<string, Suite>> = {
  unit: {
    globs: [
      'packages/server/test/model/*.test.ts',
      'packages/*/{src,test}/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    filesAtOnce: availableParallelism(),
    maxFileMinutes: 3,
  },
  clients: { globs: ['e2e/clients/**/*.test.ts'], filesAtOnce: 1, maxFileMinutes: 15 },
  // The million operations at full scale take half an hour on two cores, a tenth of it in CI.
  faults: { globs: ['e2e/faults/**/*.test.ts'], filesAtOnce: 1, maxFileMinutes: 90, tells: true },
  planted: { globs: ['e2e/planted/**/*.test.ts'], filesAtOnce: 1, maxFileMinutes: 20, tells: true },
  web: { globs: ['e2e/web/**/*.test.ts'], filesAtOnce: 1, maxFileMinutes: 5, tells: true },
  bench: { globs: ['bench/**/*.bench.ts'], filesAtOnce: 1, maxFileMinutes: 20, tells: true },
}

interface Outcome {
  passed: number
  failed: number
  skipped: number
  /** One line each, for the list at the end. */
  readonly failures: string[]
  readonly skips: string[]
  /** What the file printed, and its failures in full: shown only when something failed. */
  output: string
}

const FIXED_SEED = new URL('fixed-seed.ts', import.meta.url).href

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: 'string', default: 'unit' },
    'no-skips': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
})
const suite = SUITES[values.suite]
if (suite === undefined) {
  console.error(`No suite "${values.suite}"; there are: ${Object.keys(SUITES).join(', ')}.`)
  process.exit(1)
}
// Each file compiles the same sources once more. (The suites that start built servers do not.)
if (values.suite === 'unit') process.env.NODE_COMPILE_CACHE ??= path.resolve('.cache', 'compile')
const total = emptyOutcome()
const open = new Set<string>()
// Whoever ends a suite that hangs wants to know where it was.
process.once('SIGTERM', () => {
  for (const file of open) fail(total, `${file}: was running when the suite was ended`)
  report(total)
  process.exit(1)
})
await runAll(suite, positionals)
report(total)
process.send?.({ passed: total.passed, failed: total.failed, skipped: total.skipped })
process.exitCode = total.failed === 0 ? 0 : 1

function emptyOutcome(): Outcome {
  return { passed: 0, failed: 0, skipped: 0, failures: [], skips: [], output: '' }
}

async function runAll(suite: Suite, only: readonly string[]): Promise<void> {
  const all = [...new Set(suite.globs.flatMap((glob) => globSync(glob).sort()))]
  const files = only.length > 0 ? only.flatMap((name) => filesNamed(name, all)) : all
  if (files.length === 0) {
    fail(total, `no test file matches ${suite.globs.join(' or ')}`)
  }
  const worker = async () => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      open.add(file)
      add(total, file, await runFile(file, suite.maxFileMinutes))
      open.delete(file)
    }
  }
  await Promise.all(Array.from({ length: suite.filesAtOnce }, worker))
}

/** A path, or what a file's name begins with: `b1` is `bench/b1-resolve.bench.ts`. */
function filesNamed(name: string, all: readonly string[]): readonly string[] {
  if (existsSync(name)) return [name]
  const named = all.filter((file) => path.basename(file).startsWith(`${name}-`))
  return named.length > 0 ? named : [name]
}

async function runFile(file: string, maxMinutes: number): Promise<Outcome> {
  const outcome = emptyOutcome()
  const running = new Map<number, string>()
  const start = Date.now()
  const events = run({
    files: [path.resolve(file)],
    signal: AbortSignal.timeout(maxMinutes * 60_000),
    argv: values.quick ? ['--quick'] : [],
    execArgv: process.env.CI === 'true' ? ['--import', FIXED_SEED] : [],
  })
  for await (const event of events as AsyncIterable<TestEvent>) record(outcome, event, running)
  const seconds = ((Date.now() - start) / 1000).toFixed(1)
  const counts = `${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`
  console.log(`${outcome.failed === 0 ? 'ok    ' : 'FAILED'} ${file}: ${counts} (${seconds} s)`)
  if (outcome.failed > 0 || suite?.tells === true) console.log(outcome.output)
  return outcome
}

function record(outcome: Outcome, event: TestEvent, running: Map<number, string>): void {
  if (event.type === 'test:stdout' || event.type === 'test:stderr') {
    outcome.output += event.data.message
  } else if (event.type === 'test:dequeue') {
    running.set(event.data.testId, event.data.name)
  } else if (event.type === 'test:complete') {
    running.delete(event.data.testId)
  } else if (event.type === 'test:pass') {
    recordPass(outcome, event.data)
  } else if (event.type === 'test:fail') {
    recordFailure(outcome, event.data, running)
  }
}

type Passed = Extract<TestEvent, { type: 'test:pass' }>['data']
type Failed = Extract<TestEvent, { type: 'test:fail' }>['data']

function recordPass(outcome: Outcome, test: Passed): void {
  const without = test.skip ?? test.todo
  if (without !== undefined && without !== false) {
    outcome.skipped++
    outcome.skips.push(`${test.name}: ${without === true ? 'no reason given' : without}`)
  } else if (test.name === test.file) {
    // Node reports a file without a single test as one test that passed.
    fail(outcome, 'the file holds no test')
  } else if (test.details.type !== 'suite') {
    outcome.passed++
  }
}

function recordFailure(outcome: Outcome, test: Failed, running: Map<number, string>): void {
  const error = test.details.error as Error & { failureType?: string; exitCode?: number | null }
  if (error.failureType === 'testAborted') {
    const open = [...running.values()].filter((name) => name !== test.name)
    const where = open.length > 0 ? `in: ${open.join(', ')}` : 'after its last test'
    fail(outcome, `the file did not end in time and was killed; it was ${where}`)
  } else if (test.name === test.file) {
    fail(outcome, `the file ended with exit code ${error.exitCode}`)
  } else if (error.failureType !== 'subtestsFailed') {
    // Otherwise its parts failed, and they have been counted.
    fail(outcome, test.name, explain(error.cause ?? error))
  }
}

/** With the chain of causes, but without the fields that the message has told already. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error)
  const text = (error.stack ?? error.message).replace(/\n +at [^\n]*\(?node:internal.*/g, '')
  return error.cause === undefined ? text : `${text}\ncaused by ${explain(error.cause)}`
}

function fail(outcome: Outcome, what: string, detail = ''): void {
  outcome.failed++
  outcome.failures.push(what)
  outcome.output += `  ✗ ${`${what}\n${detail}`.trimEnd().replaceAll('\n', '\n    ')}\n`
}

function add(total: Outcome, file: string, outcome: Outcome): void {
  total.passed += outcome.passed
  total.failed += outcome.failed
  total.skipped += outcome.skipped
  total.failures.push(...outcome.failures.map((failure) => `${file}: ${failure}`))
  total.skips.push(...outcome.skips.map((skip) => `${file}: ${skip}`))
}

/** Skips are said loudly: what did not run is not known to work. */
function report(total: Outcome): void {
  if (total.skips.length > 0) {
    console.log(`\nSkipped:\n${total.skips.map((skip) => `  ${skip}`).join('\n')}`)
  }
  if (values['no-skips'] && total.skipped > 0) {
    const mend = 'Here a skip is a failure: run "npm run setup" and mend what it says is missing.'
    total.failures.push(mend)
    total.failed += total.skipped
    total.skipped = 0
  }
  if (total.failures.length > 0) {
    console.log(`\nFailed:\n${total.failures.map((failure) => `  ${failure}`).join('\n')}`)
  }
}
