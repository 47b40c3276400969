// npm test: install if needed, format and lint, build with all types, then every unit test.
//   npm test -- FILE…      only those files: no lint, no types, in seconds
//   --suite NAME           clients, faults, planted, web or bench, against the built server
//   --no-skips             a skipped test is a failure; so it is with CI=true
//   --quick                handed to every test file
// The last line says `N passed, N failed, N skipped`; each check before the tests counts as one.

import path from 'node:path'
import { parseArgs } from 'node:util'
import {
  build,
  buildPage,
  bundleServer,
  giveUp,
  install,
  ROOT,
  requireNode,
  run,
  say,
  seconds,
  serverNode,
} from './toolchain.mjs'

requireNode()
const { values, positionals: files } = readArguments()
const tally = { passed: 0, failed: 0, skipped: 0 }
const failedChecks = []

await install()
if (values.suite === undefined && files.length === 0) {
  // A failed check stops nothing: unit tests run from the sources, and are worth seeing too.
  await check('format and lint', lint)
  await check('types and build', () => build('.'))
  await check('server', bundleServer)
  await check('page', buildPage)
  await runTests()
} else if (values.suite === undefined && files.every(runsFromSource)) {
  await runTests()
} else if (await check('build', buildForSuite)) {
  await runTests()
}
// Once more at the end: what a check said stands far above the tests.
if (failedChecks.length > 0) console.log(`\nFailed:\n  ${failedChecks.join('\n  ')}`)
console.log(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`)
process.exit(tally.failed === 0 ? 0 : 1)

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        suite: { type: 'string' },
        'no-skips': { type: 'boolean', default: process.env.CI === 'true' },
        quick: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return giveUp(error.message)
  }
}

/** Counts a step that is not a test; gives whether it passed. */
async function check(name, step) {
  const start = Date.now()
  const passed = (await step()) === 0
  tally[passed ? 'passed' : 'failed']++
  if (!passed) failedChecks.push(name)
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds(start)})`)
  return passed
}

async function buildForSuite() {
  const code = (await build('packages/server', 'packages/cli')) || (await bundleServer())
  const page = values.suite === 'web' || files.some((file) => toRoot(file).startsWith('e2e/web'))
  return code === 0 && page ? buildPage() : code
}

function lint() {
  const biome = path.join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
  return run(serverNode(), [biome, 'check', '--error-on-warnings', '.'])
}

async function runTests() {
  const args = [path.join(ROOT, 'scripts', 'run-tests.ts')]
  if (values.suite !== undefined) args.push('--suite', values.suite)
  if (values['no-skips']) args.push('--no-skips')
  if (values.quick) args.push('--quick')
  let counted = false
  const code = await run(serverNode(), [...args, '--', ...files.map(toRoot)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    onMessage(counts) {
      counted = true
      for (const outcome of Object.keys(tally)) tally[outcome] += counts[outcome]
    },
  })
  if (!counted) {
    say(`The test run ended without a result (exit code ${code}).`)
    tally.failed++
  }
}

function runsFromSource(file) {
  return /^(packages|scripts)\b/.test(toRoot(file))
}

/** npm runs us in the clone's root; a person may have typed the path somewhere below it. */
function toRoot(file) {
  return path.relative(ROOT, path.resolve(process.env.INIT_CWD ?? '.', file))
}
