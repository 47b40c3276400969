import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FastifyInstance } from 'fastify'
import { getMeasures, type Measures } from '../core/operations/get-measures.ts'
import type { Registry } from '../core/registry.ts'
import { actorOf } from './authenticate.ts'
import { VERSION } from './version.ts'

// `/metrics` in the text format of Prometheus (version 0.0.4). A few counters by hand: a client
// library would look each of them up by its labels on every request.

/** Upper bounds in seconds; the last bucket has none. */
const BOUNDS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10] as const
const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const
const LOOP_RESOLUTION_MILLISECONDS = 20

/** Of one route and one class of statuses. */
interface Tally {
  /** Not cumulated: one for each bound, and one for what is above all. */
  readonly buckets: number[]
  seconds: number
}

/** Counts what the routes that come after it answer, and shows it. Call it before any of them. */
export function addMetrics(app: FastifyInstance, registry: Registry): void {
  const routes = new Map<string, Map<number, Tally>>()
  // On each route its own, so that a request looks nothing up but its status.
  app.addHook('onRoute', (route) => {
    const name = route.config?.operation?.id ?? `${route.method} ${route.url}`
    const tallies = routes.get(name) ?? new Map<number, Tally>()
    routes.set(name, tallies)
    const others = route.onResponse === undefined ? [] : [route.onResponse].flat()
    route.onResponse = [
      ...others,
      (_request, reply, done) => {
        count(tallies, Math.floor(reply.statusCode / 100), reply.elapsedTime / 1000)
        done()
      },
    ]
  })
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MILLISECONDS })
  app.addHook('onListen', async () => void delay.enable())
  app.addHook('onClose', async () => void delay.disable())
  app.get('/metrics', { config: { access: 'token' } }, async (request, reply) => {
    const measures = await getMeasures(registry, actorOf(request))
    const text = [
      ...requestLines(routes),
      ...measureLines(measures),
      ...processLines(delay.percentile(99) / 1e9),
    ].join('\n')
    delay.reset()
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(`${text}\n`)
  })
}

function count(tallies: Map<number, Tally>, status: number, seconds: number): void {
  let tally = tallies.get(status)
  if (tally === undefined) {
    tally = { buckets: Array.from({ length: BOUNDS.length + 1 }, () => 0), seconds: 0 }
    tallies.set(status, tally)
  }
  let bucket = 0
  while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] ?? 0)) bucket++
  tally.buckets[bucket] = (tally.buckets[bucket] ?? 0) + 1
  tally.seconds += seconds
}

function requestLines(routes: ReadonlyMap<string, ReadonlyMap<number, Tally>>): string[] {
  const name = 'greenroom_request_seconds'
  const lines = [...heading(name, 'histogram', 'From a request to the end of its answer.')]
  for (const [route, tallies] of routes)
    for (const [status, { buckets, seconds }] of tallies) {
      const labels = `operation="${route}",status="${CLASSES[status - 1] ?? 'other'}"`
      let sum = 0
      for (const [at, amount] of buckets.entries()) {
        sum += amount
        lines.push(`${name}_bucket{${labels},le="${BOUNDS[at] ?? '+Inf'}"} ${sum}`)
      }
      lines.push(`${name}_sum{${labels}} ${seconds}`, `${name}_count{${labels}} ${sum}`)
    }
  return lines
}

function measureLines({ revision, storedBlobs, storedBytes }: Measures): string[] {
  return [
    ...one('greenroom_stream_revision', 'counter', 'Events in the stream.', revision),
    ...one('greenroom_stored_blobs', 'gauge', 'Blobs, as last counted.', storedBlobs),
    ...one('greenroom_stored_bytes', 'gauge', 'Their bytes, as last counted.', storedBytes),
  ]
}

function processLines(delaySeconds: number): string[] {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  const started = (Date.now() - process.uptime() * 1000) / 1000
  return [
    ...heading('greenroom_info', 'gauge', 'Which release runs.'),
    `greenroom_info{version="${VERSION}"} 1`,
    ...one('process_cpu_seconds_total', 'counter', 'Time on a processor.', (user + system) / 1e6),
    ...one('process_resident_memory_bytes', 'gauge', 'Memory in use.', rss),
    ...one('process_heap_bytes', 'gauge', 'Of it, objects.', heapUsed),
    ...one('process_start_time_seconds', 'gauge', 'Since 1970.', started),
    ...one(
      'greenroom_loop_delay_seconds',
      'gauge',
      'The 99th percentile, since it was last asked for, of how late timers ran.',
      delaySeconds,
    ),
  ]
}

/** Nothing for what is not known yet. */
function one(name: string, type: string, help: string, value: number | null): string[] {
  return value === null ? [] : [...heading(name, type, help), `${name} ${value}`]
}

function heading(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}
