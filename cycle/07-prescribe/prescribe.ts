// The plan of one household: what it has a right to, then a measure for each cause, then the cheapest for what is lacking.
// Pure.
import type { StateOf } from '#registry/tables/states.ts'
import type { HouseholdRecord } from '#cycle/record.ts'
import type { UncoveredNeed } from '#engines/allocation/sufficient.ts'
import type { RuleRecord } from '#engines/rules/schema.ts'
import { inForce } from '#packs/in-force.ts'
import { ask, askMoney, complete, type Rulebook, type Standpoint } from '#packs/rulebook.ts'
import type { Measure, Text } from '#packs/schema/schema.ts'
import { causeIn, choose, closesOf, needOf, type Candidate } from './choose.ts'
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

/** What a person said of one measure of a household's year. */
export interface Wish {
  measure_code: string
  kind: StateOf<'plan_wish.kind'>
  reason: string
}

/** `income` in minor units a year, an indicator's need is 1. A cause that nothing answers is told as `cause:01`. */
export interface Need {
  need: string
  amount: number
}

export interface Uncovered {
  need: string
  amount: number | null
  covered: number | null
  /** `not_eligible`: a measure answers the cause, but none that this household can have; `declined`: it was declined. */
  reason: UncoveredNeed['reason'] | 'unknown' | 'not_eligible' | 'declined'
  text: Text
}

/**
 * Every measure in force: chosen, not needed or not possible beside the others, declined by the family, taken out by an
 * officer, planned before, not for it, not to be told.
 */
export interface Weighed {
  measure_code: string
  state: 'chosen' | 'not_needed' | 'excluded' | 'declined' | 'taken_out' | 'standing' | 'not_eligible' | 'unknown'
  /** Chosen measures that close what it would close, or that it cannot stand beside. */
  instead: string[]
  /** What the family or the officer gave as the reason. */
  note: string | null
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
  cost_period: StateOf<'plan_item.cost_period'>
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

/**
 * Plan one household. Candidates are measures in force whose condition is TRUE; the others are listed, those that cannot
 * be told with what is missing. How candidates are chosen: `choose.ts`. Parameters of the pack, where it has them: `plan_margin_percent` is added to the income
 * shortfall, `plan_years` are the years over which yearly costs are compared with single ones (1 where absent).
 */
export function prescribe(
  book: Rulebook,
  household: Pick<HouseholdRecord, 'household_id' | 'area_code' | 'record'>,
  basis: Basis,
  at: Standpoint,
  standing: readonly Standing[] = [],
  wishes: readonly Wish[] = [],
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
    if (looked === null) weighed.push({ ...told(measure, notForIt), state: 'not_eligible' })
    else if (looked.missing.length > 0)
      weighed.push({ ...told(measure, looked), state: 'unknown', missing: looked.missing })
    else if (stands.has(measure.code)) weighed.push({ ...told(measure, looked), state: 'standing' })
    else if (isAgainst(wishes, measure.code))
      weighed.push({ ...told(measure, looked), ...saidOf(wishes, measure.code) })
    else candidates.push({ measure, ...looked, cost: looked.cost ?? 0, income: looked.income ?? 0 })
  }

  const open_causes = causesOf(basis).filter((code) => !isAnswered(book, code, standing))
  const found = choose(candidates, {
    needs: needs.map((each) => ({ need_id: each.need, amount: each.amount })),
    causes: open_causes,
    years: number(at.params.plan_years) ?? 1,
    added: wishes.filter((each) => each.kind === 'added').map((each) => each.measure_code),
  })
  const chosen = new Set(found.chosen)
  const lacking = new Set([...wanted.keys(), ...open_causes.map(needOf)])
  const items = candidates
    .filter((each) => chosen.has(each.measure.code))
    .map((each) => itemOf(book, each, basis, { needs: wanted, added: addedBy(wishes, each.measure.code) }))
  weighed.unshift(
    ...candidates.map((each): Weighed => ({
      ...told(each.measure, each),
      ...fateOf(each, candidates, { chosen, lacking }),
    })),
  )
  return {
    household_id: household.household_id,
    area_code: household.area_code,
    diagnosis_id: basis.diagnosis_id,
    needs,
    weighed,
    items,
    uncovered: uncoveredOf(book, found.uncovered, basis, declinedFor(book, weighed)),
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
  const causes = causesOf(basis).filter((code) => measure.causes.includes(code))
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
    instead: [],
    note: null,
  }
}

const notForIt: Looked = { causes: [], cost: null, income: null, indicators: [], missing: [] }

/** The main cause first, each once. */
const causesOf = (basis: Basis): string[] => [
  ...new Set([basis.main_cause, ...basis.other_causes].filter((code) => code !== null)),
]

const isAnswered = (book: Rulebook, cause: string, standing: readonly Standing[]): boolean =>
  standing.some(
    (each) =>
      each.on_its_way &&
      book.pack.measures.some((measure) => measure.code === each.measure_code && measure.causes.includes(cause)),
  )

const isAgainst = (wishes: readonly Wish[], code: string): boolean =>
  wishes.some((each) => each.measure_code === code && each.kind !== 'added')

/** Declined or taken out, with the words that were said. */
function saidOf(wishes: readonly Wish[], code: string): Pick<Weighed, 'state' | 'note'> {
  const found = wishes.find((each) => each.measure_code === code && each.kind !== 'added')
  return { state: found?.kind === 'refused' ? 'declined' : 'taken_out', note: found?.reason ?? null }
}

const addedBy = (wishes: readonly Wish[], code: string): string | null =>
  wishes.find((each) => each.measure_code === code && each.kind === 'added')?.reason ?? null

/** What became of a candidate, and the chosen measures that made it so. */
function fateOf(
  each: Candidate,
  candidates: readonly Candidate[],
  { chosen, lacking }: { chosen: ReadonlySet<string>; lacking: ReadonlySet<string> },
): Pick<Weighed, 'state' | 'instead'> {
  if (chosen.has(each.measure.code)) return { state: 'chosen', instead: [] }
  const others = candidates.filter((other) => chosen.has(other.measure.code))
  const names = (of: readonly Candidate[]) => of.map((other) => other.measure.code)
  // Said on one side, it holds for both.
  const beside = others.filter(
    ({ measure }) => each.measure.excludes.includes(measure.code) || measure.excludes.includes(each.measure.code),
  )
  if (beside.length > 0) return { state: 'excluded', instead: names(beside) }
  // Income that nobody lacks is no reason for or against.
  const closes = Object.keys(closesOf(each)).filter((need) => lacking.has(need))
  return {
    state: 'not_needed',
    instead: names(others.filter((other) => closes.some((need) => need in closesOf(other)))),
  }
}

/** Needs and causes that a declined measure would have closed. */
function declinedFor(book: Rulebook, weighed: readonly Weighed[]): Set<string> {
  const declined = weighed.filter((each) => each.state === 'declined' || each.state === 'taken_out')
  return new Set(
    declined.flatMap(({ measure_code, indicators, income_gain }) => [
      ...indicators,
      ...((income_gain ?? 0) > 0 ? ['income'] : []),
      ...(book.pack.measures.find((each) => each.code === measure_code)?.causes ?? []).map(needOf),
    ]),
  )
}

function itemOf(
  book: Rulebook,
  each: Candidate,
  basis: Basis,
  asked: { needs: ReadonlyMap<string, number>; added: string | null },
): PlannedItem {
  const { measure, cost, income, indicators } = each
  const gap = asked.needs.get('income')
  const closed =
    (gap === undefined ? 0 : Math.min(1, Math.max(0, income) / gap)) + indicators.length + each.causes.length
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
    reason: itemReason(book, { ...each, gap: gap ?? null, added: asked.added }),
  }
}

function uncoveredOf(
  book: Rulebook,
  left: readonly UncoveredNeed[],
  basis: Basis,
  declined: ReadonlySet<string>,
): Uncovered[] {
  const open = left.map(({ need_id, amount, covered, reason }) => {
    if (declined.has(need_id)) return { need: need_id, amount, covered, reason: 'declined' } as const
    const cause = causeIn(need_id)
    const answers = cause !== null && book.pack.measures.some((each) => each.causes.includes(cause))
    return {
      need: need_id,
      amount,
      covered,
      reason: answers && reason === 'no_option' ? 'not_eligible' : reason,
    } as const
  })
  const unknown =
    basis.income_shortfall === null ? [{ need: 'income', amount: null, covered: null, reason: 'unknown' as const }] : []
  return [...open, ...unknown].map((each) => ({ ...each, text: uncoveredReason(book, each) }))
}

const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
