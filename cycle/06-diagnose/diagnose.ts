// Why a household is poor: each cause that the evidence supports, ranked (packs/fit/rank-causes.ts), beside the word of the
// surveyor. Pure.
import type { HouseholdRecord } from '#cycle/record.ts'
import { joinCauses, type StatedCauses } from '#packs/fit/join-causes.ts'
import { rankCauses, type RankedCause, type Ranking } from '#packs/fit/rank-causes.ts'
import { standAt, type Rulebook } from '#packs/rulebook.ts'

export type { RankedCause } from '#packs/fit/rank-causes.ts'

export interface Diagnosed {
  household_id: string
  area_code: string
  instance_id: string
  /** Money a year the whole household lacks to the line, in minor units; null when income is unknown. */
  income_shortfall: number | null
  unmet_indicators: string[]
  /** By the evidence and the surveyor's word together, where the pack joins them; else the computed one. */
  main_cause: string | null
  /** By the evidence alone. */
  computed_cause: string | null
  /** Probability that the main cause is right, from 0 to 1; null where the pack joins nothing. */
  certainty: number | null
  /** Whether the pack calls that sure; null where it joins nothing or nothing was found. Not sure: a person looks at it. */
  sure: boolean | null
  other_causes: string[]
  causes: RankedCause[]
  stated_cause: string | null
  stated_other_causes: string[]
  /** Does the surveyor's main cause equal the computed one? Null where either is absent. */
  agrees: boolean | null
}

/** Diagnose one household: causes ranked by the evidence, the main one by the evidence and the surveyor's word together. */
export function diagnose(book: Rulebook, household: HouseholdRecord, reference_date: string): Diagnosed {
  const at = standAt(book, reference_date, household.area_code)
  const { complete, ...ranking } = rankCauses(book, household.record, at)
  const stated_cause = typeof complete['stated_cause'] === 'string' ? complete['stated_cause'] : null
  const stated_other_causes = Array.isArray(complete['stated_other_causes'])
    ? complete['stated_other_causes'].map(String)
    : []
  const computed_cause = ranking.main_cause
  const main = mainOf(book, ranking, { stated_cause, stated_other_causes })
  const present = [computed_cause, ...ranking.other_causes].filter((code) => code !== null)
  return {
    household_id: household.household_id,
    area_code: household.area_code,
    instance_id: household.instance_id,
    ...ranking,
    ...main,
    computed_cause,
    other_causes: present.filter((code) => code !== main.main_cause),
    stated_cause,
    stated_other_causes,
    agrees: stated_cause !== null && computed_cause !== null ? stated_cause === computed_cause : null,
  }
}

function mainOf(
  { pack }: Rulebook,
  ranking: Pick<Ranking, 'causes' | 'main_cause'>,
  word: StatedCauses,
): Pick<Diagnosed, 'main_cause' | 'certainty' | 'sure'> {
  if (pack.joined_causes === null) return { main_cause: ranking.main_cause, certainty: null, sure: null }
  const may_be_main = new Set(pack.causes.filter((cause) => cause.main).map((cause) => cause.code))
  return joinCauses(pack.joined_causes, ranking, word, may_be_main)
}
