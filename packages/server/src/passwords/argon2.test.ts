import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRegistryError } from '../core/errors.ts'
import { MAX_PASSWORD_CHECKS_AT_ONCE, MAX_PASSWORD_CHECKS_WAITING } from '../core/limits.ts'
import { argon2Passwords } from './argon2.ts'

const passwords = argon2Passwords()

test('a password is known by its hash, another is not, and no hash knows none', async () => {
  const hash = await passwords.hash('correct horse battery')
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.notEqual(await passwords.hash('correct horse battery'), hash, 'each has its own salt')
  assert.equal(await passwords.verify(hash, 'correct horse battery'), true)
  assert.equal(await passwords.verify(hash, 'correct horse batterz'), false)
  assert.equal(await passwords.verify(null, 'the password of nobody'), false)
})

test('the same letters typed in another way are the same password', async () => {
  const hash = await passwords.hash('café with a composed e')
  assert.equal(await passwords.verify(hash, 'cafe\u0301 with a composed e'), true)
})

test('more than can wait are refused, and all others answered', async () => {
  const hash = await passwords.hash('x')
  const room = MAX_PASSWORD_CHECKS_AT_ONCE + MAX_PASSWORD_CHECKS_WAITING
  const answers = await Promise.allSettled(
    Array.from({ length: room + 3 }, () => passwords.verify(hash, 'x')),
  )
  const refused = answers.filter(({ status }) => status === 'rejected')
  assert.equal(refused.length, 3)
  for (const answer of refused)
    assert(answer.status === 'rejected' && isRegistryError(answer.reason, 'rate_limited'))
  assert.equal(await passwords.verify(hash, 'x'), true, 'turns are given back')
})
