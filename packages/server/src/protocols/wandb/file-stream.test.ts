import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isRegistryError } from '../../core/errors.ts'
import { readProgress } from './file-stream.ts'

describe('readProgress', () => {
  it('reads lines, summary and end, and keeps every line as it came', () => {
    const body = {
      files: {
        'wandb-history.jsonl': { offset: 3, content: ['{"_step":3,"loss":NaN}'] },
        'wandb-events.jsonl': { offset: 0, content: ['{"system.cpu":1e+01}'] },
        'output.log': { offset: 1, content: ['ERROR 2026 boom'] },
        'wandb-summary.json': { offset: 0, content: ['{"loss":1}', '{"loss":NaN}'] },
        'other.txt': { offset: 0, content: ['x'] },
      },
      uploaded: ['a.txt'],
      complete: true,
      exitcode: 0,
    }
    assert.deepEqual(readProgress(body), {
      lines: [
        { file: 'history', offset: 3, lines: ['{"_step":3,"loss":NaN}'] },
        { file: 'events', offset: 0, lines: ['{"system.cpu":1e+01}'] },
        { file: 'output', offset: 1, lines: ['ERROR 2026 boom'] },
      ],
      summary: '{"loss":NaN}',
      exitCode: 0,
    })
  })

  it('takes an empty object for a sign of life', () => {
    assert.deepEqual(readProgress({}), { lines: [] })
  })

  it('ends a run only when it is complete', () => {
    assert.equal(readProgress({ exitcode: 3 }).exitCode, undefined)
    assert.equal(readProgress({ complete: true, exitcode: 3 }).exitCode, 3)
    assert.equal(readProgress({ complete: true }).exitCode, 1)
  })

  it('refuses other forms', () => {
    const broken = [
      null,
      [],
      { files: [] },
      { files: { 'output.log': [] } },
      { files: { 'output.log': { offset: '0', content: [] } } },
      { files: { 'output.log': { offset: 0, content: [1] } } },
    ]
    for (const body of broken)
      assert.throws(
        () => readProgress(body),
        (error) => isRegistryError(error, 'request_invalid'),
      )
  })
})
