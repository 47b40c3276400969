import type { CollectionName } from '@greenroom/sdk'
import type { Comparison, Version } from '@greenroom/sdk/wire'
import { IconArrowRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { comparisonQuery, useMeasures, versionQuery } from '../api/queries.ts'
import { formatMetric, formatSize, plural } from '../ui/format.ts'
import { MetricDifference } from '../ui/metric-difference.tsx'
import { metricKeysOf, metricsOf } from '../ui/metrics.ts'
import { ErrorNotice, SkeletonRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import styles from './move.module.css'

interface CompareColumnsProps {
  readonly collection: CollectionName
  readonly alias: string
  readonly now: string | undefined
  readonly then: string
}

/** Now → then: metrics with their differences, metadata and files that changed, size. */
export function CompareColumns({ collection, alias, now, then }: CompareColumnsProps) {
  const isMove = now !== undefined && now !== then
  const comparison = useQuery({
    ...comparisonQuery(collection, now ?? then, then),
    enabled: isMove,
  })
  const alone = useQuery({ ...versionQuery(collection, then), enabled: !isMove })
  const head = comparison.data?.head ?? alone.data
  const error = comparison.error ?? alone.error
  return (
    <section className={styles.compare} aria-label="Now and then">
      <div className={styles.columns}>
        <Side word="now" alias={alias} version={comparison.data?.base} name={now} />
        <IconArrowRight size={20} aria-hidden />
        <Side word="then" alias={alias} version={head} name={then} />
      </div>
      {error !== null && <ErrorNotice error={error} />}
      {error === null && head === undefined && <SkeletonRows rows={4} height={32} />}
      {head !== undefined && (
        <Metrics collection={collection} base={comparison.data?.base} head={head} />
      )}
      {comparison.data !== undefined && <Changes comparison={comparison.data} />}
    </section>
  )
}

interface SideProps {
  readonly word: string
  readonly alias: string
  readonly version: Version | undefined
  readonly name: string | undefined
}

function Side({ word, alias, version, name }: SideProps) {
  return (
    <div className={styles.side}>
      <span className="faint">
        {alias} {word}
      </span>
      <strong className="num">{name ?? 'Vacant'}</strong>
      {version !== undefined && (
        <span className="soft">
          {formatSize(version.size)} · <Time at={version.createdAt} /> · {version.createdBy}
        </span>
      )}
    </div>
  )
}

const MAX_METRICS = 8

interface MetricsProps {
  readonly collection: CollectionName
  readonly base: Version | undefined
  readonly head: Version
}

function Metrics({ collection, base, head }: MetricsProps) {
  const measures = useMeasures(collection)
  const versions = base === undefined ? [head] : [base, head]
  const keys = metricKeysOf(versions, measures).slice(0, MAX_METRICS)
  if (keys.length === 0) return <p className="faint">Neither has a number in its metadata.</p>
  const before = metricsOf(base?.metadata ?? {})
  const after = metricsOf(head.metadata)
  return (
    <table className={styles.metrics}>
      <tbody>
        {keys.map((key) => {
          const [was, is] = [before.get(key), after.get(key)]
          return (
            <tr key={key}>
              <th scope="row" className="clip" title={key}>
                {key}
              </th>
              <td className="num soft">{was === undefined ? '–' : formatMetric(was)}</td>
              <td className="num">{is === undefined ? '–' : formatMetric(is)}</td>
              <td>
                {was !== undefined && is !== undefined && (
                  <MetricDifference metric={key} measures={measures} before={was} now={is} />
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

const MAX_PATHS = 6
const shown = (value: string | number | null) => String(value ?? '–')

/** Metadata that is no number, and files. */
function Changes({ comparison }: { readonly comparison: Comparison }) {
  const { base, head, items, next } = comparison
  const words = comparison.metadata.filter(
    ({ base: was, head: is }) => typeof was !== 'number' || typeof is !== 'number',
  )
  const counts = ['added', 'removed', 'changed'].flatMap((change) => {
    const count = items.filter((item) => item.change === change).length
    return count === 0 ? [] : [`${count} ${change}`]
  })
  const files = `Files: ${counts.join(', ') || 'the same'}${next === null ? '' : ', or more'}`
  return (
    <div className={styles.changes}>
      {words.slice(0, MAX_PATHS).map(({ path, base: was, head: is }) => (
        <p key={path} className="clip">
          <code>{path}</code> <del className="faint">{shown(was)}</del> {shown(is)}
        </p>
      ))}
      {words.length > MAX_PATHS && (
        <p className="faint">and {plural(words.length - MAX_PATHS, 'more value')}</p>
      )}
      <p>
        {files}. Size: {formatSize(base.size)} → {formatSize(head.size)}
      </p>
      <ul className={styles.paths}>
        {items.slice(0, MAX_PATHS).map(({ path, change }) => (
          <li key={path} data-change={change} className="clip mono" title={path}>
            {path}
          </li>
        ))}
      </ul>
    </div>
  )
}
