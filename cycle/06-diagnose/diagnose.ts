// Why a household is poor: each cause that the evidence supports, ranked (packs/fit/rank-causes.ts), beside the word of the
// surveyor. Pure.
import type { HouseholdRecord } from '#cycle/record.ts'
import { rankCauses, type RankedCause } from '#packs/fit/rank-causes.ts'
import { standAt, type Rulebook } from '#packs/rulebook.ts'

export type { RankedCause } from '#packs/fit/rank-causes.ts'

export interface Diagnosed {
  household_id: string
  area_code: string
  instance_id: string
  /** Money a year the whole household lacks to the line, in minor units; null when income is unknown. */
  income_shortfall: number | null
  unmet_indicators: string[]
  main_cause: string | null
  other_causes: string[]
  causes: RankedCause[]
  stated_cause: string | null
  stated_other_causes: string[]
  /** Does the surveyor's main cause equal the computed one? Null where either is absent. */
  agrees: boolean | null
}

/** Diagnose one household; the surveyor's word stands beside the ranking and changes nothing. */
export function diagnose(book: Rulebook, household: HouseholdRecord, reference_date: string): Diagnosed {
  const at = standAt(book, reference_date, household.area_code)
  const { complete, ...ranking } = rankCauses(book, household.record, at)
  const stated_cause = typeof complete['stated_cause'] === 'string' ? complete['stated_cause'] : null
  const { main_cause } = ranking
  return {
    household_id: household.household_id,
    area_code: household.area_code,
    instance_id: household.instance_id,
    ...ranking,
    stated_cause,
    stated_other_causes: Array.isArray(complete['stated_other_causes'])
      ? complete['stated_other_causes'].map(String)
      : [],
    agrees: stated_cause !== null && main_cause !== null ? stated_cause === main_cause : null,
  }
}
