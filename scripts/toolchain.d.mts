/** What a build needs; `file` and `parts` lie below `folder`, `stamp` stands for itself. */
export interface Build {
  readonly folder: string
  readonly file: string
  readonly parts: readonly string[]
  readonly stamp: string
}

export function buildWhenNewer(build: Build, make: () => Promise<number>): Promise<number>
