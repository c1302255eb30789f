import { draw } from './areas.ts'

/** The field in which a measure's gain shows, by measure of the pack; others show in the family's own trade. */
const FIELD_OF: Record<string, IncomeField> = {
  skill_training: 'wage_income',
  work_away: 'wage_income',
  village_workshop: 'wage_income',
  forest_ranger: 'wage_income',
  village_care: 'wage_income',
  solar: 'property_income',
  cooperative_share: 'property_income',
  forest_payment: 'ecological_compensation_income',
  fields_to_forest: 'ecological_compensation_income',
  minimum_allowance: 'minimum_allowance_income',
  five_guarantee: 'five_guarantee_income',
  disability_allowance: 'disability_allowance_income',
  basic_pension: 'pension_income',
  boarding_grant: 'other_transfer_income',
  senior_grant: 'other_transfer_income',
  vocational_grant: 'other_transfer_income',
  student_grant: 'other_transfer_income',
  urgent_relief: 'other_transfer_income',
  disaster_relief: 'other_transfer_income',
}

export const INCOME_FIELDS = [
  'wage_income',
  'business_income',
  'property_income',
  'minimum_allowance_income',
  'five_guarantee_income',
  'pension_income',
  'disability_allowance_income',
  'ecological_compensation_income',
  'other_transfer_income',
] as const

export type IncomeField = (typeof INCOME_FIELDS)[number]

export type HelpMeasure = {
  measure_code: string
  /** Gain a year that the plan counted on, in fen. */
  income_gain_fen: number
  /** Indicators the measure is meant to mend. */
  indicators: string[]
  delivered: boolean
  /** Field in which the gain shows; guessed from the code where absent. */
  income_field?: IncomeField
}

export type HelpedHousehold = { true_household_id: string; measures: HelpMeasure[] }

/** Money that really came in, as slips and bank records show it. */
export type LedgerFact = {
  true_household_id: string
  measure_code: string
  income_field: IncomeField
  kind: 'wage_slip' | 'subsidy_payment' | 'sale' | 'dividend'
  /** YYYY-MM-DD */
  paid_on: string
  amount_fen: number
}

const KIND: Partial<Record<IncomeField, LedgerFact['kind']>> = {
  wage_income: 'wage_slip',
  business_income: 'sale',
  property_income: 'dividend',
}

/**
 * Share of the planned gain that comes true: paid-out support as promised; work and trade from nothing (one in eight)
 * to half as much again. Made: no published distribution was found.
 */
export function strengthOf(key: string, field: IncomeField): number {
  if (!KIND[field]) return 1
  if (draw(`${key}:fails`) < 0.125) return 0
  return 0.55 + 0.95 * draw(`${key}:strength`)
}

/** What delivered measures bring a household in a year: gain by field in fen, indicators mended, and the slips. */
export function effectOf(
  household: HelpedHousehold,
  seed: number,
  year: number,
): { gains: Record<IncomeField, number>; indicators: string[]; ledger: LedgerFact[] } {
  const gains = Object.fromEntries(INCOME_FIELDS.map((field) => [field, 0])) as Record<IncomeField, number>
  const indicators = new Set<string>()
  const ledger: LedgerFact[] = []
  for (const measure of household.measures) {
    if (!measure.delivered) continue
    for (const indicator of measure.indicators) indicators.add(indicator)
    const income_field = measure.income_field ?? FIELD_OF[measure.measure_code] ?? 'business_income'
    const key = `${seed}:${year}:${household.true_household_id}:${measure.measure_code}`
    // Whole yuan, as wages and grants are paid.
    const gain = Math.round((measure.income_gain_fen * strengthOf(key, income_field)) / 100) * 100
    gains[income_field] += gain
    const slips = income_field === 'wage_income' ? 4 : KIND[income_field] ? 2 : 1
    const each = Math.floor(gain / slips / 100) * 100
    for (let i = 0; i < slips; i++) {
      const amount_fen = i === slips - 1 ? gain - each * (slips - 1) : each
      const month = String(Math.ceil((12 / slips) * (i + 1)) - (slips === 1 ? 3 : 0)).padStart(2, '0')
      if (amount_fen > 0)
        ledger.push({
          true_household_id: household.true_household_id,
          measure_code: measure.measure_code,
          income_field,
          kind: KIND[income_field] ?? 'subsidy_payment',
          paid_on: dayOf(year, month, draw(`${key}:day:${i}`)),
          amount_fen,
        })
    }
  }
  return { gains, indicators: [...indicators].sort(), ledger }
}

/** A day of the month; in December before the tenth, when the year's ledger is closed. */
function dayOf(year: number, month: string, chance: number): string {
  const day = month === '12' ? 1 + Math.floor(chance * 9) : 10 + Math.floor(chance * 15)
  return `${year}-${month}-${String(day).padStart(2, '0')}`
}
