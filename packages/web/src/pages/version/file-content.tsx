import type { Entry } from '@greenroom/sdk/wire'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { FilePlace } from '../../api/read-file.ts'
import { fileStartQuery } from '../../api/version-queries.ts'
import { formatSize } from '../../ui/format.ts'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import table from '../../ui/table.module.css'
import { ValueTree } from '../../ui/value-tree.tsx'
import { parseCsv } from './parse-csv.ts'
import { imageType, type PreviewKind, previewKind, textOf } from './preview-kind.ts'
import { TensorPreview } from './tensor-preview.tsx'
import { tensorKind } from './tensor-query.ts'
import styles from './version.module.css'

const KIB = 1024
/** How much of a file is read to look into it. */
const MOST_BYTES = {
  json: 2 * KIB * KIB,
  table: 256 * KIB,
  image: 16 * KIB * KIB,
  unknown: 128 * KIB,
} as const
type StartKind = keyof typeof MOST_BYTES

interface FileContentProps {
  readonly place: FilePlace
  readonly entry: Entry
}

/** What is in a file, as far as that is safe and small enough to show. */
export function FileContent({ place, entry }: FileContentProps) {
  if (entry.size === 0) return <p className={styles.nothing}>The file is empty.</p>
  return tensorKind(entry.path) === undefined ? (
    <FileStart place={place} entry={entry} />
  ) : (
    <TensorPreview place={place} entry={entry} />
  )
}

/** What is shown of the beginning of a file. */
function FileStart({ place, entry }: FileContentProps) {
  const kind = startKind(previewKind(entry.path))
  const size = entry.size ?? 0
  const most = Math.min(size, MOST_BYTES[kind])
  const isWhole = most === size
  const isReadable = kind !== 'image' || isWhole
  const { data, error, refetch } = useQuery({
    ...fileStartQuery(place, entry.digest ?? '', most),
    enabled: isReadable,
  })
  if (!isReadable)
    return <p className={styles.nothing}>Images up to 16 MiB are shown. Download it to look.</p>
  if (error !== null) return <ErrorNotice error={error} retry={() => void refetch()} />
  if (data === undefined) return <SkeletonRows rows={6} height={28} />
  return (
    <>
      <Shown kind={kind} bytes={data} path={entry.path} isWhole={isWhole} />
      {!isWhole && (
        <p className={styles.cut}>
          The first {formatSize(most)} of {formatSize(size)}.
        </p>
      )}
    </>
  )
}

function startKind(kind: PreviewKind): StartKind {
  return Object.hasOwn(MOST_BYTES, kind) ? (kind as StartKind) : 'unknown'
}

interface ShownProps {
  readonly kind: StartKind
  readonly path: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly isWhole: boolean
}

function Shown({ kind, bytes, path, isWhole }: ShownProps) {
  if (kind === 'image') return <Image bytes={bytes} path={path} />
  const text = textOf(bytes, isWhole)
  if (text === undefined) return <Hex bytes={bytes} />
  if (kind === 'json' && isWhole) return <Json text={text} />
  if (kind === 'table')
    return <Table text={text} isTabbed={path.endsWith('.tsv')} isWhole={isWhole} />
  return <Text text={text} />
}

/** By a URL of bytes that this page holds, so that no image is asked for by its address. */
function Image({
  bytes,
  path,
}: {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly path: string
}) {
  const [url, setUrl] = useState<string>()
  const [isBroken, setBroken] = useState(false)
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type: imageType(path) }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [bytes, path])
  if (isBroken) return <Hex bytes={bytes} />
  return (
    <div className={styles.image}>
      {url !== undefined && <img src={url} alt={path} onError={() => setBroken(true)} />}
    </div>
  )
}

function Text({ text }: { readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must scroll it
    <pre className={styles.text} tabIndex={0}>
      {text}
    </pre>
  )
}

function Json({ text }: { readonly text: string }) {
  const parsed = useMemo(() => {
    try {
      return { value: JSON.parse(text) as unknown }
    } catch {
      return undefined
    }
  }, [text])
  if (parsed === undefined) return <Text text={text} />
  return (
    <div className={styles.json}>
      <ValueTree label="Contents" value={parsed.value} />
    </div>
  )
}

const SHOWN_ROWS = 201
const SHOWN_COLUMNS = 60

interface TableProps {
  readonly text: string
  readonly isTabbed: boolean
  readonly isWhole: boolean
}

function Table({ text, isTabbed, isWhole }: TableProps) {
  const rows = useMemo(() => {
    const separator = isTabbed ? '\t' : ','
    return parseCsv(text, { separator, most: SHOWN_ROWS, isWhole })
  }, [text, isTabbed, isWhole])
  const [head = [], ...body] = rows
  const cells = (row: readonly string[]) => row.slice(0, SHOWN_COLUMNS)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must scroll it
    <section className={styles.table} tabIndex={0} aria-label="Rows">
      <table className={table.table}>
        <thead>
          <tr>
            {cells(head).map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column has no other name
              <th key={column} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other name
            <tr key={at}>
              {cells(row).map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell has no other name
                <td key={column} title={cell}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === SHOWN_ROWS && <p className={styles.cut}>The first {SHOWN_ROWS - 1} rows.</p>}
    </section>
  )
}

const HEX_BYTES = 256
const HEX_A_LINE = 16

/** What is no text: how it begins, as `xxd` writes it. */
function Hex({ bytes }: { readonly bytes: Uint8Array }) {
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, HEX_BYTES); at += HEX_A_LINE) {
    const line = [...bytes.subarray(at, at + HEX_A_LINE)]
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = line.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·'))
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${text.join('')}`)
  }
  return (
    <>
      <p className={styles.nothing}>Not text: this is how it begins.</p>
      <Text text={lines.join('\n')} />
    </>
  )
}
