// What may stand where the writer's cursor is in a rule: fields, members' fields, choices, parameters, functions. Pure.
import type { FieldType, RuleSchema } from '#engines/rules/schema.ts'

export interface Offer {
  /** What is written in place of `from`..cursor. */
  text: string
  kind: 'field' | 'list' | 'choice' | 'parameter' | 'function' | 'variable' | 'word'
  /** `money`, `bool`, ...; '' where it does not apply. */
  type: string
  /** List the field is of; null for the household's own. */
  list: string | null
}

export interface Offers {
  from: number
  offers: Offer[]
}

/** How many are shown: a list longer than this is not read, it is typed into. */
const MOST = 12
const FOLDS = ['all(', 'exists(', 'exists_one(', 'filter(', 'map(', 'size()']
const CALLS = ['age(', 'has(', 'date(']
const TEXT_TESTS = ['contains(', 'startsWith(', 'endsWith(']

/** Names bound by `list.fold(name, ...)` before this place, each with its list. */
function variables(before: string, schema: RuleSchema): Map<string, string> {
  const bound = new Map<string, string>()
  for (const [, list = '', , name = ''] of before.matchAll(/(\w+)\.(all|exists|exists_one|filter|map)\(\s*(\w+)\s*,/g))
    if (Object.hasOwn(schema.lists, list)) bound.set(name, list)
  return bound
}

/** The offers at a cursor, best first; none where nothing is begun and `asked` is false. */
export function offersAt(source: string, cursor: number, schema: RuleSchema, asked = false): Offers {
  const before = source.slice(0, cursor)
  const bound = variables(before, schema)
  const word_in_quotes = quotedWord(before)
  if (word_in_quotes !== null) {
    const { length } = word_in_quotes
    const choices = choicesAt(before.slice(0, before.length - length - 1), bound, schema)
    return narrowed(cursor - length, word_in_quotes, choices)
  }
  const [, subject, , word = ''] = /(?:(\w+)(\.))?(\w*)$/.exec(before) ?? []
  const from = cursor - word.length
  if (subject === undefined) {
    if (word === '' && !asked) return { from, offers: [] }
    return narrowed(from, word, [
      ...[...bound].map(([name, list]): Offer => ({ text: `${name}.`, kind: 'variable', type: '', list })),
      ...fieldsOf(schema.household, null),
      ...Object.keys(schema.lists).map((name): Offer => ({ text: `${name}.`, kind: 'list', type: '', list: null })),
      { text: 'params.', kind: 'parameter', type: '', list: null },
      ...CALLS.map(asCall),
      ...['true', 'false', 'reference_date'].map((text): Offer => ({ text, kind: 'word', type: '', list: null })),
    ])
  }
  const members = membersOf(subject, bound, schema)
  return members.length === 0 ? { from, offers: [] } : narrowed(from, word, members)
}

/** What is written of a text whose quote is still open; null outside quotes. */
function quotedWord(before: string): string | null {
  const [, quote, word = ''] = /(['"])(\w*)$/.exec(before) ?? []
  return quote !== undefined && (before.split(quote).length - 1) % 2 === 1 ? word : null
}

/** What may follow `subject.`: parameters, fields of an item, tests of a list or of a text. */
function membersOf(subject: string, bound: Map<string, string>, schema: RuleSchema): Offer[] {
  if (subject === 'params')
    return fieldsOf(schema.parameters, 'params').map((each): Offer => ({ ...each, kind: 'parameter' }))
  const list = bound.get(subject)
  if (list !== undefined) return fieldsOf(schema.lists[list] ?? {}, list)
  if (Object.hasOwn(schema.lists, subject)) return FOLDS.map(asCall)
  const kind = schema.household[subject]?.type
  return kind === 'text' || kind === 'choice' ? TEXT_TESTS.map(asCall) : []
}

const asCall = (text: string): Offer => ({ text, kind: 'function', type: '', list: null })

const fieldsOf = (fields: Record<string, FieldType>, list: string | null): Offer[] =>
  Object.entries(fields).map(([text, { type }]) => ({ text, kind: 'field', type, list }))

/** Choices of the field that the text in quotes is compared with: `m.health in ['a', '` or `house_grade == '`. */
function choicesAt(before: string, bound: Map<string, string>, schema: RuleSchema): Offer[] {
  const compared = /(?:(\w+)\.)?(\w+)\s*(?:==|!=|in)\s*(?:\[[^\]]*)?$/.exec(before)
  // `'a' in m.benefits` stands the other way round: choices come before their field, and any may be meant.
  const [, subject, name = ''] = compared ?? []
  const list = subject === undefined ? null : (bound.get(subject) ?? null)
  const field = list === null ? schema.household[name] : schema.lists[list]?.[name]
  const among = field?.choices ?? (compared ? [] : allChoices(schema))
  return among.map((text) => ({ text, kind: 'choice', type: '', list }))
}

function allChoices(schema: RuleSchema): string[] {
  const fields = [
    ...Object.values(schema.household),
    ...Object.values(schema.lists).flatMap((own) => Object.values(own)),
  ]
  return [...new Set(fields.filter((each) => each.type === 'choices').flatMap((each) => each.choices ?? []))]
}

/** Those that begin so first, then those that hold it anywhere; what is written out already is offered no more. */
function narrowed(from: number, word: string, offers: Offer[]): Offers {
  const low = word.toLowerCase()
  const begins = offers.filter((each) => each.text.toLowerCase().startsWith(low))
  const holds = offers.filter((each) => !begins.includes(each) && each.text.toLowerCase().includes(low))
  const found = [...begins, ...(low.length > 1 ? holds : [])].slice(0, MOST)
  return { from, offers: found.length === 1 && found[0]?.text === word ? [] : found }
}
