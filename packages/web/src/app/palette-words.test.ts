import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ListedCollection } from '@greenroom/sdk/wire'
import { saysAll, versionIn, versionsOf } from './palette-words.ts'

test('a version may be named behind a part of the name', () => {
  assert.deepEqual(versionIn('churn v37'), { name: 'churn', version: 'v37' })
  assert.deepEqual(versionIn('churn:v3'), { name: 'churn', version: 'v3' })
  for (const typed of ['churn', 'v37', 'churn value'])
    assert.deepEqual(versionIn(typed), { name: typed })
})

test('who bears a stage is found, and a number only up to the newest', () => {
  const standing = (alias: string, version: string) => ({ alias, slots: [{ version }] })
  const standings = [standing('staging', 'v5'), standing('latest', 'v5'), standing('prod', 'v3')]
  const collection = { standings, newest: { version: 'v5' } } as unknown as ListedCollection
  const found = (named?: string) =>
    versionsOf(collection, named).map(({ version, stages }) => [version, stages.join()])
  assert.deepEqual(found(), [
    ['v5', 'staging,latest'],
    ['v3', 'prod'],
  ])
  assert.deepEqual(found('v4'), [['v4', '']])
  assert.deepEqual(found('v6'), [])
})

test('every word counts', () => {
  assert.ok(saysAll('Roll back production of churn', 'churn roll'))
  assert.ok(!saysAll('Roll back production of churn', 'churn move'))
})
