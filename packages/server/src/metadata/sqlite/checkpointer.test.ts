import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it } from 'node:test'
import { Checkpointer } from './checkpointer.ts'

it('a checkpointer that cannot work says so once, and lets writers go', async () => {
  const said: string[] = []
  const missing = join(import.meta.dirname, 'no such folder', 'a.db')
  const checkpointer = await new Promise<Checkpointer>((resolve) => {
    const made = new Checkpointer(missing, {
      hold: () => said.push('hold'),
      failed: () => said.push('failed'),
      resume: () => {
        said.push('resume')
        resolve(made)
      },
    })
    made.noteCommit()
  })
  await checkpointer.close()
  await checkpointer.close()
  assert.deepEqual(said, ['failed', 'resume'])
})
