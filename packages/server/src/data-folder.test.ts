import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  adminKeyPath,
  lockDataFolder,
  makeDataFolder,
  StartRefused,
  writeAdminKey,
} from './data-folder.ts'

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-folder-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

test('one server holds a folder, and the next one may when it lets go', (t) => {
  const folder = join(folderFor(t), 'new', 'one')
  makeDataFolder(folder)
  makeDataFolder(folder)
  const lock = lockDataFolder(folder)
  assert.equal(statSync(folder).mode & 0o077, 0)
  assert.throws(() => lockDataFolder(folder), StartRefused)
  lock.release()
  lockDataFolder(folder).release()
})

test('the lock dies with its holder', async (t) => {
  const folder = folderFor(t)
  const module = new URL('./data-folder.ts', import.meta.url).href
  const program = `
    const { lockDataFolder } = await import(${JSON.stringify(module)})
    globalThis.lock = lockDataFolder(${JSON.stringify(folder)})
    console.log('held')
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', program])
  await once(holder.stdout, 'data')
  assert.throws(() => lockDataFolder(folder), /in use by another server/)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  lockDataFolder(folder).release()
})

test('a folder that cannot be made is refused with a sentence', (t) => {
  const folder = folderFor(t)
  writeFileSync(join(folder, 'file'), '')
  assert.throws(() => makeDataFolder(join(folder, 'file', 'x')), StartRefused)
})

test('a folder in /proc is refused, not tried for ever', (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux has /proc')
  const module = new URL('./data-folder.ts', import.meta.url).href
  for (const folder of ['/proc/greenroom', '/proc/greenroom/below']) {
    const program = `
      const { makeDataFolder } = await import(${JSON.stringify(module)})
      makeDataFolder(${JSON.stringify(folder)})`
    // In a process of its own: what tries for ever would never let this one go.
    const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 60_000,
      encoding: 'utf8',
    })
    assert.equal(signal, null)
    assert.match(stderr, /StartRefused: The data folder \S+ cannot be made: .*--data\./)
  }
})

test('a folder that takes no lock is refused with a sentence', (t) => {
  const folder = folderFor(t)
  mkdirSync(join(folder, 'server.lock'))
  assert.throws(() => lockDataFolder(folder), /cannot be used: .*--data\.$/)
})

test("the administrator's key is for the server's own user only", (t) => {
  const folder = folderFor(t)
  writeFileSync(adminKeyPath(folder), 'older', { mode: 0o644 })
  writeAdminKey(folder, 'the-key')
  assert.equal(readFileSync(adminKeyPath(folder), 'utf8'), 'the-key\n')
  assert.equal(statSync(adminKeyPath(folder)).mode & 0o777, 0o600)
})
