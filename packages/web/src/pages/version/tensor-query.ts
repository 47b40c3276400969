import type { Entry } from '@greenroom/sdk/wire'
import { queryOptions } from '@tanstack/react-query'
import { type FilePlace, readFileRange, readFileStart } from '../../api/read-file.ts'
import { readOnnx } from './onnx-header.ts'
import { type PreviewKind, previewKind } from './preview-kind.ts'
import {
  parseGguf,
  parseSafetensors,
  safetensorsHeaderBytes,
  type TensorHeader,
} from './tensor-header.ts'

type TensorKind = Extract<PreviewKind, 'safetensors' | 'gguf' | 'onnx'>

/** The kind of a file that says which tensors it holds; undefined for any other. */
export function tensorKind(path: string): TensorKind | undefined {
  const kind = previewKind(path)
  return kind === 'safetensors' || kind === 'gguf' || kind === 'onnx' ? kind : undefined
}

const KIB = 1024
const SAFETENSORS_START_BYTES = 64 * KIB
const GGUF_START_BYTES = 4 * KIB * KIB
/** Each is a request of its own, one after another: a second or two. */
const MAX_ONNX_READS = 256

/** What a file says of its tensors, from its header alone. A file that is none fails at once. */
export const tensorHeaderQuery = (place: FilePlace, entry: Pick<Entry, 'digest' | 'size'>) =>
  queryOptions({
    queryKey: ['tensors', entry.digest],
    queryFn: ({ signal }) => readHeader(place, entry.size ?? 0, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })

async function readHeader(
  place: FilePlace,
  size: number,
  signal: AbortSignal,
): Promise<TensorHeader> {
  const start = (most: number) => readFileStart(place, Math.min(size, most), signal)
  const kind = tensorKind(place.path)
  if (kind === 'gguf') return parseGguf(await start(GGUF_START_BYTES))
  if (kind === 'onnx') {
    const read = (offset: number, length: number) => readFileRange(place, offset, length, signal)
    return readOnnx(read, { fileBytes: size, maxReads: MAX_ONNX_READS })
  }
  const first = await start(SAFETENSORS_START_BYTES)
  const needed = safetensorsHeaderBytes(first)
  if (needed > size) throw new Error('Its header would be longer than the file.')
  return parseSafetensors(needed <= first.length ? first : await start(needed))
}
