import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callerOf, type RestCaller } from '../e2e/rest.ts'
import { startServer } from '../e2e/server.ts'
import { CROWDED, collectionName, LARGE, largeRegistry, SMALL } from './large-registry.ts'
import { filledMlflow, MLFLOW_API, skipMlflow, startMlflow } from './mlflow.ts'
import { ratios, report, show, tableOf } from './report.ts'

const QUICK = process.argv.includes('--quick')
const SIZE = QUICK ? SMALL : LARGE
const [ROUNDS, TIMES] = QUICK ? [1, 20] : [5, 100]
/** A search of MLflow may take a second. */
const MLFLOW_TIMES = 5
const PAGE = 50
const PROJECT = '/projects/admin/bench/collections'
const VERSIONS = `${PROJECT}/${CROWDED}/versions`

interface Search {
  readonly name: string
  readonly path: string
  /** How many a client finds on its first full page. */
  readonly finds: number
  /** The nearest that MLflow has; it cannot sort by a metric. */
  readonly mlflow: string
}

const NEEDLE = collectionName(Math.floor(SIZE.collections * 0.7)).slice(6, 13)

const SEARCHES: readonly Search[] = [
  {
    name: 'versions by a metric, the highest first (MLflow: by when they changed)',
    path: `${VERSIONS}?sort=-metadata.accuracy&limit=${PAGE}`,
    finds: PAGE,
    mlflow: versionSearch(`name = '${CROWDED}'`),
  },
  {
    name: 'versions with a tag',
    path: `${VERSIONS}?filter=tag:eq:tag-7&limit=${PAGE}`,
    finds: PAGE,
    mlflow: versionSearch(`name = '${CROWDED}' AND tags.\`tag-7\` = 'yes'`),
  },
  {
    name: 'collections whose name has a common word',
    path: `${PROJECT}?contains=birch&limit=${PAGE}`,
    finds: Math.min(PAGE, Math.ceil((SIZE.collections - 4) / 16)),
    mlflow: modelSearch(`name LIKE '%birch%'`),
  },
  {
    name: 'collections whose name has a rare word',
    path: `${PROJECT}?contains=${NEEDLE}&limit=${PAGE}`,
    finds: 1,
    mlflow: modelSearch(`name LIKE '%${NEEDLE}%'`),
  },
]

test('B7: list and search', async (t) => {
  const dataFolder = await largeRegistry(t, SIZE)
  const server = await startServer(t, { dataFolder })
  server.process.stdout?.removeAllListeners('data').resume()
  const call = callerOf(server.url, server.adminKey)
  const mlflow =
    skipMlflow === false ? await startMlflow(t, await filledMlflow(t, SIZE)) : undefined
  const rows: string[][] = []
  for (const search of SEARCHES) {
    const ours: Times[] = []
    const theirs: Times[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const mine = await timesOf(TIMES, () => searchHere(call, search))
      const its =
        mlflow === undefined
          ? undefined
          : await timesOf(MLFLOW_TIMES, () => searchThere(mlflow.url, search))
      // The first round warms both up.
      if (round === 0) continue
      ours.push(mine)
      if (its !== undefined) theirs.push(its)
    }
    rows.push(row(search.name, ours, theirs))
  }
  const { versions, tagsEach } = SIZE.crowded
  report('B7', 'list and search', [
    `${SIZE.collections} collections; one more with ${versions} versions and`,
    `${versions * tagsEach} tags. One client, ${ROUNDS} rounds of ${TIMES} searches (MLflow:`,
    `${MLFLOW_TIMES}), milliseconds to the first page of ${PAGE}, its \`next\` followed where a`,
    'page came short.',
    ...(skipMlflow === false ? [] : [`MISSING (${skipMlflow}).`]),
    '',
    ...tableOf(['p50 ms', 'p99 ms', 'MLflow p50 ms', 'MLflow p99 ms', 'times faster (p50)'], rows),
  ])
})

interface Times {
  readonly p50: number
  readonly p99: number
}

function row(name: string, ours: readonly Times[], theirs: readonly Times[]): string[] {
  const cells = [ours, theirs].flatMap((some) => [
    show(p50s(some), 1),
    show(
      some.map(({ p99 }) => p99),
      1,
    ),
  ])
  const faster = show(theirs.length === 0 ? [] : ratios(p50s(theirs), p50s(ours)), 1)
  return [name, ...cells, faster]
}

function p50s(some: readonly Times[]): readonly number[] {
  return some.map(({ p50 }) => p50)
}

async function timesOf(times: number, work: () => Promise<void>): Promise<Times> {
  const taken: number[] = []
  for (let at = 0; at < times; at++) {
    const begun = performance.now()
    await work()
    taken.push(performance.now() - begun)
  }
  taken.sort((a, b) => a - b)
  const at = (share: number) => taken[Math.floor(share * (times - 1))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}

/** As a client that wants one page: a short one may still have a next. */
async function searchHere(call: RestCaller, { path, finds }: Search): Promise<void> {
  let found = 0
  for (let next: string | null = ''; next !== null && found < PAGE; ) {
    const cursor: string = next === '' ? '' : `&cursor=${next}`
    const { status, json } = await call({ method: 'GET', path: `${path}${cursor}` })
    assert.equal(status, 200, JSON.stringify(json))
    found += json.items.length
    next = json.next
  }
  assert.equal(found, finds)
}

async function searchThere(url: string, { mlflow, finds }: Search): Promise<void> {
  const answer = await fetch(`${url}${mlflow}`)
  const json = (await answer.json()) as Readonly<Record<string, readonly unknown[]>>
  assert.equal(answer.status, 200, JSON.stringify(json))
  const found = json.model_versions ?? json.registered_models ?? []
  assert.ok(found.length >= finds, `${found.length} found by MLflow, not ${finds}`)
}

function versionSearch(filter: string): string {
  return `${MLFLOW_API}/model-versions/search?${asked(filter)}`
}

function modelSearch(filter: string): string {
  return `${MLFLOW_API}/registered-models/search?${asked(filter)}`
}

function asked(filter: string): string {
  return String(new URLSearchParams({ filter, max_results: String(PAGE) }))
}
