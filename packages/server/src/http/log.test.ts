import assert from 'node:assert/strict'
import { test } from 'node:test'
import fastCheck from 'fast-check'
import { createLog, redact } from './log.ts'
import { createSignedLinks } from './signed-links.ts'

const KEY = 'hf_0123456789abcdefghijABCDEFGHIJ0123456789abcdefghi'

async function written(write: (log: Awaited<ReturnType<typeof createLog>>) => void) {
  const lines: string[] = []
  const log = await createLog(
    { level: 'info', format: 'json' },
    { write: (line) => void lines.push(line) },
  )
  write(log)
  return lines.join('')
}

test('no key, header or link gets into a line, wherever it stands', async () => {
  const basic = Buffer.from(`api:${KEY}`).toString('base64')
  const local = `local-${KEY.slice(3)}`
  const link = createSignedLinks(
    Buffer.alloc(32),
    () => '',
    () => 0,
  ).sign({ kind: 'download-manifest', versionId: 'v' })
  const secrets = { KEY, basic, local: local.slice(6), link }
  const text = await written((log) => {
    log.info({ headers: { authorization: `Bearer ${KEY}` } }, 'object')
    log.info({ headers: { authorization: `Basic ${basic}` } }, 'object')
    log.info(`GET /transfer/${link}/file?token=${KEY}`)
    log.error(new Error(`failed for ${local}\nBasic c2hvcnQ6cHc=`), `\n${KEY}`)
    log.child({ key: local }).info('child')
  })
  for (const [name, secret] of Object.entries(secrets)) assert.ok(!text.includes(secret), name)
  assert.ok(!text.includes('c2hvcnQ6cHc='))
  assert.equal(text.trim().split('\n').length, 5)
})

test('what is not secret stays: digests, ids, paths, times', async () => {
  const digest = `sha256:${'0a'.repeat(32)}`
  const text = await written((log) => log.info({ url: '/api/v1/me', digest }, 'answered'))
  const line = JSON.parse(text)
  assert.equal(line.digest, digest)
  assert.equal(line.url, '/api/v1/me')
  assert.match(line.time, /^\d{4}-\d\d-\d\dT/)
})

test('what others wrote steers no terminal, and begins no line of its own kind', async () => {
  const evil = '\u001b]0;x\u0007\u009b31m\r\u007f\u0008'
  const text = await written((log) => {
    log.error(new Error(`no "${evil}"\nsecond`), evil)
    log.info({ name: evil }, 'told')
  })
  for (const line of text.trim().split('\n')) {
    // As the printer for people writes it: what is in a string, it writes as it is.
    const { msg, name, err } = JSON.parse(line)
    const printed = [msg, name, err?.message, err?.stack].join('\n')
    assert.equal(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(printed), false)
    assert.ok(printed.includes('\\u001b]0;x\\u0007\\u009b31m\\u000d\\u007f\\u0008'), printed)
  }
})

test('a redacted line is still JSON', () => {
  const word = fastCheck.string({
    unit: fastCheck.constantFrom('a', 'n', 'u', '0', '\\', '\n', '\u0001', '"'),
  })
  const long = fastCheck.constantFrom('n'.repeat(40), 'u0000'.repeat(9), '')
  const text = fastCheck.array(fastCheck.oneof(word, long)).map((parts) => parts.join(''))
  fastCheck.assert(
    fastCheck.property(text, (message) => {
      JSON.parse(redact(JSON.stringify({ message })))
    }),
  )
})
