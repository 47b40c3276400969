import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { makeFolder } from './make-folder.ts'

test('makes what is missing, also by many at once, and nothing in place of a file', async (t) => {
  const root = mkdtempSync(path.join(tmpdir(), 'greenroom-make-'))
  t.after(() => rmSync(root, { recursive: true }))
  const folder = path.join(root, 'a', 'b', 'c')
  await Promise.all([folder, `${folder}/x`, `${folder}/y`].map((name) => makeFolder(name, 0o700)))
  assert.ok(statSync(path.join(folder, 'x')).isDirectory())
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  writeFileSync(path.join(folder, 'file'), '')
  await assert.rejects(makeFolder(path.join(folder, 'file')), { code: 'EEXIST' })
  await assert.rejects(makeFolder(path.join(folder, 'file', 'x')), { code: 'EEXIST' })
})

test('a folder in /proc is refused, not tried for ever', (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux has /proc')
  const module = new URL('./make-folder.ts', import.meta.url).href
  const program = `
    const { makeFolder } = await import(${JSON.stringify(module)})
    await makeFolder('/proc/greenroom/below').catch((error) => console.log(error.code))`
  // In a process of its own: what tries for ever would never let this one go.
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 60_000,
    encoding: 'utf8',
  })
  assert.equal(signal, null)
  assert.match(stdout, /^E[A-Z]+\n$/)
})
