import { isGreenroomError } from '@greenroom/sdk'
import type { Entry } from '@greenroom/sdk/wire'
import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { FilePlace } from '../../api/read-file.ts'
import { formatCount, formatSize, plural } from '../../ui/format.ts'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import table from '../../ui/table.module.css'
import { ValueTree } from '../../ui/value-tree.tsx'
import type { Tensor, TensorHeader } from './tensor-header.ts'
import { tensorHeaderQuery } from './tensor-query.ts'
import styles from './version.module.css'

interface TensorPreviewProps {
  readonly place: FilePlace
  readonly entry: Entry
}

/** The tensors of a weight file, from its header alone. */
export function TensorPreview({ place, entry }: TensorPreviewProps) {
  const { data, error, refetch } = useQuery(tensorHeaderQuery(place, entry))
  if (isGreenroomError(error)) return <ErrorNotice error={error} retry={() => void refetch()} />
  if (error !== null)
    return <p className={styles.nothing}>Its header cannot be read: {error.message}</p>
  return data === undefined ? <SkeletonRows rows={6} height={28} /> : <Header header={data} />
}

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
