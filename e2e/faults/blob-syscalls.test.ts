import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { pathOf, stageName } from '../../packages/server/src/blobs/layout.ts'
import { digestOf } from '../../packages/server/src/core/model/digest.ts'
import {
  assertBefore,
  type Call,
  last,
  matching,
  one,
  parseTrace,
  skipStrace as skip,
} from './strace.ts'

// A kill cannot show a missing fsync, since the page cache outlives the process: so the order of
// the calls themselves is asserted. Tried by hand: without the file's fsync, without that of its
// folder or of a new folder's parent, and with the file's after the rename, this goes red.

const UPLOAD = fileURLToPath(new URL('./blob-syscalls-upload.ts', import.meta.url))
const ID = 'upload-1'
const TEXT = 'the bytes of a model, in small pieces'
/** So often makes 76 MB of it: the disk is told to begin before the end has come. */
const LARGE_TIMES = 2_000_000
// With a "?" where not every processor has it.
const CALLS = 'openat,write,writev,fsync,?rename,?renameat,?renameat2,?mkdir,?mkdirat'

describe('system calls of an upload', { skip }, () => {
  let folder: string
  let stage: string
  let blob: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'greenroom-strace-'))
    stage = pathOf(folder, { kind: 'stage', name: stageName(ID, () => '') })
    blob = pathOf(folder, { kind: 'blob', digest: digestOf(TEXT) })
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('come as write, fsync of file, rename, fsync of folder, answer', async () => {
    const { lines, calls } = await trace(folder, ['-e', `trace=${CALLS}`])
    assert.deepEqual(lines, [
      'committed',
      'found true, stages 0',
      'committed',
      'found true, stages 0',
    ])
    const answers = calls.filter((call) => call.text.includes('"committed'))
    const [first, second] = answers.map((answer) => calls.indexOf(answer))
    assert.ok(first !== undefined && second !== undefined)
    // The second upload finds its folders there and durable; the rest is the same.
    assertUploadOrder(calls.slice(0, first + 1), true)
    assertUploadOrder(calls.slice(first + 1, second + 1), false)
  })

  function assertUploadOrder(calls: readonly Call[], newFolders: boolean): void {
    const leaf = dirname(blob)
    const parent = dirname(leaf)
    const created = one(calls, 'openat', `"${stage}"`, 'O_CREAT')
    assert.match(created.text, /O_EXCL/)
    assert.match(created.text, /O_NOFOLLOW/)
    assert.match(created.text, /0600/)
    const writes = matching(calls, 'write', [stage])
    assert.ok(writes.length > 0)
    const fileSync = one(calls, 'fsync', `<${stage}>`)
    const rename = one(calls, 'rename', `"${stage}"`, `"${blob}"`)
    const folderSync = one(calls, 'fsync', `<${leaf}>`)
    const answer = one(calls, 'write', '"committed')
    for (const write of writes) assertBefore(created, write)
    for (const write of writes) assertBefore(write, fileSync)
    assertBefore(fileSync, rename)
    assertBefore(rename, folderSync)
    assertBefore(folderSync, answer)

    const made = matching(calls, 'mkdir', [])
    assert.equal(
      made.some(({ text }) => text.includes(`"${leaf}"`)),
      newFolders,
    )
    if (!newFolders) return
    for (const path of [leaf, parent]) {
      const mkdir = one(calls, 'mkdir', `"${path}"`)
      const sync = last(calls, 'fsync', `<${dirname(path)}>`)
      assertBefore(mkdir, sync)
      assertBefore(sync, rename)
    }
  }

  const faults = [
    { call: 'fsync', what: "the file's fsync", path: () => stage },
    { call: 'fsync', what: "the folder's fsync", path: () => dirname(blob) },
    { call: 'writev', what: 'a write', path: () => stage },
  ]
  for (const { call, what, path } of faults) {
    for (const [error, code] of [
      ['EIO', 'registry_unavailable'],
      ['ENOSPC', 'storage_full'],
      ['EDQUOT', 'storage_full'],
    ]) {
      it(`leave nothing when ${what} fails with ${error}, and can be repeated`, async () => {
        const injected = `inject=${call}:error=${error}:when=1`
        const { lines, calls } = await trace(folder, ['-P', path(), '-e', injected])
        assert.deepEqual(lines, [
          code,
          'found false, stages 0',
          'committed',
          'found true, stages 0',
        ])
        const tried = calls.filter(({ name }) => name === call)
        assert.equal(tried.length, 2, 'the failed call is not tried again for the same upload')
      })
    }
  }

  // The system tells of bytes that it could not write back only once: a later fsync would succeed.
  it('leave nothing when an early write-back failed, though the last fsync would not', async () => {
    const injected = 'inject=fdatasync:error=EIO:when=1'
    const { lines, calls } = await trace(folder, ['-P', stage, '-e', injected], LARGE_TIMES)
    assert.deepEqual(lines, [
      'registry_unavailable',
      'found false, stages 0',
      'committed',
      'found true, stages 0',
    ])
    assert.equal(matching(calls, 'fdatasync', [stage]).length, 2)
    assert.equal(matching(calls, 'fsync', [stage]).length, 1)
  })
})

describe('system calls of a batch', { skip }, () => {
  let folder: string
  let blob: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'greenroom-strace-'))
    blob = pathOf(folder, { kind: 'blob', digest: digestOf(TEXT) })
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('come as write, fsync of file, rename, fsync of each folder, answer', async () => {
    const { lines, calls } = await trace(folder, ['-e', `trace=${CALLS}`], 1, 'batch')
    assert.deepEqual(lines[0], 'committed')
    const answer = matching(calls, 'write', ['"committed'])[0]
    assert.ok(answer !== undefined)
    const upload = calls.filter((call) => call.ended < answer.begun)
    const rename = one(upload, 'rename', `"${blob}"`)
    const stage = /"([^"]*stages[^"]*)"/.exec(rename.text)?.[1] ?? assert.fail(rename.text)
    const created = one(upload, 'openat', `"${stage}"`, 'O_CREAT')
    for (const flag of ['O_EXCL', 'O_NOFOLLOW', '0600']) assert.ok(created.text.includes(flag))
    const written = one(upload, 'write', `<${stage}>`)
    const fileSync = one(upload, 'fsync', `<${stage}>`)
    assertBefore(created, written)
    assertBefore(written, fileSync)
    assertBefore(fileSync, rename)
    const leaf = dirname(blob)
    for (const path of [leaf, dirname(leaf), dirname(dirname(leaf))]) {
      const folderSync = last(upload, 'fsync', `<${path}>`)
      assertBefore(rename, folderSync)
      assertBefore(folderSync, answer)
    }
  })

  for (const what of ['leaf', 'parent'] as const)
    it(`leave nothing when the fsync of a ${what} folder fails, and can be repeated`, async () => {
      const path = what === 'leaf' ? dirname(blob) : dirname(dirname(blob))
      const options = ['-P', path, '-e', 'inject=fsync:error=EIO:when=1']
      const { lines } = await trace(folder, options, 1, 'batch')
      assert.deepEqual(lines, [
        'registry_unavailable',
        'found false, stages 0',
        'committed',
        'found true, stages 0',
      ])
    })
})

/** Runs the upload under strace: what it printed, and its calls as they began. */
async function trace(
  folder: string,
  options: readonly string[],
  times = 1,
  how: 'alone' | 'batch' = 'alone',
) {
  const output = `${folder}.trace`
  const command = [process.execPath, UPLOAD, folder, ID, TEXT, String(times), how]
  const run = spawnSync('strace', ['-f', '-y', '-s', '256', '-o', output, ...options, ...command], {
    encoding: 'utf8',
    // strace counts `when` for each thread: with one thread it is the first call of all.
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  })
  assert.equal(run.status, 0, run.stderr)
  const text = await readFile(output, 'utf8')
  await rm(output)
  return { lines: run.stdout.trimEnd().split('\n'), calls: parseTrace(text) }
}
