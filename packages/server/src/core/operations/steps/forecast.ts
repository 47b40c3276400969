import { foreseePlan, type PointerPlan, type Prospect } from './pointer-plan.ts'

export type { Prospect } from './pointer-plan.ts'

/** What a call on one alias would do. */
export interface Forecast {
  /** Every rule passes. */
  readonly allowed: boolean
  /** The alias itself. */
  readonly prospect: Prospect
  /** Other aliases that would change in the same transaction. */
  readonly others: readonly Prospect[]
}

/** Judges a plan in which `name` was touched; nothing is refused or written. */
export async function forecast(plan: PointerPlan, name: string): Promise<Forecast> {
  const prospects = await foreseePlan(plan)
  const prospect = prospects.find(({ alias }) => alias === name)
  if (prospect === undefined) throw new Error(`no prospect for the alias ${name}`)
  return {
    allowed: prospects.every(({ verdicts }) => verdicts.every(({ passed }) => passed)),
    prospect,
    others: prospects.filter((other) => other !== prospect && other.changed),
  }
}
