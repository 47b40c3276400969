import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkAliasName,
  checkCollectionName,
  checkEntityName,
  checkProjectName,
  checkTag,
  parseVersionIndex,
} from './names.ts'

function refuses(check: (name: string) => void, names: readonly string[]): void {
  for (const name of names)
    assert.throws(() => check(name), { code: 'name_invalid' }, JSON.stringify(name))
}

test('aliases: no "/", no ":", no version, no time travel', () => {
  for (const name of ['production', 'Prod 2', 'v1.0', 'v1-rc', 'me@home', '日本', 'v'])
    checkAliasName(name)
  const travel = ['a@{1}', 'a@2026-03-01T12:00:00Z']
  refuses(checkAliasName, ['', 'a/b', 'a:b', 'v1', 'v007', ' a', 'a ', 'x'.repeat(129), ...travel])
  refuses(checkAliasName, ['a\u0000', 'a\u202e\n', 'e\u0301', '\ud800'])
})

test('collections may hold spaces and Unicode, as MLflow has them', () => {
  for (const name of ['image-classifier', 'My model 2', 'モデル', '50%', 'a#b?c'])
    checkCollectionName(name)
  refuses(checkCollectionName, ['', '.', '..', 'a/b', 'a:b', 'x'.repeat(257), 'a\tb'])
})

test('projects, tags and entities', () => {
  checkProjectName('model-registry-demo')
  refuses(checkProjectName, ['a/b', 'a\\b', 'a#b', 'a?b', '50%', 'a:b', '..'])
  checkTag('needs review')
  refuses(checkTag, ['', 'a.b', 'a  :', '-'.repeat(129)])
  const reserved = new Set(['api', 'graphql'])
  checkEntityName('Ada.L-1', reserved)
  for (const name of ['api', 'API', 'registry', 'registry_x', '.a', 'a/b', ''])
    assert.throws(() => checkEntityName(name, reserved), { code: 'name_invalid' }, name)
})

test('a version index has one spelling', () => {
  assert.equal(parseVersionIndex('v12'), 12)
  for (const text of ['12', 'v', 'v01', 'v-1', 'v1.0', 'V1'])
    assert.equal(parseVersionIndex(text), undefined)
})
