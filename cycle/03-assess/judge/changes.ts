// What changed between two assessments of one household, and why: pure, from what each was made of.
import type { RuleRecord } from '#engines/rules/schema.ts'
import type { CompiledRule } from '#engines/rules/tree.ts'
import { answered, framed, labelOf, valueText, whoIs, type Speaker } from '#packs/explain/terms.ts'
import { standAt, type Rulebook, type Standpoint } from '#packs/rulebook.ts'
import { textIn, type Text } from '#packs/schema/schema.ts'
import { figureAt, type KeptRules } from '../rulebook/kept.ts'

/** One assessment with what it was made of; `rules` and `registers` are null and undefined where they were not kept. */
export interface Made {
  verdict: string
  indicators: readonly { code: string; state: string }[]
  vetoes: readonly { code: string }[]
  area_code: string
  reference_date: string
  pack_hash: string
  answers: RuleRecord
  registers: readonly RuleRecord[] | null | undefined
  rules: KeptRules | null
}

export interface Because {
  kind: 'answer' | 'member' | 'register' | 'parameter' | 'rule' | 'reference_date' | 'area'
  /** The field, parameter, rule or list. */
  name: string
  before: unknown
  after: unknown
  text: Text
}

export interface Change {
  verdict: { before: string; after: string }
  /** Indicators and signs whose state is another, each with what made it so. */
  states: { part: 'indicator' | 'veto'; code: string; label: Text; before: string; after: string; because: Because[] }[]
  /** Every difference in what the rules read, whether it changed a state or not. */
  because: Because[]
  /** False where the older assessment is from before evidence and rules were kept: some reasons may be missing. */
  complete: boolean
}

/** What `after` (the newer, under the rulebook's rules or older kept ones) says that `before` did not, and why. */
export function changesBetween(book: Rulebook, before: Made, after: Made): Change {
  const at = standAt(book, after.reference_date, after.area_code)
  const voices = book.pack.languages.map((language) => ({ book, at, language, names: false }))
  const seen: Seen = { book, before, after, at, voices }
  const { indicators, vetoes, verdicts } = book.compiled
  const rules = [
    ...Object.entries(indicators).map(([code, each]) => ['indicators', code, each.met.rule] as const),
    ...Object.entries(vetoes).map(([code, each]) => ['vetoes', code, each.rule] as const),
    ...verdicts.map((each) => ['verdicts', each.code, each.ready.rule] as const),
  ]
  const why = new Map(rules.map(([part, code, rule]) => [`${part} ${code}`, becauseOf(seen, part, code, rule)]))
  const state = (of: Made, code: string) => of.indicators.find((each) => each.code === code)?.state ?? 'not_asked'
  const sign = (of: Made, code: string) => (of.vetoes.some((each) => each.code === code) ? 'holds' : 'holds_not')
  const states: Change['states'] = [
    ...book.pack.indicators.map(({ code, label }) => ({
      part: 'indicator' as const,
      code,
      label,
      before: state(before, code),
      after: state(after, code),
      because: why.get(`indicators ${code}`) ?? [],
    })),
    ...book.pack.vetoes.map(({ code, label }) => ({
      part: 'veto' as const,
      code,
      label,
      before: sign(before, code),
      after: sign(after, code),
      because: why.get(`vetoes ${code}`) ?? [],
    })),
  ].filter((each) => each.before !== each.after)
  const all = new Map([...why.values()].flat().map((each) => [`${each.kind} ${each.name}`, each]))
  return {
    verdict: { before: before.verdict, after: after.verdict },
    states,
    because: [...all.values()],
    complete: [before, after].every((each) => each.rules !== null && each.registers !== undefined),
  }
}

interface Seen {
  book: Rulebook
  before: Made
  after: Made
  at: Standpoint
  voices: Speaker[]
}

interface Reads {
  fields: Set<string>
  lists: Map<string, Set<string>>
  parameters: Set<string>
  derived: Set<string>
  by_date: boolean
}

/** Everything a rule reads, through the derived fields to the answers behind them. */
function readsOf(book: Rulebook, rule: CompiledRule, into?: Reads): Reads {
  const reads = into ?? {
    fields: new Set(),
    lists: new Map(),
    parameters: new Set(),
    derived: new Set(),
    by_date: false,
  }
  reads.by_date ||= rule.uses_reference_date || rule.parameters.length > 0
  for (const name of rule.parameters) reads.parameters.add(name)
  for (const [list, fields] of Object.entries(rule.lists)) {
    reads.lists.set(list, new Set([...(reads.lists.get(list) ?? []), ...fields]))
  }
  for (const field of rule.fields) {
    const derived = book.compiled.derived.find((each) => each.name === field)
    if (!derived) reads.fields.add(field)
    else if (!reads.derived.has(field)) {
      reads.derived.add(field)
      readsOf(book, derived.ready.rule, reads)
    }
  }
  return reads
}

function becauseOf(
  seen: Seen,
  part: 'indicators' | 'vetoes' | 'verdicts',
  code: string,
  rule: CompiledRule,
): Because[] {
  const reads = readsOf(seen.book, rule)
  return [
    ...[...reads.fields].flatMap((name) => answerChange(seen, name)),
    ...[...reads.lists].flatMap(([list, fields]) =>
      list === 'registers' ? registerChange(seen) : listChanges(seen, list, [...fields]),
    ),
    ...[...reads.parameters].flatMap((name) => figureChange(seen, name)),
    ...ruleChange(seen, part, code, labelOfRule(seen.book, part, code)),
    ...[...reads.derived].flatMap((name) => {
      const label = seen.book.pack.derived.find((each) => each.name === name)?.label ?? {}
      return ruleChange(seen, 'derived', name, label)
    }),
    ...(reads.by_date ? dateChange(seen) : []),
  ]
}

function labelOfRule(book: Rulebook, part: 'indicators' | 'vetoes' | 'verdicts', code: string): Text {
  const list: readonly { code: string; label: Text }[] = book.pack[part]
  return list.find((each) => each.code === code)?.label ?? {}
}

const each = (seen: Seen, tell: (voice: Speaker) => string): Text =>
  Object.fromEntries(seen.voices.map((voice) => [voice.language, tell(voice)]))

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** A personal number is sealed anew each time: only whether it is there can be compared, and nothing of it is told. */
function plain(seen: Seen, name: string, value: unknown): unknown {
  if (!seen.book.pack.personal_fields.includes(name)) return value ?? null
  return value === null || value === undefined ? null : '***'
}

/** A field of the household (`list` null), or of one of a list: `who` it is asked of. */
type Asked = { name: string; list: null } | { name: string; list: string; who: RuleRecord }

function answerText(seen: Seen, asked: Asked, before: unknown, after: unknown) {
  const { name, list } = asked
  const type = list === null ? seen.book.compiled.schema.household[name] : seen.book.compiled.schema.lists[list]?.[name]
  return each(seen, (voice) => {
    const of = { ...type, name, list }
    const change = { before: valueText(voice, before, of), after: valueText(voice, after, of) }
    const text = answered(voice, labelOf(voice, name, list), framed(voice, 'change_answer', change))
    return asked.list === null ? text : framed(voice, 'of_whom', { who: whoIs(voice, asked.list, 0, asked.who), text })
  })
}

function answerChange(seen: Seen, name: string): Because[] {
  if (name.startsWith('met_')) return []
  const [before, after] = [seen.before, seen.after].map((made) => plain(seen, name, made.answers[name]))
  if (same(before, after)) return []
  return [{ kind: 'answer', name, before, after, text: answerText(seen, { name, list: null }, before, after) }]
}

const itemsOf = (made: Made, list: string): RuleRecord[] =>
  Array.isArray(made.answers[list]) ? (made.answers[list] as RuleRecord[]) : []

/** Members are the same by name, else by date of birth and relation: forms list them in another order. */
function listChanges(seen: Seen, list: string, fields: string[]): Because[] {
  const found: Because[] = []
  const earlier = itemsOf(seen.before, list)
  const gone = new Set(earlier)
  itemsOf(seen.after, list).forEach((item, index) => {
    const left = [...gone]
    const was =
      left.find((other) => typeof item['name'] === 'string' && other['name'] === item['name']) ??
      left.find(
        (other) =>
          item['birth_date'] && other['birth_date'] === item['birth_date'] && other['relation'] === item['relation'],
      )
    if (!was) {
      const text = each(seen, (voice) => framed(voice, 'change_member_in', { who: whoIs(voice, list, index, item) }))
      found.push({ kind: 'member', name: `${list}[${index}]`, before: null, after: index, text })
      return
    }
    gone.delete(was)
    for (const field of fields) {
      const [before, after] = [was, item].map((one) => plain(seen, field, one[field]))
      if (same(before, after)) continue
      const text = answerText(seen, { name: field, list, who: item }, before, after)
      found.push({ kind: 'answer', name: `${list}[${index}].${field}`, before, after, text })
    }
  })
  for (const item of gone) {
    const index = earlier.indexOf(item)
    const text = each(seen, (voice) => framed(voice, 'change_member_out', { who: whoIs(voice, list, index, item) }))
    found.push({ kind: 'member', name: `${list}[${index}] before`, before: index, after: null, text })
  }
  return found
}

/** Other departments' lists, register by register; `undefined` where the older rows were not kept. */
function registerChange(seen: Seen): Because[] {
  const { before, after } = seen
  if (before.registers === undefined || after.registers === undefined) return []
  if (before.registers === null && after.registers !== null) {
    const text = each(seen, (voice) => framed(voice, 'change_register_first'))
    return [{ kind: 'register', name: 'registers', before: null, after: after.registers.length, text }]
  }
  const named = (made: Made) => (made.registers ?? []).map((entry) => String(entry['register']))
  return [...new Set([...named(before), ...named(after)])].flatMap((register): Because[] => {
    const [was, now] = [before, after].map((made) =>
      (made.registers ?? []).filter((entry) => entry['register'] === register),
    )
    if (same(was, now)) return []
    const text = each(seen, (voice) =>
      framed(voice, 'change_register', {
        label: valueText(voice, register, { name: 'register', list: 'registers' }),
      }),
    )
    return [{ kind: 'register', name: register, before: was, after: now, text }]
  })
}

function figureChange(seen: Seen, code: string): Because[] {
  const [before, after] = [seen.before, seen.after].map((made) =>
    made.rules === null ? null : figureAt(made.rules, code, made.reference_date, made.area_code),
  )
  if (!before || !after || before.value === after.value) return []
  const parameter = seen.book.pack.parameters.find((one) => one.code === code)
  const of = { type: parameter?.type, unit: parameter?.type === 'money' ? undefined : parameter?.unit }
  const text = each(seen, (voice) =>
    framed(voice, 'change_parameter', {
      label: parameter ? textIn(parameter.label, voice.language) : code,
      before: valueText(voice, before.value, of),
      before_from: before.from,
      after: valueText(voice, after.value, of),
      after_from: after.from,
      source: textIn(after.source, voice.language),
    }),
  )
  return [{ kind: 'parameter', name: code, before, after, text }]
}

function ruleChange(
  seen: Seen,
  part: 'indicators' | 'vetoes' | 'verdicts' | 'derived',
  code: string,
  label: Text,
): Because[] {
  const [was, now] = [seen.before, seen.after].map((made) => made.rules)
  if (!was || !now) return []
  const [before, after] = [was[part][code] ?? null, now[part][code] ?? null]
  if (before === after) return []
  const frame = before === null ? 'change_rule_new' : 'change_rule'
  const text = each(seen, (voice) => framed(voice, frame, { label: textIn(label, voice.language) || code }))
  return [{ kind: 'rule', name: `${part}.${code}`, before, after, text }]
}

/** Ages are counted and figures read on the day, in the place. */
function dateChange(seen: Seen): Because[] {
  const found: Because[] = []
  for (const [kind, key, frame] of [
    ['reference_date', 'reference_date', 'change_date'],
    ['area', 'area_code', 'change_area'],
  ] as const) {
    const [before, after] = [seen.before[key], seen.after[key]]
    if (before === after) continue
    found.push({ kind, name: key, before, after, text: each(seen, (voice) => framed(voice, frame, { before, after })) })
  }
  return found
}
