import type { LoggedVersion, OwnerName, RunReport } from '@greenroom/sdk/wire'
import { Spoiler, Tabs } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { runQuery } from '../../api/run-queries.ts'
import { RUN_TABS, type RunSearch, type RunTab } from '../../app/page-search.ts'
import { collectionParams, ownerOf, RUN_PATH, VERSION_PATH } from '../../app/place.ts'
import { CopyText, Digest } from '../../ui/copy-text.tsx'
import { type Fact, Facts } from '../../ui/facts.tsx'
import { formatCount } from '../../ui/format.ts'
import { PageBody } from '../../ui/page.tsx'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import table from '../../ui/table.module.css'
import { TableFrame } from '../../ui/table-frame.tsx'
import { TagList } from '../../ui/tag-list.tsx'
import { Time } from '../../ui/time.tsx'
import { ValueTree } from '../../ui/value-tree.tsx'
import { RunStateMark } from '../runs/run-state.tsx'
import { ranFor } from '../runs/runs-page.tsx'
import { ConsoleTab } from './console-tab.tsx'
import { CurvesTab } from './curves-tab.tsx'
import styles from './run.module.css'

const TAB_NAMES: Readonly<Record<RunTab, string>> = {
  curves: 'Curves',
  config: 'Config',
  summary: 'Summary',
  console: 'Console',
  versions: 'Inputs and outputs',
}

/** One run: its curves, what it was told, what came out, what it printed, used and made. */
export default function RunPage() {
  const params = useParams({ from: `/inside${RUN_PATH}` })
  const project = ownerOf({ kind: 'projects', ...params })
  const { data: run, error, refetch } = useQuery(runQuery(project, params.run))
  useDocumentTitle(`${run?.displayName ?? params.run} · Greenroom`)
  return (
    <PageBody title={<bdi>{run?.displayName ?? params.run}</bdi>}>
      {error !== null && <ErrorNotice error={error} retry={() => void refetch()} />}
      {error === null && run === undefined && <SkeletonRows />}
      {run !== undefined && (
        <>
          <RunHead run={run} />
          <RunTabs project={project} run={run} />
        </>
      )}
    </PageBody>
  )
}

function RunHead({ run }: { readonly run: RunReport }) {
  return (
    <div className={styles.head}>
      <div className={styles.chips}>
        <RunStateMark state={run.state} />
        <TagList tags={run.tags} show={8} />
      </div>
      {run.notes !== null && run.notes !== '' && (
        <Spoiler maxHeight={120} showLabel="Show all of it" hideLabel="Show less">
          <p className={styles.notes} dir="auto">
            {run.notes}
          </p>
        </Spoiler>
      )}
      <Facts facts={factsOf(run)} />
    </div>
  )
}

function factsOf(run: RunReport): readonly Fact[] {
  const optional = (name: string, value: string | null): readonly Fact[] =>
    value === null || value === '' ? [] : [{ name, value: <bdi>{value}</bdi> }]
  return [
    { name: 'Run', value: <CopyText text={run.run} what="run" /> },
    {
      name: 'Began',
      value: (
        <span>
          <Time at={run.createdAt} /> by {run.createdBy}
        </span>
      ),
    },
    { name: 'Ran for', value: <span className="num">{ranFor(run)}</span> },
    { name: 'Steps', value: <span className="num">{formatCount(run.historyLines)}</span> },
    ...optional('Job', run.jobType),
    ...optional('Group', run.group),
    ...optional('Host', run.host),
    ...optional('Program', run.program),
    ...(run.commit === null
      ? []
      : [{ name: 'Commit', value: <CopyText text={run.commit} what="commit" /> }]),
    ...(run.exitCode === null || run.exitCode === 0
      ? []
      : [{ name: 'Exit code', value: String(run.exitCode) }]),
  ]
}

function RunTabs({ project, run }: { readonly project: OwnerName; readonly run: RunReport }) {
  const search = useSearch({ from: `/inside${RUN_PATH}` })
  const navigate = useNavigate({ from: RUN_PATH })
  const set = (change: RunSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const tree = (label: string, value: unknown) => (
    <ValueTree label={label} value={value} query={search.q ?? ''} onQuery={(q) => set({ q })} />
  )
  return (
    <Tabs
      value={search.tab ?? 'curves'}
      keepMounted={false}
      onChange={(value) => {
        const tab = RUN_TABS.find((one) => one === value)
        void navigate({ search: ({ q: _, ...before }) => ({ ...before, tab }) })
      }}
    >
      <Tabs.List>
        {RUN_TABS.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {TAB_NAMES[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="curves" className={styles.panel ?? ''}>
        <CurvesTab project={project} run={run} search={search} onSearch={set} />
      </Tabs.Panel>
      <Tabs.Panel value="config" className={styles.panel ?? ''}>
        {tree('Config', run.config)}
      </Tabs.Panel>
      <Tabs.Panel value="summary" className={styles.panel ?? ''}>
        {tree('Summary', run.summary)}
      </Tabs.Panel>
      <Tabs.Panel value="console" className={styles.panel ?? ''}>
        <ConsoleTab project={project} run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="versions" className={styles.panel ?? ''}>
        <Versions title="Inputs" none="It used no version." versions={run.inputs} />
        <Versions title="Outputs" none="It made no version." versions={run.outputs} />
      </Tabs.Panel>
    </Tabs>
  )
}

interface VersionsProps {
  readonly title: string
  readonly none: string
  readonly versions: readonly LoggedVersion[]
}

function Versions({ title, none, versions }: VersionsProps) {
  return (
    <section className={styles.versions}>
      <h2>{title}</h2>
      {versions.length === 0 ? (
        <Empty title={none} />
      ) : (
        <TableFrame label={`${title}, as a table`}>
          <table className={table.table} aria-label={title}>
            <thead>
              <tr>
                <th scope="col">Version</th>
                <th scope="col">Type</th>
                <th scope="col">Digest</th>
              </tr>
            </thead>
            <tbody>
              {versions.map(({ owner, collection, version, id, type, digest, state }) => (
                <tr key={id}>
                  <td>
                    <Link
                      to={VERSION_PATH}
                      params={{ ...collectionParams({ owner, name: collection }), version }}
                      className={table.name}
                    >
                      <bdi>{collection}</bdi> <span className="mono soft">{version}</span>
                    </Link>
                    {state !== 'committed' && <span className="faint"> {state}</span>}
                  </td>
                  <td className="soft">{type}</td>
                  <td>
                    <Digest digest={digest} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
    </section>
  )
}
