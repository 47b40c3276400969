import { type TestContext, test } from 'node:test'
import { callerOf } from '../e2e/rest.ts'
import { startServer } from '../e2e/server.ts'
import { logTwoVersions } from '../e2e/watchers.ts'
import {
  ADMIN_KEY,
  collectionName,
  LARGE,
  largeRegistry,
  type Size,
  SMALL,
} from './large-registry.ts'
import { type Asked, type Measured, putLoad } from './load.ts'
import { ratios, report, show, tableOf } from './report.ts'

const QUICK = process.argv.includes('--quick')
const [ROUNDS, MILLISECONDS] = QUICK ? [1, 500] : [7, 1_500]
const SIZE = QUICK ? SMALL : LARGE
const CONNECTIONS = 32
const COLLECTIONS = '/api/v1/projects/admin/bench/collections'

interface Target {
  readonly name: string
  readonly ask: () => Promise<Measured>
}

test('B2: resolve of an alias in a large registry', async (t) => {
  const dataFolder = await largeRegistry(t, SIZE)
  const rows = await measure(t, {}, { dataFolder }, SIZE)
  report('B2', 'resolve of an alias in a large registry', [...describe(SIZE), ...rows])
})

function describe({ collections, versionsEach, tagsEach, crowded }: Size): readonly string[] {
  const versions = collections * versionsEach + crowded.versions
  const tags = collections * versionsEach * tagsEach + crowded.versions * crowded.tagsEach
  return [
    `${versions} versions in ${collections + 1} collections of one project, ${tags} tags, SQLite;`,
    `${CONNECTIONS} connections, ${ROUNDS} rounds of ${MILLISECONDS / 1000} s in turn.`,
    '',
  ]
}

type Options = Parameters<typeof startServer>[1]

async function measure(
  t: TestContext,
  empty: Options,
  filled: Options,
  { collections }: Size,
): Promise<readonly string[]> {
  const anchor = await startQuiet(t, empty)
  await logTwoVersions(callerOf(anchor.url, anchor.adminKey), ANCHOR)
  const large = await startQuiet(t, filled)
  let asked = 0
  // A prime step visits all of them, none twice in a row.
  const another = () => collectionName((asked++ * 7_919) % collections)
  // Nobody has asked with this key before, so no answer is kept of it.
  const fresh = (resolve: string) => `${resolve}?key=${asked++}`
  const classifier = 'classifier/resolve/latest'
  const targets: readonly Target[] = [
    target('an empty registry (two versions)', anchor, () => classifier),
    target('the large one', large, () => `${collectionName(17)}/resolve/production`),
    target('the empty one, no answer kept', anchor, () => fresh(classifier)),
    target('the large one, no answer kept, another alias each time', large, () =>
      fresh(`${another()}/resolve/production`),
    ),
  ]
  const rounds = targets.map((): Measured[] => [])
  for (const each of targets) await each.ask()
  for (let round = 0; round < ROUNDS; round++)
    for (const [at, each] of targets.entries()) rounds[at]?.push(await each.ask())
  const ratesOf = (some: readonly Measured[] = []) => some.map((one) => one.requestsPerSecond)
  return tableOf(
    ['requests/s', 'time, of the empty', 'p50 ms', 'p99 ms', 'CPU µs/request'],
    targets.map(({ name }, at) => {
      const some = rounds[at] ?? []
      const of = (pick: (one: Measured) => number) => some.map(pick)
      const rates = ratesOf(some)
      const base = ratesOf(rounds[at < 2 ? 0 : 2])
      return [
        name,
        show(rates),
        show(ratios(base, rates), 2),
        show(
          of((one) => one.p50),
          2,
        ),
        show(
          of((one) => one.p99),
          2,
        ),
        show(
          of((one) => one.cpu),
          1,
        ),
      ]
    }),
  )
}

const ANCHOR = '/projects/admin/bench/collections/classifier'

async function startQuiet(t: TestContext, options: Options) {
  const server = await startServer(t, options)
  server.process.stdout?.removeAllListeners('data').resume()
  return server
}

function target(
  name: string,
  { url, process: { pid } }: Awaited<ReturnType<typeof startQuiet>>,
  pathOf: () => string,
): Target {
  const ask = (): Asked => ({ method: 'GET', path: `${COLLECTIONS}/${pathOf()}` })
  const headers = { authorization: `Bearer ${ADMIN_KEY}` }
  const load = { url, pid, headers, connections: CONNECTIONS, milliseconds: MILLISECONDS, ask }
  return { name, ask: () => putLoad(load) }
}
