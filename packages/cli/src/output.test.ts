import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOutput, facts, printable, size, table } from './output.ts'

function outputOn(
  isTTY: boolean,
  environment: Readonly<Record<string, string>> = {},
  json = false,
) {
  const written = { out: '', err: '' }
  const sink = (name: 'out' | 'err') => ({
    isTTY,
    write: (text: string) => {
      written[name] += text
    },
  })
  const output = createOutput({ json, environment, out: sink('out'), err: sink('err') })
  return { output, written }
}

test('colour only for people, and never with NO_COLOR', () => {
  const bold = (isTTY: boolean, environment = {}, json = false) =>
    outputOn(isTTY, environment, json).output.colours.bold('x')
  assert.equal(bold(true), '\u001b[1mx\u001b[22m')
  assert.equal(bold(true, { NO_COLOR: '' }), '\u001b[1mx\u001b[22m')
  assert.equal(bold(true, { NO_COLOR: '1' }), 'x')
  assert.equal(bold(true, { TERM: 'dumb' }), 'x')
  assert.equal(bold(true, {}, true), 'x')
  assert.equal(bold(false), 'x')
})

test('bars on a terminal, none in a pipe and none beside JSON', () => {
  assert.equal(outputOn(true).output.bars, true)
  assert.equal(outputOn(false).output.bars, false)
  assert.equal(outputOn(true, {}, true).output.bars, false)
})

test('one JSON document for programs, and no note', () => {
  const { output, written } = outputOn(false, {}, true)
  output.note('for people')
  output.result({ a: [1] }, () => 'for people')
  assert.deepEqual(written, { out: '{"a":[1]}\n', err: '' })
})

test('text for people, notes beside it', () => {
  const { output, written } = outputOn(false)
  output.note('beside')
  output.result({}, () => 'the result')
  assert.deepEqual(written, { out: 'the result\n', err: 'beside\n' })
})

test('tables have aligned columns, and no spaces at the end', () => {
  assert.equal(
    table(
      ['a', 'b'],
      [
        ['long', 'x'],
        ['é', ''],
      ],
    ),
    'A     B\nlong  x\né\n',
  )
  assert.equal(
    facts([
      ['a', '1'],
      ['long', '2'],
    ]),
    'a     1\nlong  2\n',
  )
})

test('what others wrote cannot steer the terminal', () => {
  assert.equal(printable('a\u001b[2Jb\r\u009bc\u202e'), 'a\\u001b[2Jb\\u000d\\u009bc\\u202e')
  assert.equal(table(['a'], [['x\ny\u001b']]), 'A\nx y\\u001b\n')
})

test('sizes in units of 1024', () => {
  assert.deepEqual([0, 1023, 1024, 1536, 5 * 1024 ** 3].map(size), [
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.5 KiB',
    '5.0 GiB',
  ])
})
