import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'

// A kill cannot show a missing fsync, since the page cache outlives the process: so the order of
// the system calls themselves is asserted, from what strace wrote.

const missing = spawnSync('strace', ['-V']).status !== 0
export const skipStrace = missing && 'strace is missing: run "npm run setup"'

export interface Call {
  readonly name: string
  /** The line that strace wrote, arguments and the paths of descriptors included. */
  readonly text: string
  /** Lines of the trace: `a` came before `b` when it ended before `b` began. */
  readonly begun: number
  ended: number
}

/** The calls of a trace made with `-f`, as they began. */
export function parseTrace(trace: string): readonly Call[] {
  const calls: Call[] = []
  const unfinished = new Map<string, Call>()
  for (const [index, line] of trace.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    const name = /^(\w+)\(/.exec(rest)?.[1]
    if (name !== undefined) {
      const call = { name, text: rest, begun: index, ended: index }
      calls.push(call)
      if (rest.endsWith('<unfinished ...>')) unfinished.set(thread, call)
    } else if (rest.startsWith('<... ')) {
      const call = unfinished.get(thread)
      if (call !== undefined) call.ended = index
    }
  }
  return calls
}

export function one(calls: readonly Call[], name: string, ...parts: readonly string[]): Call {
  const found = matching(calls, name, parts)
  const [call] = found
  assert.ok(
    call !== undefined && found.length === 1,
    `${found.length} × ${name} ${parts.join(' ')}`,
  )
  return call
}

export function last(calls: readonly Call[], name: string, ...parts: readonly string[]): Call {
  const call = matching(calls, name, parts).at(-1)
  assert.ok(call !== undefined, `no ${name} ${parts.join(' ')}`)
  return call
}

/** By the beginning of the name: `rename` is `renameat` on some processors. */
export function matching(calls: readonly Call[], name: string, parts: readonly string[]): Call[] {
  const named = calls.filter((call) => call.name.startsWith(name))
  return named.filter(({ text }) => parts.every((part) => text.includes(part)))
}

export function assertBefore(earlier: Call, later: Call): void {
  assert.ok(earlier.ended < later.begun, `not before one another:\n${earlier.text}\n${later.text}`)
}
