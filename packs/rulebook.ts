// A pack's rules ready to be asked: of one household, on one date, in one area. Every answer is TRUE, FALSE or unknown
// with what is missing; nothing here reads tables or writes anything.
import type { DatedValue } from '#engines/rules/parameters.ts'
import type { RuleRecord } from '#engines/rules/schema.ts'
import type { Fields } from '#engines/xforms/answers/fields.ts'
import { compilePack, completeRecord, type CompiledPack, type Ready } from './compile.ts'
import { cardFields } from './forms.ts'
import { bookOn, inForce } from './in-force.ts'
import { sentence, type Wording } from './explain/reasons.ts'
import { parametersAt } from './schema/rules.ts'
import type { Criterion, Pack, Source, Text } from './schema/schema.ts'

export interface Rulebook {
  pack: Pack
  fields: Fields
  compiled: CompiledPack
  wording: Wording
  /** What was in force, by date and by the areas with values of their own: `standAt` works each out once. */
  in_force: Map<string, Pick<Standpoint, 'params' | 'sources'>>
}

/** Where and when rules are asked: ages count and parameters are read on this date, for this area. */
export interface Standpoint {
  date: string
  area_code: string
  params: RuleRecord
  sources: Record<string, DatedValue>
}

/** The answer of one rule. */
export interface Asked {
  value: boolean | number | string | null
  /** Answers that would settle it: `water_safe`, `members[2].birth_date`; causes no answer settles begin with '#'. */
  missing: string[]
}

export type State = 'met' | 'unmet' | 'unknown'

export interface IndicatorResult {
  code: string
  group: string
  state: State
  /** False where the question does not arise (no child of school age); then the state is met. */
  applies: boolean | null
  reason: Text
  missing: string[]
  /** Dated values the rule read. */
  parameters: { name: string; value: unknown; from: string; source: string }[]
  source: Source
}

export interface Sign {
  code: string
  state: boolean | null
  reason: Text
  missing: string[]
}

export interface Judgement {
  verdict: 'eligible' | 'not_eligible' | 'needs_verification'
  score: number | null
  indicators: IndicatorResult[]
  vetoes: Sign[]
  /** The record with its derived fields: what everything above was asked of. */
  complete: RuleRecord
}

const books = new WeakMap<Pack, Rulebook>()

/** The compiled rulebook of a pack, made once. Throws where the pack does not pass its own check. */
export function rulebookOf(pack: Pack): Rulebook {
  const known = books.get(pack)
  if (known) return known
  const fields = cardFields(pack)
  const { compiled, problems } = compilePack(pack, fields)
  if (!compiled)
    throw new Error(`${pack.id}: ${problems.map((each) => `${each.file} ${each.at}: ${each.message}`).join('; ')}`)
  const book: Rulebook = { pack, fields, compiled, wording: { pack, fields }, in_force: new Map() }
  books.set(pack, book)
  return book
}

/**
 * Parameters in force on a date in an area. Areas without values of their own share one `params` object, which rules
 * look at by identity, so a township of 17,000 households is one standpoint and not 17,000.
 */
export function standAt(book: Rulebook, date: string, area_code: string): Standpoint {
  const own = book.pack.parameters
    .flatMap((parameter) => parameter.values.map((value) => value.area ?? ''))
    .filter((area) => area !== '' && area_code.startsWith(area))
  const key = [date, ...new Set(own)].join(' ')
  let found = book.in_force.get(key)
  if (!found) {
    const { values, sources } = parametersAt(book.pack, date, area_code)
    found = { params: values, sources }
    // Dates come from requests: what was kept is let go before it grows.
    if (book.in_force.size >= 1000) book.in_force.clear()
    book.in_force.set(key, found)
  }
  return { date, area_code, ...found }
}

/** The record with its derived fields (net income and the like). */
export function complete(book: Rulebook, record: RuleRecord, at: Standpoint): RuleRecord {
  return completeRecord(bookOn(book, at.date).compiled, record, at.params, at.date)
}

export function ask(ready: Ready, record: RuleRecord, at: Standpoint): Asked {
  const { value, missing } = ready.run(record, at.params, at.date)
  return { value, missing }
}

/**
 * The answers behind what is missing: a derived field is asked of nobody, so it stands for the answers it lacks itself
 * (`net_income_per_capita` -> `business_income`). Order kept, each once.
 */
export function answersBehind(book: Rulebook, missing: readonly string[], whole: RuleRecord, at: Standpoint): string[] {
  const found = new Set<string>()
  const seen = new Set<string>()
  const look = (name: string): void => {
    const derived = book.compiled.derived.find((each) => each.name === name)
    if (!derived) {
      found.add(name)
      return
    }
    if (seen.has(name)) return
    seen.add(name)
    ask(derived.ready, whole, at).missing.forEach(look)
  }
  missing.forEach(look)
  return [...found]
}

/** Money of a rule: whole minor units, or null when unknown. */
export function askMoney(ready: Ready, record: RuleRecord, at: Standpoint): number | null {
  const { value } = ask(ready, record, at)
  return typeof value === 'number' ? Math.round(value) : null
}

/** Indicators, veto signs, verdict and score of one household record (answers flat, with members and registers). */
export function judge(book: Rulebook, record: RuleRecord, at: Standpoint): Judgement {
  const whole = complete(book, record, at)
  const indicators = indicatorsOf(book, whole, at)
  const with_states = withStates(book, whole, indicators)
  let verdict: Judgement['verdict'] = 'needs_verification'
  const { verdicts, priority } = bookOn(book, at.date).compiled
  for (const { code, ready } of verdicts) {
    if (ask(ready, with_states, at).value !== true) continue
    verdict = code
    break
  }
  const score = priority ? ask(priority, with_states, at).value : null
  return {
    verdict,
    score: typeof score === 'number' ? score : null,
    indicators,
    vetoes: vetoesOf(book, whole, at),
    complete: whole,
  }
}

/** Every indicator in force on the date, of a completed record. */
export function indicatorsOf(book: Rulebook, whole: RuleRecord, at: Standpoint): IndicatorResult[] {
  return bookOn(book, at.date).pack.indicators.map((indicator) => {
    const rules = book.compiled.indicators[indicator.code]
    if (!rules) throw new Error(`indicator ${indicator.code} is not compiled`)
    const { value, missing } = ask(rules.met, whole, at)
    const applies = rules.applies ? (ask(rules.applies, whole, at).value as boolean | null) : true
    const state: State = value === true ? 'met' : value === false ? 'unmet' : 'unknown'
    const template = { met: indicator.met_reason, unmet: indicator.unmet_reason, unknown: indicator.unknown_reason }[
      state
    ]
    return {
      code: indicator.code,
      group: indicator.group,
      state,
      applies,
      reason: sentence(template, whole, book.wording, at.params),
      missing: answersBehind(book, missing, whole, at),
      parameters: rules.met.rule.parameters.flatMap((name) => {
        const entry = at.sources[name]
        return entry ? [{ name, value: entry.value, from: entry.from, source: entry.source }] : []
      }),
      source: indicator.source,
    }
  })
}

/**
 * A completed record with each indicator's state as `met_<code>`; unknown is null. One that is not among those given
 * is not in force: nothing is asked of anybody by it, so it counts as met.
 */
export function withStates(
  book: Rulebook,
  whole: RuleRecord,
  indicators: readonly Pick<IndicatorResult, 'code' | 'state'>[],
): RuleRecord {
  const none = book.pack.indicators.map(({ code }) => [`met_${code}`, true])
  const states = indicators.map(({ code, state }) => [`met_${code}`, state === 'unknown' ? null : state === 'met'])
  return { ...whole, ...Object.fromEntries(none), ...Object.fromEntries(states) }
}

/** Signs in force that send a household to a person; they never decide. Only those that are TRUE or unknown matter. */
export function vetoesOf(book: Rulebook, whole: RuleRecord, at: Standpoint): Sign[] {
  return bookOn(book, at.date).pack.vetoes.map((veto) =>
    signOf(book, veto.code, book.compiled.vetoes[veto.code], veto.reason, whole, at),
  )
}

/** One yes-or-no rule with its reason sentence. */
export function signOf(
  book: Rulebook,
  code: string,
  ready: Ready | undefined,
  reason: Text,
  whole: RuleRecord,
  at: Standpoint,
): Sign {
  if (!ready) throw new Error(`rule ${code} is not compiled`)
  const { value, missing } = ask(ready, whole, at)
  return {
    code,
    state: typeof value === 'boolean' ? value : null,
    reason: sentence(reason, whole, book.wording, at.params),
    missing: answersBehind(book, missing, whole, at),
  }
}

export interface Check {
  code: string
  label: Text
  state: boolean | null
  missing: string[]
}

/** Exit criteria in force: every criterion must be TRUE and no stop may hold (a stop's state is told as written). */
export function exitChecks(book: Rulebook, record: RuleRecord, at: Standpoint): { criteria: Check[]; stops: Check[] } {
  const whole = complete(book, record, at)
  const states = withStates(book, whole, indicatorsOf(book, whole, at))
  const ready = book.compiled.exit
  return {
    criteria: checksOf(book, book.pack.exit?.household ?? [], ready.household, states, at),
    stops: checksOf(book, book.pack.exit?.stops ?? [], ready.stops, states, at),
  }
}

/** Exit criteria in force of a village or county over its figures (incidence_percent and the like). */
export function areaChecks(book: Rulebook, level: 'village' | 'county', figures: RuleRecord, at: Standpoint): Check[] {
  return checksOf(book, book.pack.exit?.[level] ?? [], book.compiled.exit[level], figures, at)
}

function checksOf(
  book: Rulebook,
  criteria: readonly Criterion[],
  ready: Record<string, Ready>,
  record: RuleRecord,
  at: Standpoint,
): Check[] {
  const standing = criteria.filter((criterion) => inForce(criterion, at.date))
  return standing.map(({ code, label }) => {
    const rule = ready[code]
    if (!rule) throw new Error(`criterion ${code} is not compiled`)
    const { value, missing } = ask(rule, record, at)
    const state = typeof value === 'boolean' ? value : null
    return { code, label, state, missing: answersBehind(book, missing, record, at) }
  })
}

/** A completed record of today together with the one before as `previous_<field>`, for alert rules. */
export function withPrevious(book: Rulebook, today: RuleRecord, before: RuleRecord, at: Standpoint): RuleRecord {
  const previous = Object.entries(complete(book, before, at)).map(([name, value]) => [`previous_${name}`, value])
  return { ...complete(book, today, at), ...Object.fromEntries(previous) }
}
