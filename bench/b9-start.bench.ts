import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { startServer } from '../e2e/server.ts'
import { report, show } from './report.ts'

const ROUNDS = process.argv.includes('--quick') ? 2 : 9

test('B9: start to the first answer of /readyz', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-start-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const bare: number[] = []
  const first: number[] = []
  const again: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await startBare())
    first.push(await start(t, path.join(folder, `fresh-${round}`)))
    again.push(await start(t, path.join(folder, `fresh-${round}`)))
  }
  report('B9', 'start to the first answer (the built server)', [
    `${ROUNDS} starts each, in turn; milliseconds from spawn to 200; median (lowest–highest).`,
    '',
    '| | ms |',
    '|---|---|',
    `| a bare \`node:http\` server in a fresh process | ${show(bare)} |`,
    `| Greenroom, fresh data folder, to \`/readyz\` | ${show(first)} |`,
    `| Greenroom, the same folder again | ${show(again)} |`,
  ])
})

async function start(t: TestContext, dataFolder: string): Promise<number> {
  const begun = performance.now()
  const server = await startServer(t, { dataFolder })
  const answer = await fetch(`${server.url}/readyz`)
  const taken = performance.now() - begun
  if (answer.status !== 200) throw new Error(`/readyz says ${answer.status}`)
  await server.stop()
  return taken
}

async function startBare(): Promise<number> {
  const begun = performance.now()
  const child = fork(path.join(import.meta.dirname, 'bare-server.ts'))
  child.send({ body: '{"status":"ready"}' })
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }]
  await (await fetch(`http://127.0.0.1:${port}/`)).text()
  const taken = performance.now() - begun
  child.kill()
  await once(child, 'exit')
  return taken
}
