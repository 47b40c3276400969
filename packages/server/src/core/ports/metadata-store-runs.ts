import type {
  LineageDirection,
  MetricKey,
  MetricSpan,
  Run,
  RunFile,
  RunLine,
  RunLineFile,
  RunTexts,
  VersionOfRun,
} from '../model/run.ts'
import type { Micros } from '../model/time.ts'

// What runs are: the part of the metadata store's port that `MetadataStore` names `runs`,
// `runLines`, `runMetrics`, `runFiles` and `lineage`.

/** A run that was deleted is nowhere to be found. */
export interface RunReads {
  find(ownerId: number, name: string): Promise<Run | undefined>
  findById(id: number): Promise<Run | undefined>
  findMany(ids: readonly number[]): Promise<readonly Run[]>
  /** In the order in which they were made, those behind `after` (null: from the beginning). */
  list(page: {
    readonly ownerId: number
    readonly order: 'newest' | 'oldest'
    readonly after: number | null
    readonly limit: number
  }): Promise<readonly Run[]>
  count(ownerId: number): Promise<number>
  /** Config and summary of runs, by id. */
  texts(ids: readonly number[]): Promise<ReadonlyMap<number, RunTexts>>
  /** Ids of runs whose lines and files are still to be removed. */
  listDiscarded(limit: number): Promise<readonly number[]>
}
export interface RunWrites extends RunReads {
  /** Throws `already_exists` when the project has a run of this name. */
  insert(run: Run, texts: RunTexts): Promise<void>
  /** Finds a run that nobody else changes or removes until the work's end. */
  lock(ownerId: number, name: string): Promise<Run | undefined>
  lockById(id: number): Promise<Run | undefined>
  update(run: Run): Promise<void>
  /** What is left out stays. */
  putTexts(id: number, texts: Partial<RunTexts>): Promise<void>
  /** Deletes a run: its name is free again, what it holds is discarded. */
  end(id: number, time: Micros): Promise<void>
  endAllOf(ownerId: number, time: Micros): Promise<void>
  /** Removes up to `limit` rows of each kind that a discarded run holds. True: that was all. */
  removeDiscarded(id: number, limit: number): Promise<boolean>
}

export interface RunLineReads {
  /** Lines in order of number, from `from` on, below `before`. */
  list(query: {
    readonly runId: number
    readonly file: RunLineFile
    readonly from: number
    readonly before?: number
    readonly limit: number
    /** Those of more bytes are left out. */
    readonly maxBytes?: number
  }): Promise<readonly RunLine[]>
  /** Lines of these numbers, in order; those of more bytes are left out. */
  listAt(query: {
    readonly runId: number
    readonly file: RunLineFile
    readonly lines: readonly number[]
    readonly maxBytes: number
  }): Promise<readonly RunLine[]>
  /** History lines of `from` ≤ step < `before`, in order of step, then line. */
  listBySteps(query: {
    readonly runId: number
    readonly from: number
    readonly before: number
    readonly limit: number
  }): Promise<readonly RunLine[]>
  /** Lowest and highest line among those of `from` ≤ step < `before`. */
  rangeOfSteps(
    runId: number,
    from: number,
    before: number,
  ): Promise<{ readonly first: number; readonly last: number } | undefined>
  /** Highest step of the history. */
  lastStep(runId: number): Promise<number | undefined>
  /** Highest line number + 1, or 0. */
  count(runId: number, file: RunLineFile): Promise<number>
}
export interface RunLineWrites extends RunLineReads {
  /** Writes lines at `offset`, `offset + 1`, …; a line that is there is replaced. */
  put(
    runId: number,
    file: RunLineFile,
    offset: number,
    lines: readonly { readonly text: string; readonly step: number | null }[],
  ): Promise<void>
  /** How many lines one of several processes that write a run has written, by its own count. */
  countBy(runId: number, file: RunLineFile, writer: string): Promise<number>
  putCountBy(runId: number, file: RunLineFile, writer: string, lines: number): Promise<void>
  /** Removes what stands at and behind a line. */
  cut(runId: number, file: RunLineFile, from: number): Promise<void>
}

export interface RunMetricReads {
  /** In order of name, those above `after`. */
  keys(page: {
    readonly runId: number
    readonly after: string
    readonly limit: number
  }): Promise<readonly MetricKey[]>
  findKeys(runId: number, keys: readonly string[]): Promise<readonly MetricKey[]>
  countKeys(runId: number): Promise<number>
  /** Spans of one metric from `from` to `to` (both included), in order. */
  spans(query: {
    readonly runId: number
    readonly key: string
    readonly from: number
    readonly to: number
    readonly limit: number
  }): Promise<readonly MetricSpan[]>
}
export interface RunMetricWrites extends RunMetricReads {
  putKeys(runId: number, keys: readonly MetricKey[]): Promise<void>
  /** Widens spans that are there, adds those that are not. */
  widenSpans(runId: number, spans: readonly MetricSpan[]): Promise<void>
  clear(runId: number): Promise<void>
}

export interface RunFileReads {
  find(runId: number, name: string): Promise<RunFile | undefined>
  /** In order of name, those above `after`. */
  list(page: {
    readonly runId: number
    readonly after: string
    readonly limit: number
  }): Promise<readonly RunFile[]>
  count(runId: number): Promise<number>
}
export interface RunFileWrites extends RunFileReads {
  put(file: RunFile): Promise<void>
  remove(runId: number, names: readonly string[]): Promise<void>
}

export interface LineageReads {
  /** Oldest first, those behind `after`. */
  versionsOf(query: {
    readonly runId: number
    readonly direction: LineageDirection
    readonly after?: VersionOfRun | null
    readonly limit: number
  }): Promise<readonly VersionOfRun[]>
  countVersions(runId: number, direction: LineageDirection): Promise<number>
  /** Run ids of a version, oldest first, at most `limit`. */
  runsOf(versionId: string, direction: LineageDirection, limit: number): Promise<readonly number[]>
}
export interface LineageWrites extends LineageReads {
  /** False when this (run, version, direction) was recorded already. */
  record(edge: {
    readonly runId: number
    readonly versionId: string
    readonly direction: LineageDirection
    readonly usedAs: string | null
    readonly time: Micros
  }): Promise<boolean>
}
