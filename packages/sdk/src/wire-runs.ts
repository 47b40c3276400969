import type { OwnerName, VersionState } from './wire.ts'

// Runs and lineage: a part of `wire.ts`.

/** A version where it was logged. */
export interface LoggedVersion {
  readonly ref: string
  readonly owner: OwnerName
  readonly collection: string
  readonly version: string
  readonly id: string
  readonly digest: string
  readonly type: string
  readonly state: VersionState
}

/** `crashed`: said to be running, and silent for five minutes. */
export type RunState =
  | 'running'
  | 'pending'
  | 'preempting'
  | 'preempted'
  | 'finished'
  | 'failed'
  | 'crashed'
  | 'killed'

export interface Run {
  readonly owner: OwnerName
  /** Its name in the project, which is its key. */
  readonly run: string
  readonly displayName: string
  readonly state: RunState
  readonly jobType: string | null
  readonly group: string | null
  readonly program: string | null
  readonly host: string | null
  readonly commit: string | null
  readonly notes: string | null
  readonly tags: readonly string[]
  readonly exitCode: number | null
  readonly createdBy: string
  readonly createdAt: string
  readonly heartbeatAt: string
}

export interface RunReport extends Run {
  readonly config: { readonly [name: string]: unknown }
  readonly summary: { readonly [name: string]: unknown }
  /** Steps of its history. */
  readonly historyLines: number
  /** What it used and what it made; the first thousand each. */
  readonly inputs: readonly LoggedVersion[]
  readonly outputs: readonly LoggedVersion[]
}

interface ChangeableRun {
  readonly displayName?: string
  readonly jobType?: string
  readonly group?: string
  readonly notes?: string
  readonly tags?: readonly string[]
  readonly config?: { readonly [name: string]: unknown }
  readonly summary?: { readonly [name: string]: unknown }
}

export interface NewRun extends ChangeableRun {
  /** Its name in the project; left out, the registry invents one. */
  readonly run?: string
  /** Whether a run of this name must be there, or must not. `allow` unless told. */
  readonly resume?: 'allow' | 'must' | 'never'
  readonly program?: string
  readonly host?: string
  readonly commit?: string
}

export interface StartedRun extends Run {
  /** False: it was there, and goes on. */
  readonly created: boolean
  /** Steps that it has: where its history goes on. */
  readonly historyLines: number
}

/** What is given replaces what was there, whole. */
export interface RunChange extends ChangeableRun {
  readonly state?: RunState
}

export interface RunFinish {
  /** 0, also when left out: finished; anything else: failed. */
  readonly exitCode?: number
}

export interface MetricRow {
  /** Left out: one more than the step before. */
  readonly step?: number
  /** RFC 3339; left out: now. */
  readonly time?: string
  readonly values: { readonly [name: string]: unknown }
}

export interface MetricsPost {
  /** At most 1,000. */
  readonly rows: readonly MetricRow[]
  /**
   * The line of the first row: sent again, rows replace themselves. Left out: at the end, and then
   * an `Idempotency-Key` keeps a repeated request from adding them twice.
   */
  readonly from?: number
}

export interface RecordedMetrics {
  readonly historyLines: number
  readonly lastStep: number | null
}

export interface OutputPost {
  /** At most 1,000. */
  readonly lines: readonly string[]
  /** As in `MetricsPost`. */
  readonly from?: number
}

export interface RunOutput {
  /** Lines that there are. */
  readonly count: number
  readonly items: readonly { readonly line: number; readonly text: string }[]
  readonly next: string | null
}

export interface UseVersion {
  /** A whole reference, or the id of a version. */
  readonly version: string
  readonly usedAs?: string
}

export interface RunStep {
  readonly line: number
  readonly values: { readonly [name: string]: unknown }
}

export interface RunHistory {
  /** Lines that there are. */
  readonly count: number
  /**
   * Evenly spread, the first and the last among them; of a metric that was asked for the lowest and
   * the highest value of each stretch.
   */
  readonly items: readonly RunStep[]
}

export interface Metric {
  /** Of a value within an object its dotted path. */
  readonly name: string
  readonly kind: 'number' | 'string' | 'other'
  /** Lines that have it. */
  readonly count: number
  /** Its last value; null also for a large one. */
  readonly last: unknown
}

export interface LineageVersion extends LoggedVersion {
  /** What edges name it by. */
  readonly key: string
  readonly kind: 'version'
}

export interface LineageRun {
  readonly key: string
  readonly kind: 'run'
  readonly owner: OwnerName
  readonly run: string
  readonly displayName: string
  readonly jobType: string | null
  readonly state: RunState
}

export interface Lineage {
  /** The key of the version asked for. */
  readonly root: string
  readonly nodes: readonly (LineageVersion | LineageRun)[]
  /** `from` made or fed `to`. */
  readonly edges: readonly { readonly from: string; readonly to: string }[]
  /** There is more, beyond the depth or the bound of nodes. */
  readonly cut: boolean
}
