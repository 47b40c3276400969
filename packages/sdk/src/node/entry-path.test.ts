import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { isGreenroomError } from '../greenroom-error.ts'
import { createPathCheck } from './entry-path.ts'

function refuses(paths: readonly string[], platform: NodeJS.Platform = 'linux'): boolean {
  const check = createPathCheck(platform)
  try {
    for (const each of paths) check(each)
    return false
  } catch (error) {
    assert.ok(isGreenroomError(error, 'path_refused'))
    return true
  }
}

/** What paths out of a folder are made of, on any system. */
const PARTS = ['..', '.', '', 'a', 'C:', 'c:', '~', '\\', '/', '\u0000', ' ', '..\\', '\uff0e']

test('what is not refused stays in its folder, read as POSIX and as Windows do', () => {
  const hostile = fc
    .array(fc.oneof(fc.constantFrom(...PARTS), fc.string({ maxLength: 4 })), { maxLength: 6 })
    .chain((parts) => fc.constantFrom('/', '\\', '').map((joint) => parts.join(joint)))
  fc.assert(
    fc.property(hostile, (entryPath) => {
      for (const { platform, rules, root } of [
        { platform: 'linux', rules: path.posix, root: '/base/folder' },
        { platform: 'win32', rules: path.win32, root: 'Z:\\base\\folder' },
      ] as const) {
        if (refuses([entryPath], platform)) continue
        const inside = rules.relative(root, rules.resolve(root, entryPath))
        const leadsOut = inside.split(rules.sep)[0] === '..' || rules.isAbsolute(inside)
        assert.ok(inside !== '' && !leadsOut, `${platform}: ${JSON.stringify(entryPath)}`)
        // Windows drops spaces and dots at the end of a part: "..  " is "..".
        if (platform === 'win32') assert.doesNotMatch(entryPath, /[ .](\/|$)/)
      }
    }),
    { numRuns: 3_000 },
  )
})

test('plain names of files and folders are taken', () => {
  assert.equal(
    refuses(['config.json', 'weights/a b.bin', 'weights/é (1).bin', '..a', 'a..', '~']),
    false,
  )
})

test('one path is one file, and no file is a folder', () => {
  assert.equal(refuses(['a', 'a']), true)
  assert.equal(refuses(['a', 'a-b', 'a/b']), true)
  assert.equal(refuses(['a/b/c', 'a/b']), true)
  assert.equal(refuses(['a/b/c', 'a']), true)
  assert.equal(refuses(['a/b', 'a/c/d', 'a/c/e', 'b']), false)
})

test('where letter case does not count, neither do paths that differ by it', () => {
  const twins = ['Model.bin', 'model.bin']
  assert.equal(refuses(twins, 'linux'), false)
  for (const platform of ['darwin', 'win32'] as const) {
    assert.equal(refuses(twins, platform), true)
    assert.equal(refuses(['A/x', 'a'], platform), true)
  }
})

test('what Windows reads as something else is refused there', () => {
  for (const name of ['con', 'NUL.txt', 'a/COM1', 'lpt9.bin', 'ab:c', 'a.', 'a /b', 'what?', 'a|b'])
    assert.deepEqual([refuses([name], 'win32'), refuses([name], 'linux')], [true, false], name)
})
