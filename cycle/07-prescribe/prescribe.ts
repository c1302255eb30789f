// The plan of one household: from its needs and causes to the cheapest measures that close them, each with its reason.
// Pure.
import type { HouseholdRecord } from '#cycle/record.ts'
import { cheapestSufficientSet, type Option, type UncoveredNeed } from '#engines/allocation/sufficient.ts'
import type { RuleRecord } from '#engines/rules/schema.ts'
import { inForce } from '#packs/in-force.ts'
import { ask, askMoney, complete, type Rulebook, type Standpoint } from '#packs/rulebook.ts'
import type { Measure, Text } from '#packs/schema/schema.ts'
import { itemReason, uncoveredReason } from './reasons.ts'

/** What the diagnosis says that the plan must answer. Money in minor units a year for the whole household. */
export interface Basis {
  diagnosis_id: string
  income_shortfall: number | null
  unmet_indicators: string[]
  main_cause: string | null
  other_causes: string[]
  /** Urgency from 0 to 100, from the assessment. */
  score: number | null
}

/** A measure of an earlier year's plan that stands: it is not offered twice, and its effect is on its way. */
export interface Standing {
  measure_code: string
  cost_period: string
  income_gain: number
  indicators: string[]
  /** Not yet felt when the household was last assessed. */
  on_its_way: boolean
}

/** `income` in minor units a year, an indicator's need is 1. */
export interface Need {
  need: string
  amount: number
}

export interface Uncovered {
  need: string
  amount: number | null
  covered: number | null
  reason: UncoveredNeed['reason'] | 'unknown'
  text: Text
}

/** A measure that was looked at: chosen, not needed beside the others, already planned, or not to be told. */
export interface Weighed {
  measure_code: string
  state: 'chosen' | 'not_needed' | 'standing' | 'unknown'
  cost: number | null
  income_gain: number | null
  indicators: string[]
  causes: string[]
  missing: string[]
}

export interface PlannedItem {
  measure_code: string
  batch: string
  cause: string | null
  /** What the state pays in the plan's year; `cost_period` says whether again every year. */
  cost: number
  cost_period: 'once' | 'yearly'
  starts_after_months: number
  income_gain: number
  indicators: string[]
  value: number
  reason: Text
}

export interface Planned {
  household_id: string
  area_code: string
  diagnosis_id: string
  needs: Need[]
  weighed: Weighed[]
  items: PlannedItem[]
  uncovered: Uncovered[]
  cost: number
  income_gain: number
}

interface Candidate {
  measure: Measure
  causes: string[]
  cost: number
  income: number
  indicators: string[]
}

// Household measures number some tens; a search that long is a hopeless tie, and what it found stands.
const node_limit = 20_000

/**
 * Plan one household. Candidates are measures in force whose condition is TRUE; those that cannot be told are listed
 * with what is missing. Of candidates the cheapest sufficient set is chosen; of equal ones, those that answer the
 * household's causes. Parameters of the pack, where it has them: `plan_margin_percent` is added to the income
 * shortfall, `plan_years` are the years over which yearly costs are compared with single ones (1 where absent).
 */
export function prescribe(
  book: Rulebook,
  household: Pick<HouseholdRecord, 'household_id' | 'area_code' | 'record'>,
  basis: Basis,
  at: Standpoint,
  standing: readonly Standing[] = [],
): Planned {
  const whole = complete(book, household.record, at)
  const needs = needsOf(basis, at, standing)
  const wanted = new Map(needs.map((each) => [each.need, each.amount]))
  const weighed: Weighed[] = []
  const candidates: Candidate[] = []
  const stands = new Set(standing.filter((each) => each.cost_period === 'once').map((each) => each.measure_code))
  for (const measure of book.pack.measures) {
    if (!inForce(measure, at.date)) continue
    const looked = look(book, measure, basis, wanted, whole, at)
    if (looked === null) continue
    if (looked.missing.length > 0) weighed.push({ ...told(measure, looked), state: 'unknown', missing: looked.missing })
    else if (stands.has(measure.code)) weighed.push({ ...told(measure, looked), state: 'standing' })
    else candidates.push({ measure, ...looked, cost: looked.cost ?? 0, income: looked.income ?? 0 })
  }

  const found = cheapestSufficientSet({
    needs: needs.map((each) => ({ need_id: each.need, amount: each.amount })),
    options: candidates.map((each) => optionOf(each, basis, wanted, number(at.params.plan_years) ?? 1)),
    node_limit,
  })
  const chosen = new Set(found.chosen)
  const items = candidates
    .filter((each) => chosen.has(each.measure.code))
    .map((each) => itemOf(book, each, basis, wanted))
  weighed.unshift(
    ...candidates.map((each): Weighed => ({
      ...told(each.measure, each),
      state: chosen.has(each.measure.code) ? 'chosen' : 'not_needed',
    })),
  )
  return {
    household_id: household.household_id,
    area_code: household.area_code,
    diagnosis_id: basis.diagnosis_id,
    needs,
    weighed,
    items,
    uncovered: uncoveredOf(book, found.uncovered, basis),
    cost: items.reduce((sum, item) => sum + item.cost, 0),
    income_gain: items.reduce((sum, item) => sum + item.income_gain, 0),
  }
}

function needsOf(basis: Basis, at: Standpoint, standing: readonly Standing[]): Need[] {
  const coming = standing.filter((each) => each.on_its_way)
  const margin = 1 + (number(at.params.plan_margin_percent) ?? 0) / 100
  const income =
    Math.round((basis.income_shortfall ?? 0) * margin) - coming.reduce((sum, each) => sum + each.income_gain, 0)
  const met = new Set(coming.flatMap((each) => each.indicators))
  return [
    ...(basis.income_shortfall !== null && basis.income_shortfall > 0 && income > 0
      ? [{ need: 'income', amount: income }]
      : []),
    ...basis.unmet_indicators.filter((code) => !met.has(code)).map((need) => ({ need, amount: 1 })),
  ]
}

interface Looked {
  causes: string[]
  cost: number | null
  income: number | null
  indicators: string[]
  missing: string[]
}

/** Null where the measure is not for this household. `missing` where that, its cost or its effect cannot be told. */
function look(
  book: Rulebook,
  measure: Measure,
  basis: Basis,
  wanted: ReadonlyMap<string, number>,
  whole: RuleRecord,
  at: Standpoint,
): Looked | null {
  const ready = book.compiled.measures[measure.code]
  if (!ready) throw new Error(`measure ${measure.code} is not compiled`)
  const condition = ask(ready.condition, whole, at)
  if (condition.value === false) return null
  const named = [basis.main_cause, ...basis.other_causes]
  const causes = named.filter((code): code is string => code !== null && measure.causes.includes(code))
  const indicators = measure.closes.indicators.filter((code) => wanted.has(code))
  if (condition.value === null) return { causes, cost: null, income: null, indicators, missing: condition.missing }
  const cost = askMoney(ready.cost, whole, at)
  const income = askMoney(ready.closes.income, whole, at)
  const missing = [
    ...(cost === null ? ask(ready.cost, whole, at).missing : []),
    ...(income === null ? ask(ready.closes.income, whole, at).missing : []),
  ]
  return { causes, cost, income, indicators, missing }
}

function told(measure: Measure, looked: Looked | Candidate): Omit<Weighed, 'state'> {
  return {
    measure_code: measure.code,
    cost: looked.cost,
    income_gain: looked.income,
    indicators: looked.indicators,
    causes: looked.causes,
    missing: [],
  }
}

/**
 * A measure that names the main cause is taken before one that names another of the causes, and that before one that
 * names none, where their costs are the same to a ten-thousandth: a nudge, not a price.
 */
function optionOf(each: Candidate, basis: Basis, wanted: ReadonlyMap<string, number>, years: number): Option {
  const rank = each.causes.length === 0 ? 2 : basis.main_cause !== null && each.causes[0] === basis.main_cause ? 0 : 1
  const cost = each.measure.cost_period === 'yearly' ? each.cost * years : each.cost
  return {
    option_id: each.measure.code,
    cost: cost * (1 + rank * 1e-4) + rank,
    closes: {
      ...(wanted.has('income') && each.income > 0 ? { income: each.income } : {}),
      ...Object.fromEntries(each.indicators.map((code) => [code, 1])),
    },
    excludes: each.measure.excludes,
    requires: each.measure.requires,
  }
}

function itemOf(book: Rulebook, each: Candidate, basis: Basis, wanted: ReadonlyMap<string, number>): PlannedItem {
  const { measure, cost, income, indicators } = each
  const gap = wanted.get('income')
  const closed = (gap === undefined ? 0 : Math.min(1, Math.max(0, income) / gap)) + indicators.length
  return {
    measure_code: measure.code,
    batch: measure.batch,
    cause: each.causes[0] ?? null,
    cost,
    cost_period: measure.cost_period,
    starts_after_months: measure.starts.after_months,
    income_gain: income,
    indicators,
    value: closed * (1 + (basis.score ?? 0) / 100),
    reason: itemReason(book, { ...each, gap: gap ?? null }),
  }
}

function uncoveredOf(book: Rulebook, left: readonly UncoveredNeed[], basis: Basis): Uncovered[] {
  const open = left.map(({ need_id, amount, covered, reason }) => ({ need: need_id, amount, covered, reason }))
  const unknown =
    basis.income_shortfall === null ? [{ need: 'income', amount: null, covered: null, reason: 'unknown' as const }] : []
  return [...open, ...unknown].map((each) => ({ ...each, text: uncoveredReason(book, each) }))
}

const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
