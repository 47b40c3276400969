// Distributed training: one run that several processes of the official client write together.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pythonWith } from '../setup.ts'
import { clientOf, told } from './wandb-client.ts'

for (const release of ['wandb', 'wandb-previous'] as const) {
  const python = pythonWith(release)
  test(`one run of several processes, with ${release}`, { skip: python.missing }, async (t) => {
    const { run } = await clientOf(t, python)
    assert.equal(told(await run('wandb_shared.py')).ok, true)
  })
}
