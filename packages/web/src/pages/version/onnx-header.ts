import type { Tensor, TensorHeader } from './tensor-header.ts'

// ONNX: a protocol buffer, `ModelProto` of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
// Weights may lie in the midst of it: they are jumped over, and only what stands between is read.

/** The bytes of a file from an offset on: as many as asked for, fewer at its end. */
export type ReadRange = (offset: number, length: number) => Promise<Uint8Array>

export interface OnnxBounds {
  readonly fileBytes: number
  /** Ranges that may be asked for. */
  readonly maxReads: number
}

/** Field numbers of the messages that are looked into. */
const MODEL = { producer: 2, producerVersion: 3, graph: 7, opset: 8 } as const
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9 } as const

const TYPES = (
  'undefined FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FLOAT16 DOUBLE UINT32 UINT64 ' +
  'COMPLEX64 COMPLEX128 BFLOAT16 FLOAT8E4M3FN FLOAT8E4M3FNUZ FLOAT8E5M2 FLOAT8E5M2FNUZ UINT4 INT4'
).split(' ')

/** Texts are a few words; a longer one is jumped over. */
const MAX_TEXT_BYTES = 1024
const WINDOW_BYTES = 16 * 1024
const VARINT = 0
const FIXED_64 = 1
const BYTES = 2
const FIXED_32 = 5

/**
 * What an ONNX file says of itself and its initializers; `cut` where more ranges would be needed
 * than may be asked for. Throws an `Error` where it is none.
 */
export async function readOnnx(read: ReadRange, bounds: OnnxBounds): Promise<TensorHeader> {
  const cursor = new Cursor(read, bounds)
  const facts: Record<string, unknown> = {}
  const tensors: Tensor[] = []
  let nodes = 0
  let cut = false
  const graph = async ({ number, end }: Field) => {
    if (number === GRAPH.node) nodes += 1
    else if (number === GRAPH.name) facts.graph = await cursor.text(end)
    else if (number === GRAPH.initializer) tensors.push(await readTensor(cursor, end))
    else if (number === GRAPH.input) facts.inputs = added(facts.inputs, await name(cursor, end))
    else if (number === GRAPH.output) facts.outputs = added(facts.outputs, await name(cursor, end))
  }
  try {
    await cursor.fields(bounds.fileBytes, async (field) => {
      const { number, end } = field
      if (number === MODEL.producer) facts.producer = await cursor.text(end)
      else if (number === MODEL.producerVersion) facts.producerVersion = await cursor.text(end)
      else if (number === MODEL.opset) facts.opset = await readOpset(cursor, end)
      else if (number === MODEL.graph) await cursor.fields(end, graph)
    })
  } catch (error) {
    if (!(error instanceof OutOfReads)) throw error
    cut = true
  }
  if (nodes + tensors.length === 0) throw new Error('It holds no graph, or is not an ONNX file.')
  return { format: 'ONNX', tensors, facts: { ...facts, nodes }, cut }
}

async function readTensor(cursor: Cursor, end: number): Promise<Tensor> {
  const shape: number[] = []
  let type = 0
  let own = ''
  let bytes: number | null = null
  await cursor.fields(end, async (field) => {
    if (field.number === TENSOR.dims) shape.push(...(await cursor.integers(field)))
    else if (field.number === TENSOR.type) type = field.value
    else if (field.number === TENSOR.name) own = await cursor.text(field.end)
    else if (field.number === TENSOR.raw) bytes = field.end - cursor.at
  })
  return { name: own, type: TYPES[type] ?? `type ${type}`, shape, bytes }
}

/** `ValueInfoProto`, `StringStringEntryProto` and their kind: what they are called comes first. */
async function name(cursor: Cursor, end: number): Promise<string> {
  let found = ''
  await cursor.fields(end, async ({ number, end: last }) => {
    if (number === 1) found = await cursor.text(last)
  })
  return found
}

async function readOpset(cursor: Cursor, end: number): Promise<number> {
  let version = 0
  await cursor.fields(end, async ({ number, value }) => {
    if (number === 2) version = value
  })
  return version
}

const MAX_NAMES = 64

function added(names: unknown, one: string): readonly string[] {
  const before = Array.isArray(names) ? (names as readonly string[]) : []
  return before.length < MAX_NAMES ? [...before, one] : before
}

interface Field {
  readonly number: number
  /** Of a varint; 0 of anything else. */
  readonly value: number
  /** Where its bytes end; the cursor stands at their beginning. */
  readonly end: number
}

class OutOfReads extends Error {}

/** Walks over a file, a window of which is here. */
class Cursor {
  at = 0
  readonly #read: ReadRange
  readonly #bounds: OnnxBounds
  #window: Uint8Array = new Uint8Array()
  #start = 0
  #reads = 0

  constructor(read: ReadRange, bounds: OnnxBounds) {
    this.#read = read
    this.#bounds = bounds
  }

  /** Gives each field up to `end`, and goes on behind it, whatever `take` read of it. */
  async fields(end: number, take: (field: Field) => Promise<void>): Promise<void> {
    while (this.at < end) {
      const tag = await this.#varint()
      const kind = tag & 7
      const value = kind === VARINT ? await this.#varint() : 0
      const length = kind === BYTES ? await this.#varint() : sizeOf(kind)
      const last = this.at + length
      if (last > end) throw new Error('A part of it ends behind the whole: it is no ONNX file.')
      await take({ number: Math.floor(tag / 8), value, end: last })
      this.at = last
    }
  }

  async text(end: number): Promise<string> {
    const length = Math.min(end - this.at, MAX_TEXT_BYTES)
    await this.#need(length)
    const from = this.at - this.#start
    return new TextDecoder().decode(this.#window.subarray(from, from + length))
  }

  /** One varint, or a packed list of them. */
  async integers({ value, end }: Field): Promise<readonly number[]> {
    if (this.at === end) return [value]
    const found: number[] = []
    while (this.at < end) found.push(await this.#varint())
    return found
  }

  async #varint(): Promise<number> {
    let value = 0
    for (let shift = 0; shift < 63; shift += 7) {
      await this.#need(1)
      const byte = this.#window[this.at - this.#start] ?? 0
      this.at += 1
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
    throw new Error('A number in it does not end: it is no ONNX file.')
  }

  async #need(length: number): Promise<void> {
    const { fileBytes, maxReads } = this.#bounds
    if (this.at + length > fileBytes) throw new Error('It ends too early: it is no ONNX file.')
    if (this.at >= this.#start && this.at + length <= this.#start + this.#window.length) return
    if (this.#reads === maxReads) throw new OutOfReads()
    this.#reads += 1
    this.#start = this.at
    this.#window = await this.#read(this.at, Math.min(WINDOW_BYTES, fileBytes - this.at))
    if (this.#window.length < length) throw new Error('It came shorter than it is.')
  }
}

function sizeOf(kind: number): number {
  if (kind === VARINT) return 0
  if (kind === FIXED_64) return 8
  if (kind === FIXED_32) return 4
  throw new Error(`It has a field of the unknown kind ${kind}: it is no ONNX file.`)
}
