import { RUN_SILENCE_SECONDS } from '../limits.ts'
import type { ContentDigest } from './digest.ts'
import type { Micros } from './time.ts'

/** `crashed` is never written: it is `running` without a sign of life. */
export type RunState =
  | 'running'
  | 'pending'
  | 'preempting'
  | 'preempted'
  | 'finished'
  | 'failed'
  | 'crashed'
  | 'killed'

/** What consumed and produced versions. */
export interface Run {
  readonly id: number
  readonly ownerId: number
  /** Unique in its project. */
  readonly name: string
  readonly displayName: string
  readonly state: RunState
  readonly jobType: string | null
  readonly group: string | null
  readonly program: string | null
  readonly host: string | null
  readonly commit: string | null
  readonly notes: string | null
  readonly tags: readonly string[]
  readonly createdBy: number
  readonly createdAt: Micros
  readonly heartbeatAt: Micros
  readonly exitCode: number | null
}

/** Its large parts, as they came: JSON text, possibly with bare `NaN` and `Infinity`. */
export interface RunTexts {
  readonly config: string
  readonly summary: string
}

/** The state as it is seen: a run that has said nothing for too long has crashed. */
export function asSeenAt(run: Run, now: Micros): Run {
  return run.state === 'running' && isSilentAt(run, now) ? { ...run, state: 'crashed' } : run
}

export function isSilentAt(run: Run, now: Micros): boolean {
  return run.heartbeatAt + RUN_SILENCE_SECONDS * 1_000_000 < now
}

/** A line file of a run: `history`, `events` and `output` are addressed by line number. */
export type RunLineFile = 'history' | 'events' | 'output'

export interface RunLine {
  readonly line: number
  /** As it came; it may hold bare `NaN`. */
  readonly text: string
}

/** What is known of one metric without reading the lines. Nested objects are dotted: `a.b`. */
export interface MetricKey {
  readonly key: string
  readonly kind: 'number' | 'string' | 'other'
  /** Lines that have it. */
  readonly count: number
  /** It has never gone down. */
  readonly monotonic: boolean
  readonly lastLine: number
  /** Its value there as JSON text; null when that is large. */
  readonly last: string | null
}

/** Where a metric's extremes stand among the lines of one span. */
export interface MetricSpan {
  readonly key: string
  /** Line number ÷ `LINES_PER_SPAN`. */
  readonly span: number
  readonly low: number
  readonly lowLine: number
  readonly high: number
  readonly highLine: number
}

export interface RunFile {
  readonly runId: number
  readonly name: string
  readonly digest: ContentDigest
  /** Bytes. */
  readonly size: number
  readonly md5: string
  readonly updatedAt: Micros
}

export type LineageDirection = 'input' | 'output'

/** A version that a run made or used, and when that was recorded. */
export interface VersionOfRun {
  readonly versionId: string
  readonly time: Micros
}
