import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StreamEvent } from '@greenroom/sdk'
import type { Output } from './output.ts'

const FIRST_PAUSE_SECONDS = 1
const MAX_PAUSE_SECONDS = 60

/**
 * Runs a command in a shell for a move: again after 1, 2, 4, … 60 seconds while it fails, until
 * `isNewer` says that the alias has moved on. Gives whether it succeeded.
 */
export async function runOnMove(
  command: string,
  event: StreamEvent,
  { output }: { readonly output: Output },
  isNewer: AbortSignal,
): Promise<boolean> {
  for (let pause = FIRST_PAUSE_SECONDS; ; pause = Math.min(2 * pause, MAX_PAUSE_SECONDS)) {
    const ended = await runShell(command, variablesOf(event))
    if (ended === 0) return true
    output.note(`"${command}" ended with ${ended}; again in ${pause} s.`)
    try {
      await sleep(pause * 1000, undefined, { signal: isNewer })
    } catch {
      output.note('The alias moved on: no further try for the move before.')
      return false
    }
  }
}

/** Who bears the alias after the move; for one of unlimited capacity, who came. */
export function bearersOf(payload: StreamEvent['payload']): string[] {
  if (Array.isArray(payload.to)) return payload.to.map(({ index }) => `v${index}`)
  return Array.isArray(payload.added) ? payload.added.map((index) => `v${index}`) : []
}

function variablesOf({ owner, collection, alias, payload, revision }: StreamEvent) {
  const version = bearersOf(payload)[0] ?? ''
  const place = owner === null ? '' : `${owner.entity}/${owner.name}/${collection}`
  const prefix = owner?.kind === 'registry' ? 'registry/' : ''
  return {
    GREENROOM_REF: version === '' ? '' : `${prefix}${place}:${version}`,
    GREENROOM_VERSION: version,
    GREENROOM_ALIAS: alias ?? '',
    GREENROOM_GENERATION: String(payload.generation),
    GREENROOM_REVISION: String(revision),
  }
}

/** Its stdout goes to our stderr: ours is for the moves. */
function runShell(command: string, variables: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(command, {
    shell: true,
    stdio: ['ignore', process.stderr, process.stderr],
    env: { ...process.env, ...variables },
  })
  return new Promise((resolve) => {
    child.once('error', () => resolve(127))
    child.once('exit', (code) => resolve(code ?? 128))
  })
}
