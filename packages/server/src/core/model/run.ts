import type { ContentDigest } from './digest.ts'
import type { Micros } from './time.ts'

export type RunState = 'running' | 'pending' | 'finished' | 'failed' | 'crashed' | 'killed'

/** What consumed and produced versions. Texts are kept as they came: they may hold bare `NaN`. */
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
  /** JSON text, possibly with bare `NaN` and `Infinity`. */
  readonly config: string
  readonly summary: string
  readonly createdBy: number
  readonly createdAt: Micros
  readonly heartbeatAt: Micros
  readonly exitCode: number | null
}

/** A line file of a run: `history`, `events` and `output` are addressed by line number. */
export type RunLineFile = 'history' | 'events' | 'output'

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
