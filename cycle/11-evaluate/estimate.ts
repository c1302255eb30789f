// From inspections to rates with intervals, each against its limit. Pure.
import type { StateOf } from '#registry/tables/states.ts'
import { decideAgainstLimit } from '#engines/statistics/draw/acceptance.ts'
import { surveyRatio } from '#engines/statistics/mean.ts'
import { designInterval, stratifiedProportion, wilsonInterval } from '#engines/statistics/proportion.ts'
import { strata, type Populations, type Stratum, type Thresholds } from './draw.ts'

/** One drawn household. `found_poor` null: refused, absent, or the answers do not tell. */
export interface Seen {
  household_id: string
  stratum: Stratum
  /** People by the frame, and as the inspector counted them (0 where nobody was met). */
  people: number
  people_met: number
  found_poor: boolean | null
  recognises_help: boolean | null
}

/**
 * How an estimate was made; screens have a sentence for each.
 * person_ratio     ratio of people, households drawn as clusters, linearised variance with finite population, Wilson on
 *                  the effective number of households
 * household_wilson Wilson on households with finite population
 * asked_wilson     Wilson on all households asked, as the rule counts them
 * stratified       strata weighted by their households (Cochran 1977, 5.6), Wilson on the effective size
 * combined         people on the list counted; missed and wrongly exited projected to their strata; limits of the
 *                  parts joined by the method of variance estimates recovery (Zou and Donner 2008, Stat. Med. 27:1693)
 */
export type Method = 'person_ratio' | 'household_wilson' | 'asked_wilson' | 'stratified' | 'combined'

export interface Estimated {
  measure: string
  numerator: number
  denominator: number
  estimate: number | null
  low: number | null
  high: number | null
  method: Method
  threshold: number | null
  result: StateOf<'evaluation_estimate.result'> | null
  detail: Record<string, unknown>
}

interface Interval {
  estimate: number
  lower: number
  upper: number
}

const rate_of: Record<Stratum, string> = { exited: 'wrong_exit', never_registered: 'missed', registered: 'still_poor' }

/** All measures of an evaluation, in the order in which they are read. */
export function estimateAll(of: {
  units: readonly Seen[]
  populations: Populations
  confidence: number
  thresholds: Thresholds
}): Estimated[] {
  const { units, populations, confidence, thresholds } = of
  const made: Estimated[] = []
  const person = new Map<Stratum, Interval | null>()
  for (const stratum of strata) {
    const drawn = units.filter((unit) => unit.stratum === stratum)
    const known = drawn.filter((unit) => unit.found_poor !== null)
    const population = populations[stratum].households
    const interval = personInterval(known, population, confidence)
    person.set(stratum, interval)
    const poor = known.filter((unit) => unit.found_poor === true)
    const name = rate_of[stratum]
    const threshold = name === 'wrong_exit' ? thresholds.wrong_exit : name === 'missed' ? thresholds.missed : null
    made.push({
      measure: name,
      numerator: sum(poor, peopleOf),
      denominator: sum(known, peopleOf),
      ...told(interval),
      method: 'person_ratio',
      threshold,
      result: against(interval, threshold, 'below'),
      detail: {
        ...nonresponse(drawn, known, poor),
        population_people: populations[stratum].people,
        population_households: population,
      },
    })
    const households =
      known.length > 0 ? wilsonInterval({ events: poor.length, n: known.length, confidence, population }) : null
    made.push({
      measure: `${name}_households`,
      numerator: poor.length,
      denominator: known.length,
      ...told(households),
      method: 'household_wilson',
      threshold: null,
      result: null,
      detail: { population_households: population },
    })
  }
  made.push(...recognition(units, populations, confidence, thresholds.recognition))
  made.push(combined(person, populations, thresholds.incidence))
  return made
}

const peopleOf = (unit: Seen): number => (unit.people_met > 0 ? unit.people_met : unit.people)
const sum = (units: readonly Seen[], of: (unit: Seen) => number): number =>
  units.reduce((total, unit) => total + of(unit), 0)
const told = (interval: Interval | null) => ({
  estimate: interval?.estimate ?? null,
  low: interval?.lower ?? null,
  high: interval?.upper ?? null,
})

function against(interval: Interval | null, limit: number | null, good: 'below' | 'at_least'): Estimated['result'] {
  if (limit === null) return null
  return interval ? decideAgainstLimit(interval, limit, good) : 'not_shown'
}

/** Share of people in poor households; households are the independent observations. Null where none is known. */
export function personInterval(known: readonly Seen[], population: number, confidence: number): Interval | null {
  const n = known.length
  const people = known.map(peopleOf)
  const total = people.reduce((a, b) => a + b, 0)
  if (n === 0 || total === 0) return null
  if (n >= population) {
    const rate = known.reduce((poor, unit, i) => poor + (unit.found_poor ? (people[i] ?? 0) : 0), 0) / total
    return { estimate: rate, lower: rate, upper: rate }
  }
  const design_effect = unevenness(people, n, total, population)
  // One household shows no variance; it informs as one does.
  if (n === 1) {
    const estimate = known[0]?.found_poor ? 1 : 0
    return designInterval({ estimate, se: 0, df: 0, n, method: 'wilson_effective', confidence, design_effect })
  }
  const ratio = surveyRatio({
    numerator: known.map((unit, i) => (unit.found_poor ? (people[i] ?? 0) : 0)),
    denominator: people,
    design: {
      weight: known.map(() => population / n),
      stages: [{ unit: known.map((unit) => unit.household_id), population: known.map(() => population) }],
      lonely: 'certain',
    },
    confidence,
  })
  return designInterval({ ...ratio, method: 'wilson_effective', confidence, design_effect })
}

/**
 * Without a single event (or with nothing but events) the design shows no variance: households of unequal size inform
 * as n / (1 + cv^2) equal ones (Kish 1965, 11.7), and drawing from few households narrows by (N - n)/(N - 1).
 */
function unevenness(people: readonly number[], n: number, total: number, population: number): number {
  const uneven = (n * people.reduce((a, b) => a + b * b, 0)) / (total * total)
  return (uneven * (population - n)) / (population - 1)
}

/** Who did not answer, and how far the rate could lie if all of them were poor, or none. */
function nonresponse(drawn: readonly Seen[], known: readonly Seen[], poor: readonly Seen[]) {
  const all = sum(drawn, peopleOf)
  return {
    drawn: drawn.length,
    known: known.length,
    without_result: drawn.length - known.length,
    if_none_poor: all > 0 ? sum(poor, peopleOf) / all : null,
    if_all_poor: all > 0 ? (sum(poor, peopleOf) + all - sum(known, peopleOf)) / all : null,
  }
}

/** All of one stratum and none of another, each asked more than once: there is no interval to give. */
function showsVariation(by: readonly { n: number; events: number; population: number }[]): boolean {
  const same = by.every((each) => each.events === 0) || by.every((each) => each.events === each.n)
  const census = by.every((each) => each.n === each.population)
  const open = by.filter((each) => each.n < each.population)
  const varied = open.some((each) => each.n === 1 || (each.events > 0 && each.events < each.n))
  return same || census || (varied && by.some((each) => each.n > 1))
}

function recognition(
  units: readonly Seen[],
  populations: Populations,
  confidence: number,
  threshold: number,
): Estimated[] {
  const asked = units.filter((unit) => unit.recognises_help !== null)
  const content = asked.filter((unit) => unit.recognises_help === true).length
  const raw = asked.length > 0 ? wilsonInterval({ events: content, n: asked.length, confidence }) : null
  const by = strata
    .filter((stratum) => populations[stratum].households > 0)
    .map((stratum) => {
      const own = asked.filter((unit) => unit.stratum === stratum)
      const events = own.filter((unit) => unit.recognises_help === true).length
      return { stratum, population: populations[stratum].households, n: own.length, events }
    })
  const weighted =
    by.length > 0 && by.every((each) => each.n > 0) && showsVariation(by)
      ? stratifiedProportion({ strata: by, method: 'wilson_effective', confidence })
      : null
  return [
    {
      measure: 'recognition',
      numerator: content,
      denominator: asked.length,
      ...told(raw),
      method: 'asked_wilson',
      threshold,
      result: against(raw, threshold, 'at_least'),
      detail: { drawn: units.length, not_asked: units.length - asked.length },
    },
    {
      measure: 'recognition_weighted',
      numerator: content,
      denominator: asked.length,
      ...told(weighted),
      method: 'stratified',
      threshold: null,
      result: null,
      detail: { by },
    },
  ]
}

/**
 * Combined incidence = (people on the list + projected missed + projected wrongly exited) / people, projected = rate x
 * people of the stratum: the rule of the exit inspection (2017), which counts everybody still on the list as poor.
 */
function combined(
  person: ReadonlyMap<Stratum, Interval | null>,
  populations: Populations,
  threshold: number,
): Estimated {
  const people = strata.reduce((total, stratum) => total + populations[stratum].people, 0)
  const listed = populations.registered.people
  let estimate = listed
  let below = 0
  let above = 0
  let known = people > 0
  const projected: Record<string, number> = {}
  for (const stratum of ['exited', 'never_registered'] as const) {
    const size = populations[stratum].people
    if (size === 0) continue
    const rate = person.get(stratum)
    if (!rate) {
      known = false
      continue
    }
    estimate += size * rate.estimate
    below += (size * (rate.estimate - rate.lower)) ** 2
    above += (size * (rate.upper - rate.estimate)) ** 2
    projected[rate_of[stratum]] = size * rate.estimate
  }
  const interval = known
    ? {
        estimate: estimate / people,
        lower: Math.max(0, (estimate - Math.sqrt(below)) / people),
        upper: Math.min(1, (estimate + Math.sqrt(above)) / people),
      }
    : null
  return {
    measure: 'incidence',
    numerator: Math.round(estimate),
    denominator: people,
    ...told(interval),
    method: 'combined',
    threshold,
    result: against(interval, threshold, 'below'),
    detail: { listed_people: listed, projected },
  }
}

export type Overall = 'passed' | 'failed' | 'not_shown'

/** All four limits are vetoes: passed where each is shown, failed where one is refuted, else more must be sampled. */
export function overall(estimates: readonly Estimated[]): Overall {
  const judged = estimates.filter((each) => each.threshold !== null)
  if (judged.some((each) => each.result === 'refuted')) return 'failed'
  return judged.length > 0 && judged.every((each) => each.result === 'shown') ? 'passed' : 'not_shown'
}
