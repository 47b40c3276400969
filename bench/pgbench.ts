import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import pg from 'pg'
import { openToChange } from '../packages/server/src/commands/open-registry.ts'
import { readConfig, readSurroundings } from '../packages/server/src/config.ts'
import { authenticate } from '../packages/server/src/core/operations/authenticate.ts'
import { promote } from '../packages/server/src/core/operations/promote.ts'
import { query } from '../packages/server/test/postgres.ts'
import { ADMIN_KEY, collectionName, fillRegistry, PROJECT } from './large-registry.ts'

const missing = spawnSync('pgbench', ['--version']).status !== 0
export const skipPgbench = missing && 'pgbench is missing: run "npm run setup -- --anchors"'

/** Promotions a second; NaN without pgbench. */
export type Pgbench = (
  crowd: { readonly clients: number; readonly together?: true },
  milliseconds: number,
) => Promise<number>

/**
 * Fills an empty database with collections of two versions, records what a promotion to and fro
 * says to it, and gives a pgbench that says the same, each client on a collection of its own or all
 * on one.
 */
export async function pgbenchOf(
  t: TestContext,
  url: string,
  { alias, collections }: { readonly alias: string; readonly collections: number },
): Promise<Pgbench> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgbench-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const argv = ['--data', path.join(folder, 'data'), '--database', url]
  const crowded = { versions: 1, tagsEach: 1 }
  await fillRegistry(argv, { collections, versionsEach: 2, tagsEach: 1, crowded })
  if (skipPgbench !== false) return async () => Number.NaN
  const recorded = await recordPromotions(argv, alias)
  await query(
    url,
    `create table bench_collection as
      select row_number() over (order by name) - 1 as client, id, name
      from collection where name <> 'crowded'`,
  )
  await query(url, 'alter table bench_collection add primary key (client)')
  const first = await query(url, 'select id from bench_collection where client = 0')
  const [{ id }] = first as [{ readonly id: string }]
  const { script, variables } = scriptOf(recorded, id)
  const file = path.join(folder, 'promotions.sql')
  writeFileSync(file, script)
  return async ({ clients, together }, milliseconds) => {
    const flags = ['-n', '-M', 'prepared', '-c', String(clients), '-f', file]
    const given = { ...variables, apart: together ? 0 : 1 }
    const defined = Object.entries(given).map(([name, value]) => `-D${name}=${value}`)
    const seconds = String(Math.max(1, Math.round(milliseconds / 1000)))
    const { stdout } = await runPgbench([...flags, '-T', seconds, ...defined, url])
    const [, rate = ''] = /^tps = ([\d.]+) \(without/m.exec(stdout) ?? []
    return Number(rate) * DIRECTIONS.length
  }
}

/** Throws what it says of the first fault, not its arguments of many pages. */
async function runPgbench(args: readonly string[]): Promise<{ readonly stdout: string }> {
  try {
    return await promisify(execFile)('pgbench', args)
  } catch (error) {
    throw new Error(`pgbench: ${String((error as { stderr?: string }).stderr).slice(0, 500)}`)
  }
}

/** A promotion to each version: the second goes back to where the first came from. */
const DIRECTIONS = [1, 0]

interface Said {
  readonly name: string | undefined
  readonly text: string
  readonly values?: readonly unknown[]
}

async function recordPromotions(argv: readonly string[], alias: string): Promise<readonly Said[]> {
  const { config } = readConfig({ ...readSurroundings(argv), environment: {} })
  const { registry, close } = await openToChange(config)
  const admin = await authenticate(registry, ADMIN_KEY)
  const collection = { owner: PROJECT, name: collectionName(0) }
  const move = async (index: number) =>
    promote(registry, admin, { collection, alias, selector: { kind: 'index', index } })
  for (const index of [...DIRECTIONS, ...DIRECTIONS]) await move(index)
  const said = new Map<pg.Client, Said[]>()
  const original = pg.Client.prototype.query
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first, second] = args
    const {
      name,
      text,
      values = [],
    } = (typeof first === 'string' ? { text: first, values: second } : first) as Said
    const mine = said.get(this) ?? []
    said.set(this, mine)
    mine.push({ name, text, values })
    return Reflect.apply(original, this, args)
  } as typeof original
  for (const index of DIRECTIONS) await move(index)
  pg.Client.prototype.query = original
  await close()
  // The sequencer has a connection of its own: it works beside the promotions, for many at once.
  return [...said.values()].find((each) => each.some(({ name }) => name === 'alias.put')) ?? []
}

/** Ours as pgbench takes them; what must be unique or each client's own is put in by its side. */
function scriptOf(recorded: readonly Said[], collectionId: string) {
  const variables: Record<string, string> = { known: '0', cid: '-', cname: '-' }
  const own = new Map<unknown, string>([
    [collectionId, 'cid'],
    [collectionName(0), 'cname'],
  ])
  const lines = [
    '\\if :known = 0',
    '\\set mine :client_id * :apart',
    'select id as cid, name as cname from bench_collection where client = :mine \\gset',
    '\\set known 1',
    '\\endif',
  ]
  for (const [at, { name, text, values = [] }] of recorded.entries()) {
    lines.push('\\set fresh random(1000000, 9000000000000000)')
    const sql = text.replace(
      /\$(\d+)(::(\w+)\[\])?/g,
      (_, number: string, cast = '', type = '') => {
        const value = values[Number(number) - 1]
        const single = Array.isArray(value) && value.length === 1 ? value[0] : value
        const unique = UNIQUE.get(name ?? '')?.includes(Number(number))
        const variable = unique ? 'fresh' : (own.get(single) ?? `v${at}_${number}`)
        if (variable.startsWith('v')) variables[variable] = literalOf(value)
        if (value === null) return 'null'
        if (variable.startsWith('v') || cast === '') return `:${variable}${cast}`
        return `array[:${variable}::${type}]`
      },
    )
    lines.push(`${sql.replace(/\s+/g, ' ')};`)
  }
  return { script: `${lines.join('\n')}\n`, variables }
}

/** Parameters of inserts that no two promotions may share. */
const UNIQUE = new Map([
  ['pointerLog.append', [2, 4]],
  ['event.record', [1]],
])

/** The text form of a value or of a one-dimensional array. */
function literalOf(value: unknown): string {
  if (!Array.isArray(value)) return String(value)
  const quoted = value.map((one) =>
    one === null ? 'NULL' : `"${String(one).replace(/["\\]/g, '\\$&')}"`,
  )
  return `{${quoted.join(',')}}`
}
