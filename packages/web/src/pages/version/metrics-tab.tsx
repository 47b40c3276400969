import type { CollectionName } from '@greenroom/sdk'
import type { Measure, Version } from '@greenroom/sdk/wire'
import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { aliasQuery, useMeasures, versionQuery } from '../../api/queries.ts'
import { COMPARE_PATH, collectionParams } from '../../app/place.ts'
import { formatMetric } from '../../ui/format.ts'
import { MetricDifference } from '../../ui/metric-difference.tsx'
import { directionOf, metricKeysOf, metricsOf } from '../../ui/metrics.ts'
import { Empty } from '../../ui/states.tsx'
import table from '../../ui/table.module.css'
import { TableFrame } from '../../ui/table-frame.tsx'
import styles from './version.module.css'

/** What a number is measured against, when there is such a version. */
const STANDARD = 'production'

interface MetricsTabProps {
  readonly collection: CollectionName
  readonly version: Version
}

/** The numbers in its metadata, beside those of production and of the version before. */
export function MetricsTab({ collection, version }: MetricsTabProps) {
  const others = useOthers(collection, version)
  const own = metricsOf(version.metadata)
  const measures = useMeasures(collection)
  const names = metricKeysOf([version], measures)
  if (names.length === 0)
    return (
      <Empty title="No metrics">
        <p>Numbers in the metadata of a version stand here.</p>
      </Empty>
    )
  return (
    <TableFrame label="Metrics">
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" className={table.number}>
              {version.version}
            </th>
            {others.map(({ label, version: other }) => (
              <Fragment key={label}>
                <th scope="col" className={table.number}>
                  <Link
                    to={COMPARE_PATH}
                    params={collectionParams(collection)}
                    search={{ version: [other.version, version.version] }}
                  >
                    {label}
                  </Link>
                </th>
                <th scope="col">Difference</th>
              </Fragment>
            ))}
            <th scope="col" className={styles.wide}>
              Better is
            </th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <td className="mono">
                <bdi>{name}</bdi>
              </td>
              <td className={table.number}>{formatMetric(own.get(name) ?? Number.NaN)}</td>
              {others.map(({ label, version: other }) => (
                <Against
                  key={label}
                  metric={name}
                  measures={measures}
                  before={metricsOf(other.metadata).get(name)}
                  now={own.get(name)}
                />
              ))}
              <td className={`soft ${styles.wide}`}>{directionOf(name, measures)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

interface AgainstProps {
  readonly metric: string
  readonly measures: readonly Measure[]
  readonly before: number | undefined
  readonly now: number | undefined
}

/** What another version has, and how this one differs from it. */
function Against({ metric, measures, before, now }: AgainstProps) {
  return (
    <>
      <td className={`soft ${table.number}`}>
        {before === undefined ? <span className="faint">not there</span> : formatMetric(before)}
      </td>
      <td>
        {before !== undefined && now !== undefined && (
          <MetricDifference metric={metric} measures={measures} before={before} now={now} />
        )}
      </td>
    </>
  )
}

/**
 * Those that are there: a vacant stage or a deleted version is no fault, there is just no column.
 */
function useOthers(collection: CollectionName, { version }: Version) {
  const [standard] = useQueries({ queries: [aliasQuery(collection, STANDARD)] })
  const bearer = standard.data?.slots[0]?.version
  const before = versionBefore(version)
  const wanted = [
    ...(bearer === undefined || bearer === version
      ? []
      : [{ label: `${STANDARD} ${bearer}`, selector: bearer }]),
    ...(before === undefined || before === bearer
      ? []
      : [{ label: `before ${before}`, selector: before }]),
  ]
  const answers = useQueries({
    queries: wanted.map(({ selector }) => versionQuery(collection, selector)),
  })
  return wanted.flatMap(({ label }, at) => {
    const found = answers[at]?.data
    return found === undefined ? [] : [{ label, version: found }]
  })
}

function versionBefore(version: string): string | undefined {
  const index = Number(version.slice(1))
  return index > 0 ? `v${index - 1}` : undefined
}
