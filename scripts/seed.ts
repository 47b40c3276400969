// npm run seed: fills a running server with a demonstration registry, through its public API.
//   GREENROOM_URL (http://127.0.0.1:4747 if unset) and GREENROOM_API_KEY say where and as whom.
//   --data FOLDER  makes a new data folder instead, with a past of weeks: see seed-past.ts
// What is there already stays: a second run adds nothing to collections that have versions.

import { createHash } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import * as sdk from '@greenroom/sdk'
import type { Measure, OwnerName } from '@greenroom/sdk/wire'
import { SEED, type SeedCollection, type Step } from './seed-plan.ts'

const PROJECT = 'demo'
const DATA = 'training-data'

export interface SeedOptions {
  /** Of the plan only the collections of these names. */
  readonly only?: readonly string[]
  readonly tell?: (line: string) => void
  /** Called before each version, with the share of the whole past that has gone by, 0 to 1. */
  readonly reach?: (share: number) => void
}

/** Runs that log versions of a project's models, linked into the registry `model` and promoted. */
export async function seed(client: sdk.Client, options: SeedOptions = {}): Promise<OwnerName> {
  const { only, tell = () => undefined, reach = () => undefined } = options
  const me = await sdk.getMe(client)
  const project = await sdk.createProject(client, { name: PROJECT })
  const registry: OwnerName = { kind: 'registry', entity: me.organization.name, name: 'model' }
  const data = await logData(client, project)
  const begun: SeedCollection[] = []
  for (const plan of SEED)
    if ((only === undefined || only.includes(plan.name)) && (await begin(client, registry, plan)))
      begun.push(plan)
  for (const { plan, at, share } of calendarOf(begun)) {
    reach(share)
    await addVersion(client, { project, registry, data }, plan, at)
    if (at === plan.versions - 1)
      tell(`${plan.name}: ${at + 1} versions, ${plan.life.length} moves`)
  }
  return registry
}

/** As in life all collections grow at once, each through the whole of the time. */
function calendarOf(plans: readonly SeedCollection[]) {
  return plans
    .flatMap((plan) =>
      Array.from({ length: plan.versions }, (_, at) => ({ plan, at, share: at / plan.versions })),
    )
    .sort((a, b) => a.share - b.share)
}

interface Places {
  readonly project: OwnerName
  readonly registry: OwnerName
  /** What the runs train on. */
  readonly data: string
}

/** Gives whether the collection has no versions yet. */
async function begin(
  client: sdk.Client,
  registry: OwnerName,
  plan: SeedCollection,
): Promise<boolean> {
  const linked = { owner: registry, name: plan.name }
  await orThere(
    sdk.createCollection(client, registry, {
      name: plan.name,
      type: 'model',
      description: plan.description,
    }),
  )
  await sdk.changeCollection(client, linked, {
    measures: measuresOf(plan),
    tags: plan.topics ?? [],
  })
  const { items } = await sdk.listVersions(client, linked, { limit: 1 })
  return items.length === 0
}

async function addVersion(
  client: sdk.Client,
  { project, registry, data }: Places,
  plan: SeedCollection,
  at: number,
): Promise<void> {
  const linked = { owner: registry, name: plan.name }
  const ref = await logTrained(client, project, plan, at, data)
  await sdk.linkVersion(client, linked, { version: ref })
  // As a team does it: the pointers move while versions come, not after all of them.
  for (const step of plan.life) if (versionOf(step, plan) === at) await take(client, linked, step)
}

/** When a step is taken: once its version is there; what names none, a version later. */
function versionOf(step: Step, { life }: SeedCollection): number {
  const before = life.slice(0, life.indexOf(step) + 1)
  const newest = Math.max(...before.map((one) => ('to' in one ? one.to : 0)))
  return 'to' in step ? newest : newest + 1
}

async function take(client: sdk.Client, at: sdk.CollectionName, step: Step): Promise<void> {
  const reason = step.reason ?? null
  if ('move' in step) await sdk.putAlias(client, at, step.move, { version: `v${step.to}`, reason })
  else if ('rollBack' in step) await sdk.rollBack(client, at, step.rollBack, { reason })
  else await sdk.deleteAlias(client, at, step.clear, reason === null ? {} : { reason })
}

/** One training run with its curve, and the version that it made. Gives the version's reference. */
async function logTrained(
  client: sdk.Client,
  project: OwnerName,
  plan: SeedCollection,
  at: number,
  data: string,
): Promise<string> {
  const share = plan.versions < 2 ? 1 : at / (plan.versions - 1)
  const metadata = metadataOf(plan, at, share)
  const { run } = await sdk.startRun(client, project, {
    displayName: `train ${plan.name} ${at}`.slice(0, 128),
    jobType: 'training',
    config: { learningRate: 0.001 * (1 + (at % 5)), batchSize: 32 << (at % 3), seed: at },
    summary: metadata,
  })
  await sdk.useVersion(client, project, run, { version: data })
  await sdk.recordMetrics(client, project, run, {
    rows: Array.from({ length: 40 }, (_, step) => ({ step, values: curveAt(plan, at, step) })),
  })
  const files = {
    'config.json': JSON.stringify({ model: plan.name, at, layers: 12, hidden: 384 }, null, 2),
    'model.bin': noise(`${plan.name} ${at}`, 2_048 + at * 512),
    'labels.csv': ['id,label', ...Array.from({ length: 8 }, (_, id) => `${id},class ${id}`)].join(
      '\n',
    ),
    ...(at % 3 === 0 ? { 'notes/changes.md': `# ${at}\n\nTrained with set ${at % 7}.\n` } : {}),
  }
  const collection = { owner: project, name: plan.name }
  const ref = await logVersion(client, collection, 'model', files, {
    metadata,
    run,
    tags: plan.tags ?? (at % 4 === 0 ? ['nightly', `set-${at % 7}`] : []),
    description: at % 6 === 0 ? `Trained with set ${at % 7}` : null,
  })
  await sdk.finishRun(client, project, run)
  return ref
}

async function logData(client: sdk.Client, project: OwnerName): Promise<string> {
  const { run } = await sdk.startRun(client, project, {
    displayName: 'collect training data',
    jobType: 'ingest',
  })
  const files = { 'train.csv': noise('train', 9_000), 'README.md': '# Training data\n' }
  const collection = { owner: project, name: DATA }
  const ref = await logVersion(client, collection, 'dataset', files, { run })
  await sdk.finishRun(client, project, run)
  return ref
}

type Wishes = Partial<Parameters<typeof sdk.createVersion>[2]>

/** Manifest, missing bytes, commit. */
async function logVersion(
  client: sdk.Client,
  collection: sdk.CollectionName,
  type: string,
  files: Readonly<Record<string, string>>,
  wishes: Wishes,
): Promise<string> {
  const bytes = new Map(Object.values(files).map((text) => [digestOf(text), text]))
  const entries = Object.entries(files).map(([path, text]) => ({
    path,
    digest: digestOf(text),
    size: Buffer.byteLength(text),
  }))
  const begun = await sdk.createVersion(client, collection, { type, entries, ...wishes })
  if (sdk.isCommitted(begun)) return begun.ref
  for (const { digest, url } of begun.uploads) {
    const answer = await fetch(url, { method: 'PUT', body: bytes.get(digest) ?? '' })
    if (!answer.ok) throw new Error(`an upload was answered ${answer.status}`)
  }
  return (await sdk.commitVersion(client, collection, begun.id)).ref
}

async function orThere(made: Promise<unknown>): Promise<void> {
  await made.catch((error) => {
    if (!sdk.isGreenroomError(error, 'already_exists')) throw error
  })
}

/** Training leads a metric the way that is better. */
function measuresOf({ metrics }: SeedCollection): readonly Measure[] {
  return Object.entries(metrics).map(([path, [from, to]]) => ({
    path,
    better: to > from ? 'higher' : 'lower',
  }))
}

function metadataOf(plan: SeedCollection, at: number, share: number): Record<string, unknown> {
  const metadata: Record<string, unknown> = { framework: 'torch', epochs: 10 + (at % 4) * 5 }
  for (const [path, [from, to]] of Object.entries(plan.metrics))
    setAt(metadata, path, round(from + (to - from) * eased(share) + wobble(at, path) * (to - from)))
  return metadata
}

function setAt(target: Record<string, unknown>, path: string, value: number): void {
  const [first = '', ...rest] = path.split('.')
  if (rest.length === 0) target[first] = value
  else {
    const inner = (target[first] ?? {}) as Record<string, unknown>
    target[first] = inner
    setAt(inner, rest.join('.'), value)
  }
}

function curveAt(plan: SeedCollection, at: number, step: number): Record<string, number> {
  const share = eased(step / 39)
  return Object.fromEntries(
    Object.entries(plan.metrics).map(([key, [from, to]]) => [
      key,
      round(from + (to - from) * share + wobble(at + step, key) * (to - from) * 0.3),
    ]),
  )
}

const eased = (share: number) => 1 - (1 - share) ** 2
const round = (value: number) => Number(value.toPrecision(4))

/** Between -0.06 and 0.06, always the same for the same words. */
function wobble(at: number, key: string): number {
  return (Number.parseInt(digestOf(`${at}${key}`).slice(7, 11), 16) / 0xffff - 0.5) * 0.12
}

function noise(seedText: string, length: number): string {
  return digestOf(seedText)
    .slice(7)
    .repeat(Math.ceil(length / 64))
    .slice(0, length)
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { data } = parseArgs({ options: { data: { type: 'string' } } }).values
  const tell = (line: string) => console.log(line)
  if (data === undefined) {
    const { GREENROOM_URL: url = 'http://127.0.0.1:4747', GREENROOM_API_KEY: key } = process.env
    await seed(sdk.createClient({ url, key }), { tell })
    tell(`Look at it: ${url}`)
  } else {
    const { seedPast } = await import('./seed-past.ts')
    await seedPast(data, (client, reach) => seed(client, { tell, reach }))
    tell(`Serve it: npm start -- --data ${data}; the key of "admin" is in its file admin.key`)
  }
}
