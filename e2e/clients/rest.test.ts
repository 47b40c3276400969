import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { createTestDatabase, skipPostgres } from '../../packages/server/test/postgres.ts'
import { type StartedServer, startServer } from '../server.ts'
import { ROOT } from '../setup.ts'

const SCRIPT = path.join(ROOT, 'examples', 'rest_promote.sh')

/** What the story tells, in order; versions follow those of an earlier telling. */
function tale(first: number): RegExp[] {
  const [one, two] = [`v${first}`, `v${first + 1}`]
  return [
    `logged ${one}`,
    `staging is ${one}`,
    `production is ${one}, sha256 [0-9a-f]{64}`,
    `production is ${two}, and ${one} became \\["archived"\\]`,
    `generation_mismatch: "production" is not what you expected: it points to ${two}`,
    `production is ${one} again`,
    'rollback\n +promote\n +promote',
    'alias_unknown: The alias "canary" has never been set in "image-classifier"',
    'collection_not_found: There is no collection .*image-clasifier.*Did you mean',
  ].map((text) => new RegExp(text))
}

test('the story over REST, with curl and sha256sum alone, told twice', async (t) => {
  await tell(await startServer(t))
})

test('the same on PostgreSQL, by one environment variable', { skip: skipPostgres }, async (t) => {
  const environment = { GREENROOM_DATABASE_URL: await createTestDatabase() }
  await tell(await startServer(t, { environment }))
})

async function tell({ url, adminKey }: StartedServer): Promise<void> {
  for (const first of [0, 2]) {
    const { stdout } = await promisify(execFile)('sh', [SCRIPT], {
      env: { PATH: process.env.PATH, GREENROOM_URL: url, GREENROOM_API_KEY: adminKey },
    })
    let rest = stdout
    for (const line of tale(first)) {
      const found = line.exec(rest)
      assert.ok(
        found !== null,
        `${line} is not in what is left of the tale:\n${rest}\nof:\n${stdout}`,
      )
      rest = rest.slice(found.index + found[0].length)
    }
  }
}
