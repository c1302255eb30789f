// Whether an entry can be so. What cannot be is refused; what is unlike what the pack expects is asked about, and taken
// when whoever records it says why it is right. The pack sets every limit; one that sets none asks nothing.
import { daysBetween, yearOf } from '#door/day.ts'
import type { Plausible } from '#packs/schema/schema.ts'

/** What is wrong (`refuse`) or unusual (`ask`) about one line; `limit` and `got` in the line's own units. */
export interface Doubt {
  index: number
  household_id: string
  code: DoubtCode
  weight: 'refuse' | 'ask'
  got: number | string
  limit: number | string
}

export const doubt_codes = [
  'too_early',
  'too_large',
  'over_plan',
  'quantity',
  'alike',
  'never_registered',
  'year_too_early',
  'year_ahead',
  'paid_in_future',
  'amount_too_large',
  'amount_large',
  'amount_negative',
] as const
export type DoubtCode = (typeof doubt_codes)[number]

export interface Given {
  household_id: string
  measure_code: string
  delivered_on: string
  quantity: number
  cost: number
  item_id: string | null
}

/** A line to be recorded: what its item costs as planned, and whether its household ever stood on the register. */
export interface NewLine extends Given {
  planned_cost: number | null
  ever_registered: boolean
}

const apart = (a: string, b: string): number => Math.abs(daysBetween(a, b))

/**
 * Doubts about deliveries, each beside those that stand and those before it in the list. Money in minor units; the plan
 * is held against all that was given of an item, so that many small lines are asked about as one large one is.
 */
export function doubtsOf(
  limits: Plausible | undefined,
  lines: readonly NewLine[],
  standing: readonly Given[],
): Doubt[] {
  const of = limits?.delivery
  if (!of) return []
  const given = new Map<string, number>()
  for (const { item_id, cost } of standing) if (item_id) given.set(item_id, (given.get(item_id) ?? 0) + cost)
  const before = Map.groupBy(standing, (each) => `${each.household_id} ${each.measure_code}`)
  return lines.flatMap((line, index) => {
    const doubts: Doubt[] = []
    const say = (weight: Doubt['weight'], code: DoubtCode, got: number | string, limit: number | string) =>
      doubts.push({ index, household_id: line.household_id, code, weight, got, limit })
    if (line.delivered_on < of.earliest) say('refuse', 'too_early', line.delivered_on, of.earliest)
    if (line.cost > of.cost_max) say('refuse', 'too_large', line.cost, of.cost_max)
    if (line.quantity > of.quantity_ask) say('ask', 'quantity', line.quantity, of.quantity_ask)
    if (!line.ever_registered) say('ask', 'never_registered', line.household_id, 'registered')
    if (line.item_id !== null && line.planned_cost !== null) {
      const sum = (given.get(line.item_id) ?? 0) + line.cost
      given.set(line.item_id, sum)
      if (sum > line.planned_cost * of.over_plan_ask) say('ask', 'over_plan', sum, line.planned_cost)
    }
    const key = `${line.household_id} ${line.measure_code}`
    const same = before.get(key) ?? []
    const alike = same.find((each) => apart(each.delivered_on, line.delivered_on) <= of.alike_days)
    if (alike) say('ask', 'alike', line.delivered_on, alike.delivered_on)
    before.set(key, [...same, line])
    return doubts
  })
}

export interface NewIncomeLine {
  household_id: string
  year: number
  amount: number
  paid_on?: string | undefined
}

/** Doubts about entries of the income ledger; `today` is the campaign's. */
export function doubtsOfIncome(limits: Plausible | undefined, lines: readonly NewIncomeLine[], today: string): Doubt[] {
  const of = limits?.income
  return lines.flatMap(({ household_id, year, amount, paid_on }, index) => {
    const doubts: Doubt[] = []
    const say = (weight: Doubt['weight'], code: DoubtCode, got: number | string, limit: number | string) =>
      doubts.push({ index, household_id, code, weight, got, limit })
    // Not a matter of the pack: what has not been earned yet is not income.
    if (year > yearOf(today)) say('refuse', 'year_ahead', year, yearOf(today))
    if (paid_on !== undefined && paid_on > today) say('refuse', 'paid_in_future', paid_on, today)
    if (!of) return doubts
    if (year < of.earliest_year) say('refuse', 'year_too_early', year, of.earliest_year)
    if (Math.abs(amount) > of.amount_max) say('refuse', 'amount_too_large', amount, of.amount_max)
    else if (amount > of.amount_ask) say('ask', 'amount_large', amount, of.amount_ask)
    else if (amount < 0) say('ask', 'amount_negative', amount, 0)
    return doubts
  })
}
