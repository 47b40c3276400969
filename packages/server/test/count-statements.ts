import { StatementSync } from 'node:sqlite'
import type { TestContext } from 'node:test'

/** Every SQL text that this process runs on SQLite from now on, in order, on any connection. */
export function countStatements(t: TestContext): string[] {
  const seen: string[] = []
  for (const verb of ['all', 'get', 'run', 'iterate'] as const) {
    const original = StatementSync.prototype[verb]
    t.mock.method(StatementSync.prototype, verb, function (this: StatementSync, ...args: never[]) {
      seen.push(this.sourceSQL)
      return Reflect.apply(original, this, args)
    })
  }
  return seen
}
