import type { PointerEvent } from '@greenroom/sdk/wire'

export interface StackEntry {
  /** Of the log entry that put it there. */
  readonly seq: number
  readonly time: string
  readonly actor: string
  /** Who bore the alias; empty: vacant. */
  readonly versions: readonly string[]
}

/**
 * An alias's log as the undo stack that the registry keeps, the top first: each entry pushes what
 * it set, a rollback pops down to its target, a delete or an expiry edits the stack in place.
 * `entries` come newest first; those before the first of them are not known.
 */
export function undoStack(entries: readonly PointerEvent[]): readonly StackEntry[] {
  const stack: StackEntry[] = []
  for (const entry of entries.toReversed()) {
    const versions = (entry.to ?? []).map(({ version }) => version)
    if (entry.cause === 'rollback') popTo(stack, versions)
    else if (entry.cause === 'delete' || entry.cause === 'expiry') {
      for (const [at, kept] of stack.entries())
        stack[at] = { ...kept, versions: kept.versions.filter((v) => !entry.removed.includes(v)) }
    } else stack.push({ seq: entry.seq, time: entry.time, actor: entry.actor, versions })
  }
  return stack.toReversed()
}

function popTo(stack: StackEntry[], versions: readonly string[]): void {
  const wanted = versions.join()
  do stack.pop()
  while (stack.length > 0 && stack.at(-1)?.versions.join() !== wanted)
}
