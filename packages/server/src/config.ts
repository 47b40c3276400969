import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parse as parseToml } from 'smol-toml'
import { BLOB_GRACE_SECONDS, DEFAULT_REQUESTS_PER_MINUTE } from './core/limits.ts'

/** What is in force, checked as a whole and frozen. Nobody else reads the environment. */
export interface Config {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Absolute path. */
  readonly dataFolder: string
  /** `postgres://…`, or null: SQLite in the data folder. */
  readonly databaseUrl: string | null
  /** Without `/` at its end, or null: from host and port. */
  readonly publicUrl: string | null
  /** Names beside the public URL's and the machine's own under which it answers; lower case. */
  readonly allowedHosts: readonly string[]
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[]
  /** Requests a minute of one token; 0 for no limit. */
  readonly requestsPerMinute: number
  /** How long a blob stays after nothing needs it any more. */
  readonly garbageGraceSeconds: number
  /** The key that the user `admin` gets, or null: a fresh one at the first start. */
  readonly adminKey: string | null
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
const LOG_FORMATS = ['pretty', 'json'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]

/** One line of `greenroom config`; a secret's value is hidden. */
export interface InForce {
  readonly name: string
  readonly value: string
  /** Where it came from, for people: `--port`, `GREENROOM_PORT`, a file's path, `default`. */
  readonly source: string
}

export interface Surroundings {
  /** Flags, after the command's name. */
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingFolder: string
  /** Whether people read the output. */
  readonly terminal: boolean
}

export function readSurroundings(argv: readonly string[]): Surroundings {
  return {
    argv,
    environment: process.env,
    workingFolder: process.cwd(),
    terminal: process.stdout.isTTY === true,
  }
}

/** A configuration that cannot be used. Its message has one line a fault, each with its mend. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

// The flag, which is also the key in the file, and the names in the environment, first one first.
const NAMES = {
  host: ['GREENROOM_HOST'],
  port: ['GREENROOM_PORT', 'PORT'],
  data: ['GREENROOM_DATA'],
  database: ['GREENROOM_DATABASE_URL', 'DATABASE_URL'],
  blobs: ['GREENROOM_BLOBS_URL'],
  'public-url': ['GREENROOM_PUBLIC_URL'],
  'allowed-hosts': ['GREENROOM_ALLOWED_HOSTS'],
  'trusted-proxies': ['GREENROOM_TRUSTED_PROXIES'],
  'rate-limit': ['GREENROOM_RATE_LIMIT'],
  'garbage-grace': ['GREENROOM_GARBAGE_GRACE'],
  // No flag and no key in a file for the key itself: both are seen by others.
  'admin-key': ['GREENROOM_ADMIN_KEY'],
  'admin-key-file': ['GREENROOM_ADMIN_KEY_FILE'],
  'log-level': ['GREENROOM_LOG_LEVEL'],
  'log-format': ['GREENROOM_LOG_FORMAT'],
  config: ['GREENROOM_CONFIG'],
} as const satisfies Record<string, readonly string[]>
type Name = keyof typeof NAMES

const FLAGS = (Object.keys(NAMES) as Name[]).filter((name) => name !== 'admin-key')
const FILE_KEYS = FLAGS.filter((name) => name !== 'config')
/** The SDK's own: one shell often holds both. */
const IGNORED_VARIABLES = ['GREENROOM_URL', 'GREENROOM_API_KEY']
const DEFAULT_FILE = 'greenroom.toml'
const DEFAULT_DATA_FOLDER = 'greenroom-data'

/** A value as it was written, and the folder from which a relative path in it starts. */
interface Given {
  readonly text: string
  readonly source: string
  readonly folder: string
}
type Layer = ReadonlyMap<Name, Given>

/**
 * Flag, then environment, then file, then default. Throws `ConfigError` that names every fault.
 */
export function readConfig(surroundings: Surroundings): {
  readonly config: Config
  readonly inForce: readonly InForce[]
} {
  const faults: string[] = []
  const outside = new Map([
    ...readEnvironment(surroundings, faults),
    ...readFlags(surroundings, faults),
  ])
  const layer = new Map([...readFile(surroundings, outside, faults), ...outside])
  const inForce: InForce[] = []

  /** Reads one setting; a fault gives `fallback`, since the whole is refused at the end anyway. */
  function take<Value>(
    name: Name,
    fallback: Value,
    parse: (text: string, folder: string) => Value,
    show: (value: Value) => string = (value) => String(value ?? 'none'),
  ): Value {
    const given = layer.get(name)
    try {
      const value = given === undefined ? fallback : parse(given.text, given.folder)
      inForce.push({ name, value: show(value), source: given?.source ?? 'default' })
      return value
    } catch (error) {
      faults.push(`${given?.source}: ${(error as Error).message}`)
      return fallback
    }
  }

  const config: Config = {
    host: take('host', '127.0.0.1', (text) => text),
    port: take('port', 4747, parsePort),
    dataFolder: take('data', resolve(surroundings.workingFolder, DEFAULT_DATA_FOLDER), absolute),
    databaseUrl: take<string | null>('database', null, parseDatabaseUrl, showUrl),
    publicUrl: take<string | null>('public-url', null, parsePublicUrl),
    allowedHosts: take<readonly string[]>('allowed-hosts', [], listOf(parseHostName), showList),
    trustedProxies: take<readonly string[]>('trusted-proxies', [], listOf(parseNetwork), showList),
    requestsPerMinute: take('rate-limit', DEFAULT_REQUESTS_PER_MINUTE, parseRateLimit),
    garbageGraceSeconds: take('garbage-grace', BLOB_GRACE_SECONDS, parseTimeSpan, showSeconds),
    adminKey: outside.has('admin-key')
      ? take<string | null>('admin-key', null, (text) => text.trim(), showSecret)
      : take<string | null>('admin-key-file', null, readKeyFile, showSecret),
    logLevel: take('log-level', 'info', oneOf(LOG_LEVELS)),
    logFormat: take('log-format', surroundings.terminal ? 'pretty' : 'json', oneOf(LOG_FORMATS)),
  }
  take('blobs', 'the data folder', refuseBlobs)
  if (outside.has('admin-key') && outside.has('admin-key-file'))
    faults.push('Both an admin key and a file with one are given. Give one of them.')
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return { config: Object.freeze(config), inForce }
}

// ---------- where values come from ----------

function readFlags({ argv, workingFolder }: Surroundings, faults: string[]): Layer {
  const layer = new Map<Name, Given>()
  const options = Object.fromEntries(FLAGS.map((flag) => [flag, { type: 'string' as const }]))
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind === 'positional') faults.push(`"${token.value}" is not a flag.`)
    if (token.kind !== 'option') continue
    const flag = FLAGS.find((name) => name === token.name)
    if (flag === undefined)
      faults.push(
        unknownName(
          token.rawName,
          FLAGS.map((name) => `--${name}`),
        ),
      )
    else if (token.value === undefined) faults.push(`--${flag} needs a value.`)
    else layer.set(flag, { text: token.value, source: `--${flag}`, folder: workingFolder })
  }
  return layer
}

function readEnvironment({ environment, workingFolder }: Surroundings, faults: string[]): Layer {
  const layer = new Map<Name, Given>()
  const known = [...Object.values(NAMES).flat(), ...IGNORED_VARIABLES] as string[]
  for (const name of Object.keys(environment))
    if (name.startsWith('GREENROOM_') && !known.includes(name))
      faults.push(unknownName(name, known))
  for (const name of Object.keys(NAMES) as Name[]) {
    // Set but empty is not set: that is how shells and compose files switch a variable off.
    const source = NAMES[name].find((variable) => (environment[variable] ?? '') !== '')
    const text = source === undefined ? undefined : environment[source]
    if (source !== undefined && text !== undefined)
      layer.set(name, { text, source, folder: workingFolder })
  }
  return layer
}

/** The file that was named, which must be there, or `greenroom.toml` of the data folder. */
function readFile({ workingFolder }: Surroundings, outside: Layer, faults: string[]): Layer {
  const layer = new Map<Name, Given>()
  const named = outside.get('config')
  const dataFolder = resolve(workingFolder, outside.get('data')?.text ?? DEFAULT_DATA_FOLDER)
  const path =
    named === undefined ? join(dataFolder, DEFAULT_FILE) : resolve(named.folder, named.text)
  let table: Record<string, unknown>
  try {
    table = parseToml(readFileSync(path, 'utf8'))
  } catch (error) {
    // Where the data folder is no folder, the start says so itself.
    const absent = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
    if (!absent || named !== undefined) faults.push(`${path}: ${(error as Error).message}`)
    return layer
  }
  for (const [key, value] of Object.entries(table)) {
    const name = FILE_KEYS.find((known) => known === key)
    if (name === undefined) faults.push(`${path}: ${unknownName(key, FILE_KEYS)}`)
    else if (name === 'data' && named === undefined)
      faults.push(`${path}: "data" cannot be set in a file that lies in the data folder.`)
    else if (typeof value !== 'string' && typeof value !== 'number')
      faults.push(`${path}: "${key}" must be a text or a number.`)
    else layer.set(name, { text: String(value), source: path, folder: dirname(path) })
  }
  return layer
}

// ---------- what values mean ----------

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new Error(`"${text}" is not a port; use a number from 0 (any free one) to 65535.`)
}

function absolute(text: string, folder: string): string {
  return resolve(folder, text)
}

function parseDatabaseUrl(text: string): string {
  if (/^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  // The text may hold a password, so it is not repeated.
  throw new Error('this is not a postgres:// URL. Leave it out for SQLite in the data folder.')
}

function parsePublicUrl(text: string): string {
  const url = URL.parse(text)
  const web = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (url === null || !web || url.search !== '' || url.hash !== '' || url.username !== '')
    throw new Error(`"${text}" is not an address such as https://models.example.com`)
  return url.href.replace(/\/+$/, '')
}

/** Separated by commas. */
function listOf(parse: (text: string) => string): (text: string) => readonly string[] {
  return (text) => text.split(',').map((item) => parse(item.trim()))
}

function parseHostName(text: string): string {
  if (/^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text)) return text.toLowerCase()
  throw new Error(`"${text}" is not the name of a host such as models.example.com (no port).`)
}

function parseNetwork(text: string): string {
  const [address = '', bits] = text.split('/')
  const most = isIP(address) === 6 ? 128 : 32
  if (
    isIP(address) !== 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  )
    return text
  throw new Error(`"${text}" is not an address or a network such as 10.0.0.0/8.`)
}

function parseRateLimit(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`"${text}" is not a number of requests a minute; 0 is no limit.`)
}

const SECONDS_OF = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** `90s`, `15m`, `1h`, `7d` or `0` as seconds. Throws an `Error` with a sentence. */
export function parseTimeSpan(text: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? []
  if (digits === undefined || (unit === '' && digits !== '0'))
    throw new Error(`"${text}" is not a time such as 90s, 15m, 1h or 7d.`)
  return Number(digits) * SECONDS_OF[(unit || 's') as keyof typeof SECONDS_OF]
}

function readKeyFile(text: string, folder: string): string {
  const key = readFileSync(resolve(folder, text), 'utf8').trim()
  if (key === '') throw new Error(`the file ${text} is empty; write the key into it.`)
  return key
}

function oneOf<Value extends string>(values: readonly Value[]): (text: string) => Value {
  return (text) => {
    const value = values.find((known) => known === text)
    if (value === undefined) throw new Error(`"${text}" is none of ${values.join(', ')}.`)
    return value
  }
}

function refuseBlobs(): string {
  throw new Error('this version keeps blobs in the data folder only. Leave it out.')
}

// ---------- how values are shown ----------

function showList(items: readonly string[]): string {
  return items.join(', ') || 'none'
}

function showSeconds(seconds: number): string {
  return `${seconds}s`
}

function showSecret(value: string | null): string {
  return value === null ? 'none' : '(hidden)'
}

function showUrl(value: string | null): string {
  if (value === null) return 'SQLite in the data folder'
  const url = new URL(value)
  if (url.password !== '') url.password = 'hidden'
  // `?password=` is PostgreSQL's other way to say it.
  for (const name of url.searchParams.keys())
    if (name.includes('password')) url.searchParams.set(name, 'hidden')
  return url.href
}

function unknownName(name: string, known: readonly string[]): string {
  const [nearest = ''] = known.toSorted((a, b) => distance(name, a) - distance(name, b))
  return `${name} is not a setting. Did you mean ${nearest}?`
}

/** Levenshtein distance: how many letters must be changed, added or dropped. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
