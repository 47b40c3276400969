// The SDK as a browser loads it: the built files as they are, in Chromium, on the server's origin.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import { startServer } from '../server.ts'
import { chromiumProgram, ROOT } from '../setup.ts'

const CHROMIUM = chromiumProgram()
const DIST = path.join(ROOT, 'packages', 'sdk', 'dist')

test('in Chromium: log a File, promote it, read it, follow it', {
  skip: CHROMIUM.missing,
}, async (t) => {
  const server = await startServer(t)
  const browser = await chromium.launch({
    executablePath: CHROMIUM.path,
    args: ['--no-sandbox'],
  })
  t.after(() => browser.close())
  // The server's own policy lets no script of a test in.
  const page = await browser.newPage({ bypassCSP: true })
  await page.route('**/sdk/**', (route) => {
    const file = path.join(DIST, new URL(route.request().url()).pathname.slice('/sdk/'.length))
    assert.ok(existsSync(file), `the SDK asks for ${file}, which no browser has`)
    return route.fulfill({ path: file, contentType: 'text/javascript' })
  })
  await page.goto(`${server.url}/healthz`)
  const said = await page.evaluate(story, server.adminKey)
  assert.deepEqual(said, {
    version: 'v0',
    bytes: 3_000_000,
    isSame: true,
    move: ['production', 'v0'],
    again: false,
    refused: 'collection_not_found',
    ended: 'AbortError',
  })
})

/** Runs in the page, with nothing of this file around it. */
async function story(key: string) {
  const from = '/sdk/index.js'
  const sdk: typeof import('@greenroom/sdk') = await import(from)
  const api = new sdk.Api({ key })
  const bytes = new Uint8Array(3_000_000).map((_, at) => at % 251)
  const make = async () =>
    new sdk.Artifact({ name: 'page', type: 'model' }).addFile(new File([bytes], 'w.bin'))
  const version = await api.logArtifact(await make(), { project: 'browser', aliases: ['staging'] })
  const again = await api.logArtifact(await make(), { project: 'browser' })
  await version.promote('production', { reason: 'seen in a browser' })
  const answer = await version.openFile('w.bin')
  const read = new Uint8Array(await answer.arrayBuffer())
  let move: unknown
  for await (const seen of api.watch('browser/page:production', { after: 0 })) {
    move = [seen.alias, ...seen.versions]
    break
  }
  const codeOf = (error: unknown) => (error as { code?: string }).code
  const nameOf = (error: unknown) => (error as Error).name
  return {
    version: version.version,
    bytes: read.length,
    isSame: read.every((byte, at) => byte === bytes[at]),
    move,
    again: again.version !== version.version,
    refused: await api.artifact('browser/nothing').catch(codeOf),
    ended: await api.artifact('browser/page', { signal: AbortSignal.abort() }).catch(nameOf),
  }
}
