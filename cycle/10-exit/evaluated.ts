// On which evaluation of its year a county may leave the list. Pure.
import { states, type StateOf } from '#registry/tables/states.ts'
import type { Exit } from '#packs/schema/schema.ts'

/** What the room evaluate closed: its decision, how sure it was, its rates and how many households were found as they are. */
export interface Evaluated {
  evaluation_id: string
  year: number
  closed_at: string
  overall: string
  confidence: number
  open_appeals: number
  /** Estimate by measure, 0 to 1; null where nothing could be estimated. */
  rates: Record<string, number | null>
  /** By stratum: households with a result, of so many on the frame. */
  strata: Record<StateOf<'evaluation_unit.stratum'>, { known: number; population: number }>
}

type Rule = NonNullable<Exit['county_evaluation']>

export type Fault = 'not_passed' | 'less_sure' | 'too_few' | 'appeal_open'

/** What an evaluation lacks for a county to leave on it; none where nothing. */
export function faultsOf(of: Evaluated, rule: Rule): Fault[] {
  const few = states['evaluation_unit.stratum'].some((stratum) => {
    const { known, population } = of.strata[stratum]
    return known < Math.min(rule.households[stratum], population)
  })
  return [
    ...(of.overall === 'passed' ? [] : (['not_passed'] as const)),
    ...(of.confidence < rule.confidence ? (['less_sure'] as const) : []),
    ...(few ? (['too_few'] as const) : []),
    ...(of.open_appeals > 0 ? (['appeal_open'] as const) : []),
  ]
}

/**
 * Of several evaluations of one area and year the one that counts: the first that did not pass, if there is one (a county
 * does not go on evaluating until it likes the answer), else the first without a fault, else the first. Null where none
 * is closed.
 */
export function counting(all: readonly Evaluated[], rule: Rule): { evaluated: Evaluated; faults: Fault[] } | null {
  const judged = all
    .toSorted((a, b) => a.closed_at.localeCompare(b.closed_at) || a.evaluation_id.localeCompare(b.evaluation_id))
    .map((evaluated) => ({ evaluated, faults: faultsOf(evaluated, rule) }))
  return (
    judged.find(({ faults }) => faults.includes('not_passed')) ??
    judged.find(({ faults }) => faults.length === 0) ??
    judged[0] ??
    null
  )
}
