import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readOnnx } from './onnx-header.ts'

// A protocol buffer as it is written: https://protobuf.dev/programming-guides/encoding/

const bytesOf = (text: string) => new TextEncoder().encode(text)

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}

function field(number: number, content: number | Uint8Array): Uint8Array {
  if (typeof content === 'number')
    return Uint8Array.from([...varint(number * 8), ...varint(content)])
  return joined(Uint8Array.from([...varint(number * 8 + 2), ...varint(content.length)]), content)
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]))
}

function tensor(name: string, dims: readonly number[], type: number, raw: number): Uint8Array {
  const packed = Uint8Array.from(dims.flatMap(varint))
  const weights = new Uint8Array(raw)
  return field(
    5,
    joined(field(1, packed), field(2, type), field(8, bytesOf(name)), field(9, weights)),
  )
}

const NODE = field(1, joined(field(1, bytesOf('x')), field(4, bytesOf('MatMul'))))

function model(...graph: readonly Uint8Array[]): Uint8Array {
  return joined(
    ...[field(1, 10), field(2, bytesOf('pytorch')), field(3, bytesOf('2.9'))],
    field(7, joined(NODE, field(2, bytesOf('main')), ...graph, field(11, field(1, bytesOf('in'))))),
    field(8, field(2, 21)),
  )
}

/** Reads it, and says which ranges were asked for. */
async function look(file: Uint8Array, maxReads = 100) {
  const asked: (readonly [offset: number, length: number])[] = []
  const read = async (offset: number, length: number) => {
    asked.push([offset, length])
    return file.subarray(offset, offset + length)
  }
  return { header: await readOnnx(read, { fileBytes: file.length, maxReads }), asked }
}

test('the tensors of an ONNX file are found between its weights, which are not read', async () => {
  const large = 200_000
  const file = model(tensor('w', [500, 100], 1, large), tensor('b', [100], 10, 200))
  const { header, asked } = await look(file)
  assert.deepEqual(header, {
    format: 'ONNX',
    tensors: [
      { name: 'w', type: 'FLOAT', shape: [500, 100], bytes: large },
      { name: 'b', type: 'FLOAT16', shape: [100], bytes: 200 },
    ],
    facts: {
      ...{ producer: 'pytorch', producerVersion: '2.9', graph: 'main', inputs: ['in'] },
      ...{ opset: 21, nodes: 1 },
    },
    cut: false,
  })
  const read = asked.reduce((sum, [, length]) => sum + length, 0)
  assert.ok(read < 40_000, `${read} bytes were read`)
})

test('it stops where it would have to ask too often, with what it has', async () => {
  const tensors = Array.from({ length: 9 }, (_, at) => tensor(`t${at}`, [1], 1, 20_000))
  const { header, asked } = await look(model(...tensors), 4)
  assert.equal(header.cut, true)
  assert.equal(asked.length, 4)
  assert.deepEqual(
    header.tensors.map(({ name }) => name),
    ['t0', 't1', 't2', 't3'],
  )
})

test('what is no ONNX file is refused with a sentence, whatever it holds', async () => {
  await assert.rejects(look(bytesOf('{"no": "protocol buffer"}')), /ONNX|unknown kind/)
  await assert.rejects(look(model().subarray(0, 20)), /ONNX file/)
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (bytes) => {
      await look(bytes).catch((error: unknown) => assert.ok(error instanceof Error))
    }),
  )
})
