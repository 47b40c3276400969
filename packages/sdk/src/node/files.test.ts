import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileBody, listLocalFiles } from './files.ts'

function openFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-files-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('a folder is all its files, links to files too', async (t) => {
  const folder = openFolder(t)
  mkdirSync(path.join(folder, 'b', 'c'), { recursive: true })
  writeFileSync(path.join(folder, 'b', 'c', 'deep'), 'deep')
  writeFileSync(path.join(folder, 'a'), '')
  symlinkSync('b/c/deep', path.join(folder, 'link'))
  const files = await listLocalFiles(folder)
  assert.deepEqual(
    files.map((file) => [file.path, file.size]),
    [
      ['a', 0],
      ['b/c/deep', 4],
      ['link', 4],
    ],
  )
  const one = await listLocalFiles(path.join(folder, 'link'))
  assert.deepEqual(one, [{ file: path.join(folder, 'link'), path: 'link', size: 4 }])
})

test('what cannot be logged is said, and nothing is left out in silence', async (t) => {
  const folder = openFolder(t)
  const refused = { code: 'file_invalid' }
  await assert.rejects(listLocalFiles(folder), refused)
  await assert.rejects(listLocalFiles(path.join(folder, 'nowhere')), refused)
  await assert.rejects(listLocalFiles('/dev/null'), refused)
  writeFileSync(path.join(folder, 'a'), 'a')
  for (const target of ['nowhere', folder, '/dev/null']) {
    const link = path.join(folder, 'link')
    symlinkSync(target, link)
    await assert.rejects(listLocalFiles(folder), refused, target)
    rmSync(link)
  }
})

test('a body is the rest of a file, and fails when the file ends early', async (t) => {
  const file = path.join(openFolder(t), 'a')
  writeFileSync(file, '0123456789')
  let position = 0
  const hear = (now: number) => {
    position = now
  }
  assert.equal(await new Response(fileBody(file, 10, 4, hear)).text(), '456789')
  assert.equal(position, 10)
  assert.equal(await new Response(fileBody(file, 0, 0, hear)).text(), '')
  await assert.rejects(new Response(fileBody(file, 11, 0, hear)).text(), { code: 'file_invalid' })
})
