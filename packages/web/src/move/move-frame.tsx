import type { CollectionName } from '@greenroom/sdk'
import { isGreenroomError } from '@greenroom/sdk'
import type { AliasChange, RuleVerdict } from '@greenroom/sdk/wire'
import { Button, Modal, Textarea } from '@mantine/core'
import { IconArrowRight, IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorNotice } from '../ui/states.tsx'
import { CompareColumns } from './compare-columns.tsx'
import { LostRace } from './lost-race.tsx'
import styles from './move.module.css'
import { closeMove } from './open-move.ts'
import { tellDone } from './tell-done.tsx'

export interface MoveFrameProps {
  readonly title: ReactNode
  readonly collection: CollectionName
  readonly alias: string
  /** What to choose: the pointer and the version, or the place in the stack. */
  readonly choice: ReactNode
  /** The bearer now; undefined: vacant. */
  readonly now: string | undefined
  /** The bearer then. */
  readonly then: string
  /** What else will happen, in sentences. */
  readonly effects: readonly string[]
  readonly rules: readonly RuleVerdict[]
  /** Where it stands: the move is refused when it stands elsewhere by then. */
  readonly generation: number
  /** Why it cannot be done; undefined: it can. */
  readonly obstacle: string | undefined
  readonly confirm: string
  /** Kept while the dialog is open, whatever is chosen in it. */
  readonly reason: string
  readonly onReason: (reason: string) => void
  readonly act: (reason: string | null) => Promise<AliasChange>
  /** Asks for everything that is shown here anew. */
  readonly lookAgain: () => void
}

/** What moves, what that changes, what the rules say, why: then the button. */
export function MoveFrame(props: MoveFrameProps) {
  const { collection, alias, now, then, effects, rules, generation, obstacle, reason } = props
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: () => props.act(reason.trim() || null),
    onSuccess(change) {
      closeMove()
      tellDone(collection, change, now)
    },
  })
  const lost = isGreenroomError(error, 'generation_mismatch')
  return (
    <>
      <Modal.Header className={styles.head ?? ''}>
        <Modal.Title>{props.title}</Modal.Title>
        <Modal.CloseButton aria-label="Close" />
      </Modal.Header>
      <Modal.Body className={styles.body ?? ''}>
        {props.choice}
        <CompareColumns collection={collection} alias={alias} now={now} then={then} />
        {effects.length > 0 && (
          <section>
            <h3>What else will happen</h3>
            <ul className={styles.effects}>
              {effects.map((effect) => (
                <li key={effect}>
                  <IconArrowRight size={14} aria-hidden /> {effect}
                </li>
              ))}
            </ul>
          </section>
        )}
        <Rules rules={rules} />
      </Modal.Body>
      <footer className={styles.foot}>
        <Textarea
          className={styles.reason ?? ''}
          label="Reason"
          placeholder="Stands in the history"
          autosize
          minRows={1}
          maxRows={6}
          value={reason}
          onChange={({ currentTarget }) => props.onReason(currentTarget.value)}
        />
        {lost && (
          <LostRace
            collection={collection}
            alias={alias}
            onLookAgain={() => {
              reset()
              props.lookAgain()
            }}
          />
        )}
        {error !== null && !lost && <ErrorNotice error={error} />}
        <p className="soft">
          {obstacle ?? `Expects generation ${generation}; refused if somebody moves it first.`}
        </p>
        <Button variant="default" onClick={closeMove}>
          Cancel
        </Button>
        <Button
          onClick={() => mutate()}
          loading={isPending}
          disabled={obstacle !== undefined || lost}
        >
          {props.confirm}
        </Button>
      </footer>
    </>
  )
}

function Rules({ rules }: { readonly rules: readonly RuleVerdict[] }) {
  if (rules.length === 0) return null
  return (
    <section>
      <h3>Rules</h3>
      <ul className={styles.effects}>
        {rules.map(({ alias, rule, passed, message, saw }) => (
          <li key={`${alias} ${rule} ${message}`} data-passed={passed}>
            {passed ? (
              <IconCircleCheck size={16} role="img" aria-label="passed" />
            ) : (
              <IconCircleX size={16} role="img" aria-label="not met" />
            )}
            <span>
              {message} <span className="faint">{evidenceOf(saw)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What a rule saw, as words: `capacity 1 · bearers 1`. */
function evidenceOf(saw: RuleVerdict['saw']): string {
  return Object.entries(saw)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ')
}
