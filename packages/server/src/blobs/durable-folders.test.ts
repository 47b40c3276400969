import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { DurableFolders } from './durable-folders.ts'

/** Folders whose fsyncs are told one by one when to end, and how. */
function openFolders(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'greenroom-folders-'))
  t.after(() => rmSync(root, { recursive: true }))
  const begun: { path: string; end: () => void; fail: (error: Error) => void }[] = []
  const folders = new DurableFolders(root, (path) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    begun.push({ path, end: resolve, fail: reject })
    return promise
  })
  return { root, folders, begun }
}

test('an fsync serves whoever asked before it began, and nobody who asked later', async (t) => {
  const { root, folders, begun } = openFolders(t)
  const done: string[] = []
  const ask = (name: string) => folders.sync(root).then(() => done.push(name))
  const asked = [ask('a'), ask('b')]
  await turn()
  asked.push(ask('c'), ask('d'))
  assert.equal(begun.length, 1)
  begun[0]?.end()
  await turn()
  assert.deepEqual(done, ['a', 'b'])
  assert.equal(begun.length, 2)
  begun[1]?.end()
  await Promise.all(asked)
  assert.deepEqual(done, ['a', 'b', 'c', 'd'])
})

test('a failed fsync fails all who share it, and the next one stands for itself', async (t) => {
  const { root, folders, begun } = openFolders(t)
  const shared = [folders.sync(root), folders.sync(root)]
  await turn()
  const later = folders.sync(root)
  begun[0]?.fail(new Error('EIO'))
  for (const each of shared) await assert.rejects(each, /EIO/)
  await turn()
  begun[1]?.end()
  await later
})

test('a folder is made once, known when its name is durable, and tried again if not', async (t) => {
  const { root, folders, begun } = openFolders(t)
  const path = join(root, 'ab', 'cd')
  let made = 0
  const asked = [folders.make(path), folders.make(path)].map((each) => each.then(() => made++))
  await settled(begun, 1)
  assert.equal(begun[0]?.path, root)
  assert.ok(existsSync(join(root, 'ab')) && !existsSync(path))
  begun[0]?.end()
  await settled(begun, 2)
  assert.equal(begun[1]?.path, join(root, 'ab'))
  assert.equal(made, 0)
  begun[1]?.fail(new Error('EIO'))
  for (const each of asked) await assert.rejects(each, /EIO/)
  const again = folders.make(path)
  await settled(begun, 3)
  assert.equal(begun[2]?.path, join(root, 'ab'))
  begun[2]?.end()
  await again
  await folders.make(path)
  assert.equal(begun.length, 3)
})

/** Until so many fsyncs have begun. */
async function settled(begun: readonly unknown[], count: number): Promise<void> {
  while (begun.length < count) await turn()
}
