import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parse as parseToml } from 'smol-toml'

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
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
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
