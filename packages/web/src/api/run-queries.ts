import * as sdk from '@greenroom/sdk'
import type { OwnerName, Run } from '@greenroom/sdk/wire'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { client } from './connection.ts'
import { keys } from './keys.ts'
import { paged } from './queries.ts'

// What pages of runs ask.

const RUNS_A_PAGE = 100
const METRICS_A_PAGE = 200
const CONSOLE_LINES = 1_000
/** Points of a curve: more than a chart has pixels would not be seen. */
const CURVE_SAMPLES = 500
/** While a run goes on, nobody tells of each of its lines. */
const RUNNING_MILLISECONDS = 5_000

export const runsQuery = (owner: OwnerName, query: sdk.RunQuery) =>
  infiniteQueryOptions({
    queryKey: [...keys.runs(owner), 'list', query],
    queryFn: ({ signal, pageParam }) =>
      sdk.listRuns(
        client(),
        owner,
        { limit: RUNS_A_PAGE, ...query, cursor: pageParam },
        { signal },
      ),
    ...paged,
    placeholderData: keepPreviousData,
  })

export const runQuery = (owner: OwnerName, run: string) =>
  queryOptions({
    queryKey: [...keys.runs(owner), 'run', run],
    queryFn: ({ signal }) => sdk.getRun(client(), owner, run, { signal }),
    refetchInterval: ({ state }) => pace(state.data),
  })

export const runMetricsQuery = (owner: OwnerName, { run, state }: Run) =>
  infiniteQueryOptions({
    queryKey: [...keys.runs(owner), 'metrics', run],
    queryFn: ({ signal, pageParam }) =>
      sdk.listMetrics(
        client(),
        owner,
        run,
        { limit: METRICS_A_PAGE, cursor: pageParam },
        { signal },
      ),
    ...paged,
    refetchInterval: pace({ state }),
  })

/** One metric of a run as a curve, its spikes kept. */
export const curveQuery = (owner: OwnerName, { run, state }: Run, metric: string) =>
  queryOptions({
    queryKey: [...keys.runs(owner), 'curve', run, metric],
    queryFn: ({ signal }) =>
      sdk.getRunHistory(
        client(),
        owner,
        run,
        { keys: [metric], samples: CURVE_SAMPLES },
        { signal },
      ),
    refetchInterval: pace({ state }),
  })

/** Its console: the last lines, or all of them from the first on. */
export const consoleEndQuery = (owner: OwnerName, { run, state }: Run) =>
  queryOptions({
    queryKey: [...keys.runs(owner), 'console', run, 'end'],
    queryFn: ({ signal }) =>
      sdk.listRunOutput(client(), owner, run, { last: true, limit: CONSOLE_LINES }, { signal }),
    refetchInterval: pace({ state }),
  })

export const consoleQuery = (owner: OwnerName, { run }: Run) =>
  infiniteQueryOptions({
    queryKey: [...keys.runs(owner), 'console', run, 'all'],
    queryFn: ({ signal, pageParam }) =>
      sdk.listRunOutput(
        client(),
        owner,
        run,
        { limit: CONSOLE_LINES, cursor: pageParam },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })

function pace(run: Pick<Run, 'state'> | undefined): number | false {
  return run?.state === 'running' ? RUNNING_MILLISECONDS : false
}
