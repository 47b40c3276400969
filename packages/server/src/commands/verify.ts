import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config.ts'
import {
  type Finding,
  type VerifyReport,
  verifyRegistry,
} from '../core/operations/verify-registry.ts'
import { parseNumber, readCommandLine } from './flags.ts'
import { openToRead } from './open-registry.ts'
import { formatBytes, plural, type Report, reportTo } from './report.ts'

/** A disk that also serves: reading it at full speed would be felt. */
const DEFAULT_RATE_MIB = 200
const MIB = 1024 * 1024
/** Kept for the report in JSON; the counts count all. */
const MAX_REPORTED_FINDINGS = 10_000

/** Exit code: 0 nothing is damaged, 1 damage was found. What cannot run at all throws. */
export async function verifyCommand(argv: readonly string[]): Promise<number> {
  const { flags, config, terminal } = readCommandLine(argv, {
    ...{ 'no-blobs': 'switch', sample: 'value', rate: 'value', json: 'switch' },
  })
  const percent =
    flags['no-blobs'] !== undefined
      ? 0
      : flags.sample === undefined
        ? 100
        : parseNumber('sample', flags.sample, 1, 100)
  const rate =
    flags.rate === undefined ? DEFAULT_RATE_MIB : parseNumber('rate', flags.rate, 0, 1_000_000)
  const report = reportTo(terminal)
  const { findings, ...result } = await verifyData(
    config,
    { percent, rate },
    (finding) => {
      if (flags.json === undefined) report.line(describe(finding))
    },
    report,
  )
  if (flags.json !== undefined)
    process.stdout.write(`${JSON.stringify({ ...result, findings }, null, 2)}\n`)
  else report.line(summary(result))
  return result.damage > 0 ? 1 : 0
}

export interface VerifyOptions {
  /** How many blobs of a hundred are read and hashed. */
  readonly percent: number
  /** MiB a second that are read; 0 for no bound. */
  readonly rate: number
}

/** Walks a whole data folder. Findings are told as they come. */
export async function verifyData(
  config: Config,
  { percent, rate }: VerifyOptions,
  onFinding: (finding: Finding) => void,
  report: Report,
): Promise<VerifyReport & { readonly findings: readonly Finding[] }> {
  const { metadata, blobs, now } = await openToRead(config)
  const findings: Finding[] = []
  const note = (finding: Finding) => {
    if (findings.length < MAX_REPORTED_FINDINGS) findings.push(finding)
    onFinding(finding)
  }
  try {
    for (const message of await metadata.problems())
      note({ kind: 'database_damaged', about: 'database', message })
    const broken = findings.length
    const events = verifyRegistry(
      { metadata, blobs, now },
      { readBlob: sampled(percent), pace: paced(rate), pause: async () => {} },
    )
    for (;;) {
      const next = await events.next()
      if (next.done) {
        report.progress('')
        return { ...next.value, damage: next.value.damage + broken, findings }
      }
      if (next.value.kind === 'finding') note(next.value.finding)
      else report.progress(`${next.value.part}: ${next.value.done}`)
    }
  } finally {
    await blobs.close()
    await metadata.close()
  }
}

/** Another share of the blobs each time, so that a sample a day comes to see them all. */
function sampled(percent: number): (digest: string) => boolean {
  if (percent === 0 || percent === 100) return () => percent === 100
  const salt = String(Date.now())
  return (digest) =>
    createHash('sha256').update(salt).update(digest).digest().readUInt16BE() < percent * 655.36
}

/** Waits whenever more was read than the rate allows by now. */
function paced(rateMib: number): (bytes: number) => Promise<void> {
  if (rateMib === 0) return async () => {}
  const start = performance.now()
  let total = 0
  return async (bytes) => {
    total += bytes
    const due = (total / (rateMib * MIB)) * 1000
    const early = due - (performance.now() - start)
    if (early > 10) await sleep(early)
  }
}

function describe({ kind, about, message }: Finding): string {
  return `${kind}: ${about}: ${message}`
}

function summary({ checked, damage, garbage }: VerifyReport): string {
  const seen =
    `Looked at ${plural(checked.collections, 'collection')}, ` +
    `${plural(checked.versions, 'version')}, ${plural(checked.events, 'event')} and ` +
    `${plural(checked.blobs, 'blob')}; read ${formatBytes(checked.bytes)}.`
  const found =
    damage === 0
      ? 'Nothing is damaged.'
      : `DAMAGE: ${plural(damage, 'finding')}. docs/operating.md says what to do about each.`
  const left =
    garbage === 0
      ? ''
      : ` ${plural(garbage, 'thing')} left over, which the next collection removes.`
  return `${seen}\n${found}${left}`
}
