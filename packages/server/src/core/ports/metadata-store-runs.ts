import type { LineageDirection, Run, RunFile, RunLineFile } from '../model/run.ts'
import type { Micros } from '../model/time.ts'

// What runs are: the part of the metadata store's port that `MetadataStore` names `runs`,
// `runFiles` and `lineage`.

export interface RunReads {
  find(ownerId: number, name: string): Promise<Run | undefined>
  findById(id: number): Promise<Run | undefined>
  findMany(ids: readonly number[]): Promise<readonly Run[]>
  /** Newest first, those with an id below `before`. */
  list(page: {
    readonly ownerId: number
    readonly before: number | null
    readonly limit: number
  }): Promise<readonly Run[]>
  /** Lines in order of number, from `from` on. */
  lines(query: {
    readonly runId: number
    readonly file: RunLineFile
    readonly from: number
    readonly limit: number
  }): Promise<readonly { readonly line: number; readonly text: string }[]>
  /** Lines of these numbers, in order; those of more bytes are left out. */
  linesAt(query: {
    readonly runId: number
    readonly file: RunLineFile
    readonly lines: readonly number[]
    readonly maxBytes: number
  }): Promise<readonly { readonly line: number; readonly text: string }[]>
  /** Highest line number + 1, or 0. */
  lineCount(runId: number, file: RunLineFile): Promise<number>
}
export interface RunWrites extends RunReads {
  /** Throws `already_exists` when the project has a run of this name. */
  insert(run: Run): Promise<void>
  /** Finds a run that nobody else changes or removes until the work's end. */
  lock(ownerId: number, name: string): Promise<Run | undefined>
  update(run: Run): Promise<void>
  /** Writes lines at `offset`, `offset + 1`, …; a line that is there is replaced. */
  putLines(
    runId: number,
    file: RunLineFile,
    offset: number,
    lines: readonly string[],
  ): Promise<void>
}

export interface RunFileReads {
  find(runId: number, name: string): Promise<RunFile | undefined>
  /** In order of name, those above `after`. */
  list(page: {
    readonly runId: number
    readonly after: string
    readonly limit: number
  }): Promise<readonly RunFile[]>
}
export interface RunFileWrites extends RunFileReads {
  put(file: RunFile): Promise<void>
}

export interface LineageReads {
  /** Version ids of a run, oldest first. */
  versionsOf(runId: number, direction: LineageDirection): Promise<readonly string[]>
  /** Run ids of a version, oldest first, at most `limit`. */
  runsOf(versionId: string, direction: LineageDirection, limit: number): Promise<readonly number[]>
}
export interface LineageWrites extends LineageReads {
  /** Idempotent per (run, version, direction). */
  record(edge: {
    readonly runId: number
    readonly versionId: string
    readonly direction: LineageDirection
    readonly usedAs: string | null
    readonly time: Micros
  }): Promise<void>
}
