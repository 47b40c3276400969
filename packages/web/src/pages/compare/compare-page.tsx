import type { CollectionName } from '@greenroom/sdk'
import { Switch } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconGitCompare } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMeasures } from '../../api/queries.ts'
import { differencesQuery } from '../../api/version-queries.ts'
import { COMPARE_PATH, collectionOf } from '../../app/place.ts'
import { metricKeysOf } from '../../ui/metrics.ts'
import { PageBody } from '../../ui/page.tsx'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { AddVersion } from './add-version.tsx'
import styles from './compare.module.css'
import { CompareHead } from './compare-head.tsx'
import { FileDifferences } from './file-differences.tsx'
import { LeafTable } from './leaf-table.tsx'
import { type LeafRow, leafRows } from './leaves.ts'
import { TensorDifferences } from './tensor-differences.tsx'

/** More columns than that nobody reads side by side. */
const MAX_VERSIONS = 4
const SLOTS = [0, 1, 2] as const

/** Two to four versions side by side, all of them against one. */
export default function ComparePage() {
  const params = useParams({ from: `/inside${COMPARE_PATH}` })
  const search = useSearch({ from: `/inside${COMPARE_PATH}` })
  const navigate = useNavigate({ from: COMPARE_PATH })
  const collection = collectionOf(params)
  const wanted = [...new Set(search.version ?? [])].slice(0, MAX_VERSIONS)
  const base = wanted.find((one) => one === search.base) ?? wanted[0] ?? ''
  useDocumentTitle(`Compare ${wanted.join(', ')} of ${collection.name} · Greenroom`)
  const set = (version: readonly string[]) =>
    void navigate({ search: (before) => ({ ...before, version }) })
  return (
    <PageBody
      title={
        <>
          Compare <bdi>{collection.name}</bdi>
        </>
      }
      lead="Every difference in metadata, metrics and files, measured against the base."
      actions={
        <div className={styles.actions}>
          <Switch
            label="Show what is equal too"
            checked={search.all === 'yes'}
            onChange={({ currentTarget: { checked } }) =>
              void navigate({
                search: (before) => ({ ...before, all: checked ? 'yes' : undefined }),
                replace: true,
              })
            }
          />
          {wanted.length < MAX_VERSIONS && (
            <AddVersion
              collection={collection}
              taken={wanted}
              onAdd={(one) => set([...wanted, one])}
            />
          )}
        </div>
      }
    >
      {wanted.length < 2 ? (
        <Empty title="Choose two to four versions" icon={<IconGitCompare size={32} aria-hidden />}>
          <p>
            {wanted.length === 0
              ? 'Add the first by its number or an alias.'
              : `${wanted[0]} is there: add what it is compared with.`}
          </p>
        </Empty>
      ) : (
        <Comparison
          collection={collection}
          wanted={wanted}
          base={base}
          isAll={search.all === 'yes'}
          file={search.file}
          onFile={(file) =>
            void navigate({ search: (before) => ({ ...before, file }), replace: true })
          }
          onBase={(one) =>
            void navigate({ search: (before) => ({ ...before, base: one }), replace: true })
          }
          onRemove={(one) => set(wanted.filter((other) => other !== one))}
        />
      )}
    </PageBody>
  )
}

interface ComparisonProps {
  readonly collection: CollectionName
  readonly wanted: readonly string[]
  readonly base: string
  readonly isAll: boolean
  readonly file: string | undefined
  readonly onFile: (path: string) => void
  readonly onBase: (selector: string) => void
  readonly onRemove: (selector: string) => void
}

function Comparison(props: ComparisonProps) {
  const { collection, wanted, base, isAll, file, onFile, onBase, onRemove } = props
  const heads = wanted.filter((one) => one !== base)
  const answers = useDifferences(collection, base, heads)
  const measures = useMeasures(collection)
  const failed = answers.find(({ error }) => error !== null)
  if (failed !== undefined)
    return <ErrorNotice error={failed.error} retry={() => void failed.refetch()} />
  const first = answers.map(({ data }) => data?.pages[0])
  if (first.some((page) => page === undefined)) return <SkeletonRows rows={10} />
  const compared = wanted.flatMap((selector) => {
    const page = selector === base ? first[0] : first[heads.indexOf(selector)]
    const version = selector === base ? page?.base : page?.head
    return version === undefined ? [] : [{ selector, version }]
  })
  const versions = compared.map(({ version }) => version)
  const rows = leafRows(versions)
  const at = wanted.indexOf(base)
  const columns = compared.map(({ version }) => version.version)
  return (
    <>
      <CompareHead compared={compared} base={base} onBase={onBase} onRemove={onRemove} />
      <LeafTable
        title="Metrics"
        head="Metric"
        rows={inOrder(
          rows.filter(({ isMetric }) => isMetric),
          metricKeysOf(versions, measures),
        )}
        measures={measures}
        columns={columns}
        base={at}
        isAll={isAll}
      />
      <LeafTable
        title="Metadata"
        head="Key"
        rows={rows.filter(({ isMetric }) => !isMetric)}
        columns={columns}
        base={at}
        isAll={isAll}
      />
      <FileDifferences
        heads={columns.filter((_, column) => column !== at)}
        answers={answers}
        file={file}
        onFile={onFile}
      />
      {file !== undefined && (
        <TensorDifferences
          key={file}
          path={file}
          compared={versions}
          base={at}
          changes={answers.map(({ data }) =>
            data?.pages.flatMap(({ items }) => items).find(({ path }) => path === file),
          )}
          isAll={isAll}
        />
      )}
    </>
  )
}

/** As the other pages list metrics: the most telling first. */
function inOrder(rows: readonly LeafRow[], keys: readonly string[]): readonly LeafRow[] {
  const place = new Map(keys.map((key, at) => [key, at]))
  return rows.toSorted((a, b) => (place.get(a.path) ?? 1e9) - (place.get(b.path) ?? 1e9))
}

/** One answer for each head. The number of hooks must not change, so there is one for each slot. */
function useDifferences(collection: CollectionName, base: string, heads: readonly string[]) {
  const slot = (at: 0 | 1 | 2) => ({
    ...differencesQuery(collection, base, heads[at] ?? ''),
    enabled: at < heads.length,
  })
  const all = [
    useInfiniteQuery(slot(SLOTS[0])),
    useInfiniteQuery(slot(SLOTS[1])),
    useInfiniteQuery(slot(SLOTS[2])),
  ]
  return all.slice(0, heads.length)
}

export type Differences = ReturnType<typeof useDifferences>[number]
