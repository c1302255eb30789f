// What a pack says holds on dates. An entry is in force from its `valid_from` on and up to, but not on, its `valid_to`:
// the day on which one ends is the first of the next. (Values of parameters have their own `to`, a last day: it is told
// at rules/parameters.yaml.) Whatever asks a rule asks it here first.
import type { CompiledPack, Ready } from './compile.ts'
import type { Rulebook } from './rulebook.ts'
import type { Appraisal, Exit, Pack } from './schema/schema.ts'

export interface Dated {
  valid_from: string
  valid_to?: string | undefined
}

/** Is it in force on that day (YYYY-MM-DD)? */
export const inForce = (entry: Dated, date: string): boolean =>
  entry.valid_from <= date && (entry.valid_to === undefined || date < entry.valid_to)

/** The appraisal as it stands on that day; null where the pack has none, or its quorum or one of its periods has no force. */
export function appraisalOn(pack: Pick<Pack, 'appraisal'>, date: string): Appraisal | null {
  const { appraisal } = pack
  if (!appraisal) return null
  const { quorum, first_notice_days, second_notice_days, announcement_days, objection_answer_days } = appraisal
  const parts = [quorum, first_notice_days, second_notice_days, announcement_days, objection_answer_days]
  if (!parts.every((part) => inForce(part, date))) return null
  return { ...appraisal, steps: appraisal.steps.filter((step) => inForce(step, date)) }
}

/** The rules of exit as they stand on that day; null where the pack has none. */
export function exitOn(pack: Pick<Pack, 'exit'>, date: string): Exit | null {
  const { exit } = pack
  if (!exit) return null
  const { county_evaluation, after_exit, ...rest } = exit
  const of = <T extends Dated>(list: readonly T[]): T[] => list.filter((each) => inForce(each, date))
  return {
    ...rest,
    household: of(exit.household),
    stops: of(exit.stops),
    village: of(exit.village),
    county: of(exit.county),
    steps: Object.fromEntries(Object.entries(exit.steps).map(([level, steps]) => [level, of(steps)])),
    ...(county_evaluation && inForce(county_evaluation, date) ? { county_evaluation } : {}),
    ...(after_exit && inForce(after_exit, date) ? { after_exit } : {}),
  }
}

/** Days a notice of exit hangs, by the steps given (of `exitOn`); null where none of them is a notice. */
export function exitNoticeDays(exit: Exit | null, level: 'household' | 'village' | 'county'): number | null {
  return exit?.steps[level]?.find((step) => step.code === 'notice')?.days ?? null
}

type Known = boolean | undefined

/** A rule that says the same of every household: TRUE or FALSE; undefined is unknown. */
function always(like: Ready, value: Known): Ready {
  const { start, end } = like.rule.root
  const root = { op: 'literal', type: like.rule.type, value: value as boolean, start, end } as const
  return {
    rule: { ...like.rule, root, fields: [], lists: {}, parameters: [], uses_reference_date: false },
    run: () => ({ value: value ?? null, unknown: value === undefined, missing: [] }),
  }
}

const lists = ['derived', 'indicators', 'verdicts', 'vetoes', 'causes', 'measures', 'alerts'] as const

/** Days on which something of the pack begins or ends, in order. */
function turns({ pack }: Rulebook): string[] {
  const entries: Dated[] = [...lists.flatMap((list): Dated[] => pack[list]), ...(pack.priority ? [pack.priority] : [])]
  return [...new Set(entries.flatMap(({ valid_from, valid_to }) => [valid_from, valid_to ?? valid_from]))].sort()
}

const known = new WeakMap<Rulebook, { turns: string[]; books: Map<number, Rulebook> }>()

/**
 * The rulebook as it stands on a day. What is not in force then is not asked: an indicator is no need (`met_<code>` is
 * TRUE), a sign accuses nobody, a cause is none, a verdict is not given, a derived field is unknown. Their compiled
 * rules say so themselves, so that one household and a whole nation in SQL get the same answer.
 */
export function bookOn(book: Rulebook, date: string): Rulebook {
  let kept = known.get(book)
  if (!kept) known.set(book, (kept = { turns: turns(book), books: new Map() }))
  const stretch = kept.turns.filter((turn) => turn <= date).length
  let found = kept.books.get(stretch)
  if (!found) kept.books.set(stretch, (found = cut(book, date)))
  return found
}

function cut(book: Rulebook, date: string): Rulebook {
  const { pack, compiled } = book
  const holds = (entry: Dated) => inForce(entry, date)
  const all = lists.flatMap((list): Dated[] => pack[list])
  if (all.every(holds) && (!pack.priority || holds(pack.priority))) return book
  const out = <T extends Dated>(list: readonly T[], code: (entry: T) => string) =>
    new Set(list.filter((each) => !holds(each)).map(code))
  const derived = out(pack.derived, (each) => each.name)
  const indicators = out(pack.indicators, (each) => each.code)
  const vetoes = out(pack.vetoes, (each) => each.code)
  const causes = out(pack.causes, (each) => each.code)
  const verdicts = out(pack.verdicts, (each) => each.code)
  const map = <T>(of: Record<string, T>, without: ReadonlySet<string>, put: (each: T) => T) =>
    Object.fromEntries(Object.entries(of).map(([code, each]) => [code, without.has(code) ? put(each) : each]))
  const standing: CompiledPack = {
    ...compiled,
    derived: compiled.derived.map((each) =>
      derived.has(each.name) ? { ...each, ready: always(each.ready, undefined) } : each,
    ),
    indicators: map(compiled.indicators, indicators, ({ met }) => ({ met: always(met, true), applies: null })),
    verdicts: compiled.verdicts.filter((each) => !verdicts.has(each.code)),
    priority: pack.priority && holds(pack.priority) ? compiled.priority : null,
    vetoes: map(compiled.vetoes, vetoes, (ready) => always(ready, false)),
    causes: map(compiled.causes, causes, (each) => ({ ...each, rule: always(each.rule, false) })),
  }
  const kept: Pack = {
    ...pack,
    indicators: pack.indicators.filter(holds),
    vetoes: pack.vetoes.filter(holds),
    causes: pack.causes.filter(holds),
    measures: pack.measures.filter(holds),
    alerts: pack.alerts.filter(holds),
  }
  return { ...book, pack: kept, compiled: standing }
}
