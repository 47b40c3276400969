import type { EntryDifference, Version } from '@greenroom/sdk/wire'
import { useQueries } from '@tanstack/react-query'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import type { Tensor } from '../version/tensor-header.ts'
import { tensorHeaderQuery } from '../version/tensor-query.ts'
import { LeafTable } from './leaf-table.tsx'
import type { LeafRow } from './leaves.ts'

interface TensorDifferencesProps {
  readonly path: string
  readonly compared: readonly Version[]
  /** Which of them is the measure. */
  readonly base: number
  /** How each of the others differs there; undefined: it does not. */
  readonly changes: readonly (EntryDifference | undefined)[]
  readonly isAll: boolean
}

/** The tensors of one file in each version, from its headers: name, type and shape. */
export function TensorDifferences(props: TensorDifferencesProps) {
  const { path, compared, base, changes, isAll } = props
  const own = changes.find((change) => change !== undefined)?.base ?? null
  const entries = compared.map((_, at) => {
    if (at === base) return own
    const change = changes[at < base ? at : at - 1]
    return change === undefined ? own : change.head
  })
  const answers = useQueries({
    queries: compared.map(({ owner, collection: name, version }, at) => ({
      ...tensorHeaderQuery(
        { collection: { owner, name }, version, path },
        entries[at] ?? { digest: null, size: null },
      ),
      enabled: entries[at]?.digest != null,
    })),
  })
  const failed = answers.find(({ error }) => error !== null)
  if (failed !== undefined)
    return <ErrorNotice error={failed.error} retry={() => void failed.refetch()} />
  if (answers.some(({ isFetching }) => isFetching)) return <SkeletonRows rows={4} />
  return (
    <LeafTable
      title={`Tensors of ${path}`}
      head="Tensor"
      rows={tensorRows(answers.map(({ data }) => data?.tensors ?? []))}
      columns={compared.map(({ version }) => version)}
      base={base}
      isAll={isAll}
    />
  )
}

/** A line for each tensor that some version has, in the order in which they come up. */
export function tensorRows(lists: readonly (readonly Tensor[])[]): readonly LeafRow[] {
  const byName = lists.map((list) => new Map(list.map((tensor) => [tensor.name, tensor])))
  const names = new Set(lists.flatMap((list) => list.map(({ name }) => name)))
  return [...names].map((name) => {
    const values = byName.map((tensors) => wordsOf(tensors.get(name)))
    return { path: name, values, differs: new Set(values).size > 1, isMetric: false }
  })
}

function wordsOf(tensor: Tensor | undefined): string | undefined {
  if (tensor === undefined) return undefined
  const { type, shape } = tensor
  return `${type} ${shape.length === 0 ? 'scalar' : shape.join(' × ')}`
}
