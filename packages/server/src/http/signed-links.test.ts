import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRegistryError } from '../core/errors.ts'
import { SIGNED_LINK_LIFETIME_SECONDS } from '../core/limits.ts'
import { createSignedLinks, type LinkPermit } from './signed-links.ts'

const KEY = Buffer.alloc(32, 1)
const PERMIT: LinkPermit = { kind: 'upload-run-file', runId: 7, name: 'code/ä b.py' }
let now = 1_700_000_000_000_000

const links = createSignedLinks(
  KEY,
  () => 'https://models.example.com/prefix',
  () => now,
)

function refused(signed: string): boolean {
  try {
    links.verify(signed)
    return false
  } catch (error) {
    assert.ok(isRegistryError(error, 'forbidden'), String(error))
    return true
  }
}

test('a link gives back what was signed', () => {
  assert.deepEqual(links.verify(links.sign(PERMIT)), PERMIT)
})

test('a URL is absolute and ends with the label', () => {
  const url = links.url(PERMIT, 'wandb_artifacts/a b')
  assert.match(
    url,
    /^https:\/\/models\.example\.com\/prefix\/transfer\/[\w.-]+\/wandb_artifacts\/a%20b$/,
  )
  assert.deepEqual(links.verify(url.split('/')[5] ?? ''), PERMIT)
})

test('a link holds for its lifetime and not a second longer', () => {
  const signed = links.sign(PERMIT)
  const before = now
  now += SIGNED_LINK_LIFETIME_SECONDS * 1_000_000
  assert.ok(!refused(signed))
  now += 1_000_000
  assert.ok(refused(signed))
  now = before
})

test('whoever changes a letter anywhere is refused', () => {
  const signed = links.sign(PERMIT)
  const dot = signed.indexOf('.')
  for (let at = 0; at < signed.length; at += 1) {
    // The last letter of a signature carries two unused bits: same bytes, so nothing to refuse.
    if (at === signed.length - 1) continue
    const other = signed[at] === 'A' ? 'B' : 'A'
    assert.ok(refused(signed.slice(0, at) + other + signed.slice(at + 1)), `letter ${at}`)
  }
  for (const wrong of ['', '.', signed.slice(0, dot), `${signed.slice(0, dot)}.`, `${signed}.x`])
    assert.ok(refused(wrong), wrong)
})

test('a link of another key is refused', () => {
  const other = createSignedLinks(
    Buffer.alloc(32, 2),
    () => '',
    () => now,
  )
  assert.ok(refused(other.sign(PERMIT)))
})
