import type { Measure } from '@greenroom/sdk/wire'
import { formatMetric } from '../../ui/format.ts'
import { MetricDifference } from '../../ui/metric-difference.tsx'
import table from '../../ui/table.module.css'
import { TableFrame } from '../../ui/table-frame.tsx'
import styles from './compare.module.css'
import type { LeafRow } from './leaves.ts'

interface LeafTableProps {
  readonly title: string
  /** What a row is. */
  readonly head: string
  readonly rows: readonly LeafRow[]
  /** Versions, in order. */
  readonly columns: readonly string[]
  /** Which of them is the measure. */
  readonly base: number
  readonly isAll: boolean
  /** Of the collection: which way is better. */
  readonly measures?: readonly Measure[]
}

const SHOWN_ROWS = 500

export function LeafTable(props: LeafTableProps) {
  const { title, head, rows, columns, base, isAll, measures = [] } = props
  const shown = isAll ? rows : rows.filter(({ differs }) => differs)
  const equal = rows.length - shown.length
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.sectionHead}>
        <h2>{title}</h2>
        <span className="faint num">
          {shown.length === 0 ? 'no difference' : `${shown.length} shown`}
          {equal > 0 ? `, ${equal} equal` : ''}
        </span>
      </div>
      {shown.length > 0 && (
        <TableFrame label={`${title}, as a table`}>
          <table className={`${table.table} ${styles.leaves}`}>
            <thead>
              <tr>
                <th scope="col">{head}</th>
                {columns.map((version, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the same number may come twice
                  <th key={at} scope="col">
                    <span className="mono">{version}</span>
                    {at === base ? ' base' : ''}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.slice(0, SHOWN_ROWS).map((row) => (
                <LeafLine key={row.path} row={row} base={base} measures={measures} />
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
      {shown.length > SHOWN_ROWS && <p className="soft">The first {SHOWN_ROWS}.</p>}
    </section>
  )
}

interface LeafLineProps {
  readonly row: LeafRow
  readonly base: number
  readonly measures: readonly Measure[]
}

function LeafLine({ row, base, measures }: LeafLineProps) {
  const measure = row.values[base]
  return (
    <tr>
      <th scope="row" className={styles.path}>
        <bdi>{row.path}</bdi>
      </th>
      {row.values.map((value, at) => (
        <td
          // biome-ignore lint/suspicious/noArrayIndexKey: a column has no other name
          key={at}
          data-differs={at !== base && value !== measure}
          className={styles.value}
        >
          {value === undefined ? (
            <span className="faint">not there</span>
          ) : typeof value === 'number' ? (
            <span className={`num ${styles.measured}`}>
              {formatMetric(value)}{' '}
              {at !== base && typeof measure === 'number' && (
                <MetricDifference
                  metric={row.path}
                  measures={measures}
                  before={measure}
                  now={value}
                />
              )}
            </span>
          ) : (
            <bdi title={value.slice(0, 2_000)}>{value.slice(0, 300)}</bdi>
          )}
        </td>
      ))}
    </tr>
  )
}
