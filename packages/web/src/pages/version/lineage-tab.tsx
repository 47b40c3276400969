import type { CollectionName } from '@greenroom/sdk'
import type { Version } from '@greenroom/sdk/wire'
import { SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQueries, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { lineageQuery } from '../../api/version-queries.ts'
import type { LineageView } from '../../app/page-search.ts'
import { plural } from '../../ui/format.ts'
import { ErrorNotice, SkeletonBlock } from '../../ui/states.tsx'
import styles from './lineage.module.css'
import { type LineageNode, mergeLineage, placeLineage } from './lineage-layout.ts'
import { LineageList } from './lineage-list.tsx'

/** Its library is asked for when the graph is. */
const LineageGraph = lazy(() => import('./lineage-graph.tsx'))

/** At first the run that made it, what that used, and as far the other way. */
const FIRST_DEPTH = 2
const MORE_DEPTH = 2

interface LineageTabProps {
  readonly collection: CollectionName
  readonly version: Version
  readonly view: LineageView | undefined
  readonly onView: (view: LineageView) => void
}

/** Where a version came from and what came from it: as a graph, or as the list that it is. */
export function LineageTab({ collection, version, view, onView }: LineageTabProps) {
  const isPhone = useMediaQuery('(max-width: 720px)')
  const { picture, cut, error, refetch, more } = useLineage(collection, version)
  const shown = view ?? (isPhone ? 'list' : 'graph')
  if (error !== null) return <ErrorNotice error={error} retry={refetch} />
  if (picture === undefined) return <SkeletonBlock height={420} />
  const runs = picture.placed.filter(({ node }) => node.kind === 'run').length
  return (
    <>
      <div className={styles.bar}>
        <SegmentedControl
          value={shown}
          onChange={(value) => onView(value === 'list' ? 'list' : 'graph')}
          data={[
            { value: 'graph', label: 'Graph' },
            { value: 'list', label: 'List' },
          ]}
        />
        <span className="soft">
          {plural(picture.placed.length - runs, 'version')}, {plural(runs, 'run')}
          {cut ? '; there is more: open a version further out to see it' : ''}
        </span>
      </div>
      {shown === 'list' ? (
        <LineageList picture={picture} />
      ) : (
        <Suspense fallback={<SkeletonBlock height={320} />}>
          <LineageGraph picture={picture} onMore={more} />
        </Suspense>
      )}
    </>
  )
}

type VersionNode = Extract<LineageNode, { kind: 'version' }>

/** The graph around a version, and around those that were opened since. */
function useLineage(collection: CollectionName, version: Version) {
  const [opened, setOpened] = useState<readonly VersionNode[]>([])
  const first = useQuery(lineageQuery(collection, version.version, FIRST_DEPTH))
  const others = useQueries({
    queries: opened.map(({ owner, collection: name, version: index }) =>
      lineageQuery({ owner, name }, index, MORE_DEPTH),
    ),
  })
  const answers = [first, ...others].flatMap(({ data }) => data ?? [])
  // As a text: answers are new objects in every pass, their content seldom is.
  const key = answers.map(({ root, edges }) => `${root} ${edges.length}`).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the answers
  const picture = useMemo(() => {
    const root = answers[0]?.root
    return root === undefined ? undefined : placeLineage(mergeLineage(root, answers))
  }, [key])
  return {
    picture,
    cut: answers.some(({ cut }) => cut),
    error: first.error,
    refetch: () => void first.refetch(),
    more(node: VersionNode) {
      setOpened((before) =>
        before.some(({ key: known }) => known === node.key) ? before : [...before, node],
      )
    },
  }
}
