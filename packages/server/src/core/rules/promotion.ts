import type { Stage } from '../model/stage.ts'

/** One rule's verdict on a candidate, with what it saw. */
export interface Verdict {
  readonly rule: 'requires' | 'capacity' | 'protected'
  readonly passed: boolean
  readonly message: string
  readonly saw: Readonly<Record<string, unknown>>
}

/** What the rules of a stage look at. Everything is read before; this decides and reads nothing. */
export interface PromotionCase {
  readonly stage: Stage
  /** The wanted number of bearers after the move. */
  readonly bearers: number
  /** Stages of `stage.requires` that the candidate bore at any time in this collection. */
  readonly borne: ReadonlySet<string>
  readonly mayMoveProtected: boolean
}

/** Every rule with its verdict, passed or not: a dry run shows them all. CEL rules join here. */
export function judgePromotion(promotion: PromotionCase): readonly Verdict[] {
  const { stage, bearers, borne } = promotion
  const verdicts: Verdict[] = []
  if (stage.protected)
    verdicts.push({
      rule: 'protected',
      passed: promotion.mayMoveProtected,
      message: `"${stage.name}" is protected: only who holds the right to promote may move it.`,
      saw: { protected: true },
    })
  if (stage.capacity !== null)
    verdicts.push({
      rule: 'capacity',
      passed: bearers <= stage.capacity,
      message: `${holdsAtMost(stage.name, stage.capacity)} at once.`,
      saw: { capacity: stage.capacity, bearers },
    })
  for (const required of stage.requires)
    verdicts.push({
      rule: 'requires',
      passed: borne.has(required),
      message: `"${stage.name}" takes only versions that were "${required}" before.`,
      saw: { requires: required, borne: borne.has(required) },
    })
  return verdicts
}

/** How a sentence about a capacity begins: `"production" holds at most 1 version`. */
export function holdsAtMost(alias: string, capacity: number): string {
  return `"${alias}" holds at most ${capacity} ${capacity === 1 ? 'version' : 'versions'}`
}
