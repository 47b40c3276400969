import { isGreenroomError, rollBack } from '@greenroom/sdk'
import type { StackEntry } from '@greenroom/sdk/wire'
import { Modal, Radio } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../api/connection.ts'
import { rollbackQuery } from '../api/queries.ts'
import { Empty } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { effectsOf } from './effects.ts'
import styles from './move.module.css'
import { MoveFrame } from './move-frame.tsx'
import { MoveWaits } from './move-waits.tsx'
import type { MoveRequest } from './open-move.ts'

/** Take a pointer back: the same dialog the other way round, with the stack that it walks. */
export function RollbackDialog({
  collection,
  alias,
  to,
}: Extract<MoveRequest, { kind: 'rollback' }>) {
  const queries = useQueryClient()
  const [chosen, setChosen] = useState(to)
  const [reason, setReason] = useState('')
  const { data, error, refetch } = useQuery(rollbackQuery(collection, alias, chosen))
  if (isGreenroomError(error, 'rollback_target_missing'))
    return (
      <>
        <Modal.Header className={styles.head ?? ''}>
          <Modal.Title>Roll back {alias}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </Modal.Header>
        <Modal.Body>
          <Empty title="Nothing to go back to">
            <p>{error.message}</p>
          </Empty>
        </Modal.Body>
      </>
    )
  if (data === undefined)
    return <MoveWaits title={`Roll back ${alias}`} error={error} retry={() => void refetch()} />
  const { slots, generation, removed, rules, allowed, stack } = data
  const then = slots[0]?.version ?? ''
  return (
    <MoveFrame
      title={`Roll ${alias} back to ${then}`}
      collection={collection}
      alias={alias}
      choice={<Stack stack={stack} chosen={then} onChoose={setChosen} />}
      now={removed[0]}
      then={then}
      effects={effectsOf(data)}
      rules={rules}
      generation={generation}
      obstacle={allowed ? undefined : 'The rules above do not allow it.'}
      confirm="Roll back"
      reason={reason}
      onReason={setReason}
      act={(why) =>
        rollBack(client(), collection, alias, { to: then, reason: why }, { ifMatch: generation })
      }
      lookAgain={() => void queries.resetQueries(rollbackQuery(collection, alias, chosen))}
    />
  )
}

interface StackProps {
  readonly stack: readonly StackEntry[]
  readonly chosen: string
  readonly onChoose: (version: string) => void
}

const WHY_NOT: Readonly<Record<NonNullable<StackEntry['why']>, string>> = {
  empty: 'nobody bore it',
  deleted: 'deleted since',
  quarantined: 'in quarantine',
  'as now': 'as it is now',
}

/** Where the pointer was before. Asked to go to a version, the registry takes its uppermost. */
function Stack({ stack, chosen, onChoose }: StackProps) {
  const nameOf = ({ slots }: StackEntry) => slots.map(({ version }) => version).join(', ')
  const shown = stack.filter(
    (entry, at) => stack.findIndex((other) => nameOf(other) === nameOf(entry)) === at,
  )
  return (
    <Radio.Group
      label="Back to"
      description="Where it was before, newest first"
      value={chosen}
      onChange={onChoose}
    >
      <div className={styles.stack}>
        {shown.map((entry) => (
          <Radio
            key={entry.generation}
            value={entry.slots[0]?.version ?? ''}
            disabled={entry.why !== null}
            label={
              <>
                <strong className="num">{nameOf(entry) || 'Vacant'}</strong>{' '}
                <span className="soft">
                  {entry.why === null ? (
                    <>
                      set <Time at={entry.move.time} /> by {entry.move.actor}
                    </>
                  ) : (
                    WHY_NOT[entry.why]
                  )}
                  {entry.move.reason === null ? '' : ` · ${entry.move.reason}`}
                </span>
              </>
            }
          />
        ))}
      </div>
    </Radio.Group>
  )
}
