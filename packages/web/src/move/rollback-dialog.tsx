import { rollBack } from '@greenroom/sdk'
import type { Stage } from '@greenroom/sdk/wire'
import { Modal, Radio } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../api/connection.ts'
import { stackQuery } from '../api/queries.ts'
import { Empty, ErrorNotice, SkeletonRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import styles from './move.module.css'
import { MoveFrame } from './move-frame.tsx'
import type { MoveRequest } from './open-move.ts'
import { type StackEntry, undoStack } from './undo-stack.ts'

const SHOWN = 8

/** Take a pointer back: the same dialog the other way round, with the stack that it walks. */
export default function RollbackDialog({
  collection,
  alias,
  to,
}: Extract<MoveRequest, { kind: 'rollback' }>) {
  const queries = useQueryClient()
  const [chosen, setChosen] = useState(to)
  const { data, error, refetch } = useQuery(stackQuery(collection, alias))
  const stack = data === undefined ? [] : undoStack(data.entries)
  // One place a version: asked to go to it, the registry goes to the uppermost.
  const targets = stack
    .slice(1)
    .filter(({ versions }) => versions.length > 0)
    .filter(({ versions }, at, all) => all.findIndex((e) => e.versions[0] === versions[0]) === at)
    .slice(0, SHOWN)
  const target = targets.find(({ versions }) => versions[0] === chosen) ?? targets[0]
  if (data === undefined || target === undefined)
    return (
      <>
        <Modal.Header className={styles.head ?? ''}>
          <h2 id="move-title">Roll back {alias}</h2>
          <Modal.CloseButton aria-label="Close" />
        </Modal.Header>
        <Modal.Body>
          {error !== null && <ErrorNotice error={error} retry={() => void refetch()} />}
          {error === null && data === undefined && <SkeletonRows rows={5} height={32} />}
          {data !== undefined && (
            <Empty title="Nothing to go back to">
              <p>No version bore {alias} before the present one.</p>
            </Empty>
          )}
        </Modal.Body>
      </>
    )
  const now = stack[0]?.versions[0]
  const then = target.versions[0] ?? ''
  const generation = data.entries[0]?.generation ?? 0
  return (
    <MoveFrame
      title={`Roll ${alias} back to ${then}`}
      collection={collection}
      alias={alias}
      choice={<Stack now={now} targets={targets} chosen={then} onChoose={setChosen} />}
      now={now}
      then={then}
      effects={effectsOf(data.stages, alias, now, then)}
      rules={[]}
      generation={generation}
      obstacle={undefined}
      confirm="Roll back"
      act={(reason) =>
        rollBack(client(), collection, alias, { to: then, reason }, { ifMatch: generation })
      }
      lookAgain={() => void queries.resetQueries(stackQuery(collection, alias))}
    />
  )
}

/** By the stage's own rules: what is displaced gains, what comes back loses. */
function effectsOf(
  stages: readonly Stage[],
  alias: string,
  now: string | undefined,
  then: string,
): string[] {
  const stage = stages.find(({ name }) => name === alias)
  const becomes = stage?.onSupersede ?? null
  return [
    ...(now === undefined ? [] : [`${now} is displaced: it is no longer ${alias}`]),
    ...(now === undefined || becomes === null ? [] : [`${now} becomes ${becomes}`]),
    ...(stage?.clears ?? []).map((cleared) => `${then} is ${cleared} no longer, if it was`),
  ]
}

interface StackProps {
  readonly now: string | undefined
  readonly targets: readonly StackEntry[]
  readonly chosen: string
  readonly onChoose: (version: string) => void
}

function Stack({ now, targets, chosen, onChoose }: StackProps) {
  return (
    <Radio.Group
      label="The stack, newest first"
      description={now === undefined ? 'It is vacant now.' : `On top is ${now}.`}
      value={chosen}
      onChange={onChoose}
    >
      <div className={styles.stack}>
        {targets.map(({ seq, versions, time, actor }) => (
          <Radio
            key={seq}
            value={versions[0] ?? ''}
            label={
              <>
                <strong className="num">{versions.join(', ')}</strong>{' '}
                <span className="soft">
                  set <Time at={time} /> by {actor}
                </span>
              </>
            }
          />
        ))}
      </div>
    </Radio.Group>
  )
}
