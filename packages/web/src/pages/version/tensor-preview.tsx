import { isGreenroomError } from '@greenroom/sdk'
import type { Entry } from '@greenroom/sdk/wire'
import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { type FilePlace, readFileRange } from '../../api/read-file.ts'
import { fileStartQuery } from '../../api/version-queries.ts'
import { formatCount, formatSize, plural } from '../../ui/format.ts'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import table from '../../ui/table.module.css'
import { ValueTree } from '../../ui/value-tree.tsx'
import { readOnnx } from './onnx-header.ts'
import {
  parseGguf,
  parseSafetensors,
  safetensorsHeaderBytes,
  type Tensor,
  type TensorHeader,
} from './tensor-header.ts'
import styles from './version.module.css'

interface TensorPreviewProps {
  readonly kind: 'safetensors' | 'gguf'
  readonly start: Uint8Array
  readonly place: FilePlace
  readonly entry: Entry
}

/** The tensors of a weight file, from its header alone. */
export function TensorPreview({ kind, start, place, entry }: TensorPreviewProps) {
  const needed = useMemo(() => neededBytes(kind, start, entry.size ?? 0), [kind, start, entry])
  const isMore = typeof needed === 'number' && needed > start.length
  const rest = useQuery({
    ...fileStartQuery(place, entry.digest ?? '', isMore ? needed : 0),
    enabled: isMore,
  })
  const bytes = isMore ? rest.data : start
  const parsed = useMemo(
    () => (bytes === undefined ? undefined : parse(kind, bytes)),
    [kind, bytes],
  )
  if (typeof needed === 'string') return <p className={styles.nothing}>{needed}</p>
  if (rest.error !== null)
    return <ErrorNotice error={rest.error} retry={() => void rest.refetch()} />
  if (parsed === undefined) return <SkeletonRows rows={6} height={28} />
  if (typeof parsed === 'string')
    return <p className={styles.nothing}>Its header cannot be read: {parsed}</p>
  return <Header header={parsed} />
}

/** Each is a request of its own, one after another: a second or two. */
const MAX_ONNX_READS = 256

/** The same of an ONNX file, whose header lies between its weights. */
export function OnnxPreview({ place, entry }: Omit<TensorPreviewProps, 'kind' | 'start'>) {
  const { data, error } = useQuery({
    queryKey: ['onnx', entry.digest],
    queryFn: ({ signal }) =>
      readOnnx((offset, length) => readFileRange(place, offset, length, signal), {
        fileBytes: entry.size ?? 0,
        maxReads: MAX_ONNX_READS,
      }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  if (isGreenroomError(error)) return <ErrorNotice error={error} />
  if (error !== null)
    return <p className={styles.nothing}>Its header cannot be read: {error.message}</p>
  return data === undefined ? <SkeletonRows rows={6} height={28} /> : <Header header={data} />
}

/** How much holds the header, or why it is not read. */
function neededBytes(kind: string, start: Uint8Array, size: number): number | string {
  if (kind === 'gguf') return start.length
  try {
    const needed = safetensorsHeaderBytes(start)
    return needed > size ? 'Its header would be longer than the file.' : needed
  } catch (error) {
    return messageOf(error)
  }
}

function parse(kind: string, bytes: Uint8Array): TensorHeader | string {
  try {
    return kind === 'gguf' ? parseGguf(bytes) : parseSafetensors(bytes)
  } catch (error) {
    return messageOf(error)
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

const SHOWN_TENSORS = 400

function Header({ header }: { readonly header: TensorHeader }) {
  const [query, setQuery] = useState('')
  const wanted = query.trim().toLowerCase()
  const found = header.tensors.filter(({ name }) => name.toLowerCase().includes(wanted))
  const parameters = header.tensors.reduce((sum, { shape }) => sum + countOf(shape), 0)
  const types = [...new Set(header.tensors.map(({ type }) => type))].join(', ')
  return (
    <>
      <div className={styles.bar}>
        <TextInput
          aria-label="Filter tensors"
          placeholder="Filter tensors"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={query}
          onChange={({ currentTarget }) => setQuery(currentTarget.value)}
        />
        <span className="soft num">
          {header.format}: {plural(header.tensors.length, 'tensor')},{' '}
          {plural(parameters, 'parameter')}
          {types === '' ? '' : `, ${types}`}
        </span>
      </div>
      <Tensors tensors={found.slice(0, SHOWN_TENSORS)} />
      {found.length > SHOWN_TENSORS && (
        <p className={styles.cut}>
          The first {SHOWN_TENSORS} of {formatCount(found.length)}: filter to see others.
        </p>
      )}
      {header.cut && (
        <p className={styles.cut}>The header goes on behind what was read; this is its start.</p>
      )}
      {Object.keys(header.facts).length > 0 && (
        <div className={styles.json}>
          <ValueTree label="Facts of the file" value={header.facts} />
        </div>
      )}
    </>
  )
}

function Tensors({ tensors }: { readonly tensors: readonly Tensor[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must scroll it
    <section className={styles.table} tabIndex={0} aria-label="Tensors">
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Tensor</th>
            <th scope="col">Type</th>
            <th scope="col">Shape</th>
            <th scope="col" className={table.number}>
              Parameters
            </th>
            <th scope="col" className={table.number}>
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {tensors.map(({ name, type, shape, bytes }) => (
            <tr key={name}>
              <td className="mono">
                <bdi>{name}</bdi>
              </td>
              <td className="mono">{type}</td>
              <td className="mono">{shape.length === 0 ? 'scalar' : shape.join(' × ')}</td>
              <td className={table.number}>{formatCount(countOf(shape))}</td>
              <td className={table.number}>{bytes === null ? '' : formatSize(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
