// The headers of weight files: what tensors they hold, without reading the weights.

export interface Tensor {
  readonly name: string
  readonly type: string
  readonly shape: readonly number[]
  /** Null where the format does not say it. */
  readonly bytes: number | null
}

export interface TensorHeader {
  readonly format: string
  readonly tensors: readonly Tensor[]
  /** What the file says of itself. */
  readonly facts: Readonly<Record<string, unknown>>
  /** The header goes on behind what was read. */
  readonly cut: boolean
}

/**
 * Of how many bytes the start of a safetensors file must be to hold its header: eight bytes that
 * say how long it is, and it. https://huggingface.co/docs/safetensors (Format). Throws an `Error`
 * where that cannot be.
 */
export function safetensorsHeaderBytes(start: Uint8Array): number {
  if (start.length < 8) throw new Error('It is too short to be a safetensors file.')
  const length = viewOf(start).getBigUint64(0, true)
  if (length > MAX_HEADER_BYTES)
    throw new Error(`Its header would be ${length} bytes, more than is read here.`)
  return 8 + Number(length)
}

export const MAX_HEADER_BYTES = 8 * 1024 * 1024

/** `bytes` holds the whole header. Throws an `Error` where it is none. */
export function parseSafetensors(bytes: Uint8Array): TensorHeader {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(
    bytes.subarray(8, safetensorsHeaderBytes(bytes)),
  )
  const header: unknown = JSON.parse(text)
  if (!isObject(header)) throw new Error('Its header is not an object.')
  const tensors: Tensor[] = []
  let facts: Readonly<Record<string, unknown>> = {}
  for (const [name, value] of Object.entries(header)) {
    if (!isObject(value)) continue
    if (name === '__metadata__') facts = value
    else tensors.push(safetensor(name, value))
  }
  return { format: 'safetensors', tensors, facts, cut: false }
}

function safetensor(name: string, value: Readonly<Record<string, unknown>>): Tensor {
  const offsets = numbersIn(value.data_offsets)
  const [from, to] = offsets
  return {
    name,
    type: String(value.dtype ?? '?'),
    shape: numbersIn(value.shape),
    bytes: from === undefined || to === undefined ? null : to - from,
  }
}

// ---------- GGUF: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md ----------

const GGUF_MAGIC = 0x46554747
const GGUF_ARRAY_SHOWN = 8
const GGML_TYPES = (
  'F32 F16 Q4_0 Q4_1 Q4_2 Q4_3 Q5_0 Q5_1 Q8_0 Q8_1 Q2_K Q3_K Q4_K Q5_K Q6_K Q8_K IQ2_XXS IQ2_XS ' +
  'IQ3_XXS IQ1_S IQ4_NL IQ3_S IQ2_S IQ4_XS I8 I16 I32 I64 F64 IQ1_M BF16'
).split(' ')

/** Reads what the bytes hold of a header; `cut` where they end before it does. */
export function parseGguf(bytes: Uint8Array): TensorHeader {
  const read = ggufReader(bytes)
  if (bytes.length < 24 || read.u32() !== GGUF_MAGIC) throw new Error('It is not a GGUF file.')
  const version = read.u32()
  if (version < 2 || version > 3) throw new Error(`It is GGUF version ${version}, not 2 or 3.`)
  const tensorCount = read.count()
  const factCount = read.count()
  const facts: Record<string, unknown> = Object.create(null)
  const tensors: Tensor[] = []
  let cut = false
  try {
    for (let at = 0; at < factCount; at++) {
      const key = read.text()
      facts[key] = read.value(read.u32())
    }
    for (let at = 0; at < tensorCount; at++) {
      const name = read.text()
      const shape = Array.from({ length: Math.min(read.u32(), 8) }, () => read.count())
      const type = read.u32()
      read.count()
      tensors.push({ name, type: GGML_TYPES[type] ?? `type ${type}`, shape, bytes: null })
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    cut = true
  }
  return { format: `GGUF ${version}`, tensors, facts, cut }
}

/** Its readers throw `RangeError` where the bytes end. */
function ggufReader(bytes: Uint8Array) {
  const view = viewOf(bytes)
  let at = 0
  const skip = (length: number) => {
    at += length
    return at - length
  }
  const u32 = () => view.getUint32(skip(4), true)
  const count = () => Number(view.getBigUint64(skip(8), true))
  const text = () => {
    const length = count()
    if (length > bytes.length - at) throw new RangeError('the text ends behind the bytes')
    const start = skip(length)
    return new TextDecoder().decode(bytes.subarray(start, start + length))
  }
  const scalars: readonly (() => unknown)[] = [
    () => view.getUint8(skip(1)),
    () => view.getInt8(skip(1)),
    () => view.getUint16(skip(2), true),
    () => view.getInt16(skip(2), true),
    u32,
    () => view.getInt32(skip(4), true),
    () => view.getFloat32(skip(4), true),
    () => view.getUint8(skip(1)) !== 0,
    text,
    () => array(),
    count,
    () => Number(view.getBigInt64(skip(8), true)),
    () => view.getFloat64(skip(8), true),
  ]
  const value = (type: number): unknown => {
    const scalar = scalars[type]
    if (scalar === undefined) throw new Error(`It has a value of the unknown type ${type}.`)
    return scalar()
  }
  const array = () => {
    const type = u32()
    const length = count()
    const shown: unknown[] = []
    for (let index = 0; index < length; index++) {
      const one = value(type)
      if (index < GGUF_ARRAY_SHOWN) shown.push(one)
    }
    return length > GGUF_ARRAY_SHOWN ? [...shown, `… ${length - GGUF_ARRAY_SHOWN} more`] : shown
  }
  return { u32, count, text, value }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function numbersIn(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'number') : []
}
