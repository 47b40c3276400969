import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PLANTED_BUGS as BUGS, type PlantedBug } from './bugs.ts'
import { RIGHTS_BUGS } from './rights-bugs.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PLANTED_BUGS = [...BUGS, ...RIGHTS_BUGS]
const RUN_LIMIT_MILLISECONDS = 120_000
/** What the tests need of the tree. */
const COPIED = [
  'packages/server/src',
  'packages/server/test',
  'packages/server/openapi.json',
  'e2e',
]

/** A suite that passes proves little unless it fails when it should: each bug must be caught. */
describe('planted bugs', { concurrency: 2 }, () => {
  let folder: string
  let caught = 0
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'greenroom-planted-'))
  })
  after(async () => {
    await rm(folder, { recursive: true, force: true })
    console.log(`planted bugs caught: ${caught} of ${PLANTED_BUGS.length}`)
  })

  for (const bug of distinctTests(PLANTED_BUGS))
    test(`without a bug: ${describeTest(bug)}`, async () => {
      const { code, output } = await runTest(await copyTree(folder), bug)
      assert.equal(code, 0, output)
    })

  for (const bug of PLANTED_BUGS)
    test(`caught: ${bug.name}`, async () => {
      const tree = await copyTree(folder)
      const path = join(tree, 'packages/server/src', bug.file)
      const source = await readFile(path, 'utf8')
      assert.equal(source.split(bug.find).length, 2, `${bug.file} no longer says: ${bug.find}`)
      await writeFile(
        path,
        source.replace(bug.find, () => bug.replace),
      )
      const { code, output } = await runTest(tree, bug)
      assert.notEqual(code, 0, `nothing noticed that ${bug.name}`)
      // A tree that does not load would fail too, and prove nothing.
      assert.doesNotMatch(output, /SyntaxError|ERR_MODULE_NOT_FOUND|ERR_INVALID_TYPESCRIPT_SYNTAX/)
      caught += 1
    })
})

async function copyTree(folder: string): Promise<string> {
  const tree = await mkdtemp(join(folder, 'tree-'))
  for (const part of COPIED) await cp(join(ROOT, part), join(tree, part), { recursive: true })
  for (const part of ['package.json', 'packages/server/package.json'])
    await cp(join(ROOT, part), join(tree, part))
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
  return tree
}

function runTest(
  tree: string,
  { test: file, only }: PlantedBug,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const pattern = only === undefined ? [] : [`--test-name-pattern=${only}`]
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env
  const child = spawn(process.execPath, ['--test', '--test-force-exit', ...pattern, file], {
    cwd: tree,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_LIMIT_MILLISECONDS,
    killSignal: 'SIGKILL',
  })
  let output = ''
  child.stdout.on('data', (text) => {
    output += text
  })
  child.stderr.on('data', (text) => {
    output += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

function distinctTests(bugs: readonly PlantedBug[]): readonly PlantedBug[] {
  return [...new Map(bugs.map((bug) => [describeTest(bug), bug])).values()]
}

function describeTest({ test: file, only }: PlantedBug): string {
  return only === undefined ? file : `${file}, ${only}`
}
