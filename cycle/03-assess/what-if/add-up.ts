// What a what-if says of an area: the parts that partitions gave, added up. Pure.
import { states } from '#registry/tables/states.ts'
import type { Rulebook } from '#packs/rulebook.ts'
import type { Text } from '#packs/schema/schema.ts'
import { AGES, type CauseRow, type Compared, type GroupRow, type MovedRow } from './store-compare.ts'

export const VERDICT_CODES = states['assessment.verdict']

/** Households under one set of rules. `gap`: money a year that those found poor lack to the line, minor units. */
export interface Side {
  eligible: number
  not_eligible: number
  needs_verification: number
  /** People in households found poor. */
  people: number
  gap: number
}

export interface Moving {
  households: number
  people: number
  gap: number
}

export interface Figures {
  households: number
  people: number
  before: Side
  after: Side
  entering: Moving
  leaving: Moving
  /** Found poor before and after. */
  staying: Moving
}

export interface Flip {
  kind: 'indicator' | 'sign'
  code: string
  label: Text
  before: string
  after: string
}

export interface MovedHousehold extends Pick<
  MovedRow,
  'county_code' | 'household_id' | 'area_code' | 'change' | 'before' | 'after' | 'people' | 'gap' | 'main_cause'
> {
  /** Indicators and signs whose state is another; none where only the rule of the verdict changed. */
  flips: Flip[]
}

export interface Totals extends Figures {
  flows: { before: string; after: string; households: number; people: number }[]
  /** Households found poor under the changed rules whose income is not known: their need is not in `gap`. */
  gap_unknown: number
  groups: GroupRow[]
  causes: CauseRow[]
  areas: (Figures & { area_code: string })[]
  moved: MovedHousehold[]
}

/** How many moved households are named; the figures count all of them. */
export const LISTED = 200

const noSide = (): Side => ({ eligible: 0, not_eligible: 0, needs_verification: 0, people: 0, gap: 0 })
const SIDE = ['eligible', 'not_eligible', 'needs_verification', 'people', 'gap'] as const satisfies (keyof Side)[]
const MOVING = ['households', 'people', 'gap'] as const satisfies (keyof Moving)[]
const noMoving = (): Moving => ({ households: 0, people: 0, gap: 0 })
const noFigures = (): Figures => ({
  households: 0,
  people: 0,
  before: noSide(),
  after: noSide(),
  entering: noMoving(),
  leaving: noMoving(),
  staying: noMoving(),
})

type Flow = Compared['flows'][number]

function addFlow(to: Figures, row: Flow): void {
  const { households, people, gap_before, gap_after } = row
  to.households += households
  to.people += people
  addSide(to.before, row.before, { households, people, gap: gap_before })
  addSide(to.after, row.after, { households, people, gap: gap_after })
  const [was, is] = [row.before === 'eligible', row.after === 'eligible']
  const moving = was && is ? to.staying : is ? to.entering : was ? to.leaving : null
  if (!moving) return
  moving.households += households
  moving.people += people
  moving.gap += is ? gap_after : gap_before
}

function addSide(side: Side, verdict: string, { households, people, gap }: Moving): void {
  const code = VERDICT_CODES.find((each) => each === verdict) ?? 'needs_verification'
  side[code] += households
  if (code !== 'eligible') return
  side.people += people
  side.gap += gap
}

export interface Tally {
  add: (part: Compared) => void
  /** How many more households may be named. */
  room: () => number
  /** How many counties had households there. */
  counties: () => number
  /** `area_length`: of the codes of the areas that the table shows; rows finer than that are added up. */
  totals: (area_length: number) => Totals
}

/** Adds up partitions. Two labels come from the rulebooks: of indicators and of signs. */
export function makeTally(before: Rulebook, after: Rulebook): Tally {
  const by_area = new Map<string, Figures>()
  const flows = new Map<string, Totals['flows'][number]>()
  const groups = new Map<string, GroupRow>()
  const causes = new Map<string, CauseRow>()
  const moved: MovedHousehold[] = []
  const flipsOf = makeFlips(before, after)
  const counties = new Set<string>()
  let gap_unknown = 0
  return {
    room: () => LISTED - moved.length,
    counties: () => counties.size,
    add(part) {
      for (const county_code of part.counties) counties.add(county_code)
      for (const row of part.flows) {
        const area = kept(by_area, row.area_code, noFigures)
        addFlow(area, row)
        gap_unknown += row.gap_unknown
        const { before: was, after: is } = row
        const flow = kept(flows, `${was} ${is}`, () => ({ before: was, after: is, households: 0, people: 0 }))
        flow.households += row.households
        flow.people += row.people
      }
      for (const row of part.groups) {
        const none = { ...row, before: 0, after: 0, entering: 0, leaving: 0 }
        const group = kept(groups, `${row.by} ${row.code}`, () => none)
        for (const what of ['before', 'after', 'entering', 'leaving'] as const) group[what] += row[what]
      }
      for (const row of part.causes) {
        const cause = kept(causes, `${row.change} ${row.cause}`, () => ({ ...row, households: 0, people: 0 }))
        cause.households += row.households
        cause.people += row.people
      }
      for (const row of part.moved.slice(0, LISTED - moved.length)) {
        const { county_code, household_id, area_code, change, people, gap, main_cause } = row
        const shown = { county_code, household_id, area_code, change, people, gap, main_cause }
        moved.push({ ...shown, before: row.before, after: row.after, flips: flipsOf(row) })
      }
    },
    totals(area_length) {
      const whole = noFigures()
      const areas = new Map<string, Figures>()
      for (const [area_code, figures] of by_area) {
        addFigures(whole, figures)
        addFigures(kept(areas, area_code.slice(0, area_length), noFigures), figures)
      }
      return {
        ...whole,
        flows: [...flows.values()].sort((a, b) => b.households - a.households),
        gap_unknown,
        groups: [...groups.values()].sort(
          (a, b) => orderOf(a) - orderOf(b) || (String(a.code) < String(b.code) ? -1 : 1),
        ),
        causes: [...causes.values()].sort((a, b) => b.households - a.households),
        areas: [...areas]
          .map(([area_code, figures]) => ({ area_code, ...figures }))
          .sort((a, b) => (a.area_code < b.area_code ? -1 : 1)),
        moved,
      }
    },
  }
}

/** Sexes, then ages from young to old; what is not known last. */
function orderOf({ by, code }: GroupRow): number {
  const age = AGES.findIndex((each) => each.code === code)
  return (by === 'age' ? 100 : 0) + (code === null ? 50 : Math.max(0, age))
}

function kept<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}

function addFigures(to: Figures, from: Figures): void {
  to.households += from.households
  to.people += from.people
  for (const side of ['before', 'after'] as const) for (const name of SIDE) to[side][name] += from[side][name]
  for (const moving of ['entering', 'leaving', 'staying'] as const)
    for (const name of MOVING) to[moving][name] += from[moving][name]
}

/** Which indicators and signs of a household have another state than before. An entry that is new was unknown. */
function makeFlips(before: Rulebook, after: Rulebook): (row: MovedRow) => Flip[] {
  const labels = (list: (book: Rulebook) => { code: string; label: Text }[]) =>
    new Map([...list(before), ...list(after)].map(({ code, label }) => [code, label]))
  const indicators = labels((book) => book.pack.indicators)
  const signs = labels((book) => book.pack.vetoes)
  const state = (code: string, unmet: string[], unknown: string[]) =>
    unmet.includes(code) ? 'unmet' : unknown.includes(code) ? 'unknown' : 'met'
  return (row) => [
    ...[...indicators].flatMap(([code, label]): Flip[] => {
      const was = state(code, row.unmet_before, row.unknown_before)
      const is = state(code, row.unmet_after, row.unknown_after)
      return was === is ? [] : [{ kind: 'indicator', code, label, before: was, after: is }]
    }),
    ...[...signs].flatMap(([code, label]): Flip[] => {
      const [was, is] = [row.signs_before.includes(code), row.signs_after.includes(code)]
      return was === is
        ? []
        : [{ kind: 'sign', code, label, before: was ? 'holds' : 'none', after: is ? 'holds' : 'none' }]
    }),
  ]
}

/** The name of a head on a list that is looked through: its first letter, so that a reader may tell two apart. */
export const maskName = (name: string): string => `${[...name.trim()][0] ?? ''}＊＊`
