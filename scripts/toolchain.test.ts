import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { buildWhenNewer } from './toolchain.mjs'

test('what is built is built again when a part changes, and only then', async (t) => {
  const { build, change, remove } = place(t)
  assert.deepEqual(await build(), { code: 0, made: true })
  assert.deepEqual(await build(), { code: 0, made: false })
  change()
  assert.deepEqual(await build(), { code: 0, made: true })
  remove('dist/main.js')
  assert.deepEqual(await build(), { code: 0, made: true })
})

test('a build that failed or was killed counts as none, whatever it wrote', async (t) => {
  const { build, change } = place(t)
  assert.deepEqual(await build(() => 1), { code: 1, made: true })
  assert.deepEqual(await build(), { code: 0, made: true })
  change()
  const killed = build(() => {
    throw new Error('killed')
  })
  await assert.rejects(killed, /killed/)
  assert.deepEqual(await build(), { code: 0, made: true })
})

test('what changes while it is built is built once more', async (t) => {
  const { build, change } = place(t)
  const midway = () => {
    change()
    return 0
  }
  assert.deepEqual(await build(midway), { code: 0, made: true })
  assert.deepEqual(await build(), { code: 0, made: true })
})

/** A package of one source; its build writes the main file first, then does what it is told. */
function place(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'toolchain-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const source = path.join(folder, 'src', 'a.ts')
  const main = path.join(folder, 'dist', 'main.js')
  for (const each of [source, main]) mkdirSync(path.dirname(each))
  writeFileSync(source, '')
  const stamp = path.join(folder, 'stamps', 'it')
  const parts = ['src']
  changeAt(-3_600_000)

  function changeAt(milliseconds: number): void {
    const at = new Date(Date.now() + milliseconds)
    for (const each of [source, path.dirname(source)]) utimesSync(each, at, at)
  }

  async function build(then: () => number = () => 0) {
    let made = false
    const what = { folder, file: 'dist/main.js', parts, stamp }
    const code = await buildWhenNewer(what, async () => {
      made = true
      writeFileSync(main, '')
      return then()
    })
    return { code, made }
  }

  const remove = (name: string) => rmSync(path.join(folder, name))
  return { build, change: () => changeAt(0), remove }
}
