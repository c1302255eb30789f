// What stands on one side of a clause, in words: a field with its answer, a figure with its date and source, a sum.
// Nothing here knows a country: labels are the form's and the pack's, frames are explain.<language>.json, and a pack in
// a further language brings its own as the section `explain` of its words.
import type { RuleRecord } from '#engines/rules/schema.ts'
import type { Node } from '#engines/rules/tree.ts'
import { itemsAt, valueAt, type Standing } from '#engines/rules/run/why.ts'
import { dateText } from '#engines/rules/run/dates.ts'
import type { Field } from '#engines/xforms/answers/fields.ts'
import { cardForm } from '../forms.ts'
import { frameOf } from './frames.ts'
import { fieldText, sayMoney } from './reasons.ts'
import type { Rulebook, Standpoint } from '../rulebook.ts'
import { textIn, type Pack, type Text } from '../schema/schema.ts'

/** Who speaks: the rulebook, the standpoint, one language, and whether members may be called by their names. */
export interface Speaker {
  book: Rulebook
  at: Standpoint
  language: string
  names: boolean
}

/** A frame of the speaker's language with its `{places}` filled; the pack's own frame wins, English stands in. */
export function framed({ book, language }: Speaker, frame: string, places: Record<string, string> = {}): string {
  return frameOf(book.pack, language, frame).replaceAll(/\{(\w+)\}/g, (whole, name: string) => places[name] ?? whole)
}

const inWords = (to: Speaker, text: Text): string => textIn(text, to.language, to.book.pack.default_language)
export const wordOf = (to: Speaker, section: string, key: string): string | undefined =>
  to.book.pack.words[to.language]?.[section]?.[key]

/** What a field of the household (`list` null) or of a list item is called. */
export function labelOf(to: Speaker, name: string, list: string | null): string {
  const { book } = to
  if (list === 'registers') return framed(to, `register.${name}`)
  if (list === null && name.startsWith('met_')) {
    const indicator = book.pack.indicators.find((each) => `met_${each.code}` === name)
    if (indicator) return inWords(to, indicator.label)
  }
  if (list === null && name.startsWith('previous_')) {
    return framed(to, 'before', { label: labelOf(to, name.slice('previous_'.length), null) })
  }
  const label = inWords(to, fieldText(name, list, book.wording)).trim()
  if (label !== name) return label
  return wordOf(to, 'field', name) ?? wordOf(to, 'fact', name) ?? name.replaceAll('_', ' ')
}

/** The label of a list: the form's own, or the frame's for other departments' lists. */
export function listLabel(to: Speaker, list: string): string {
  if (list === 'registers') return framed(to, 'registers')
  const labels = listLabels(to.book.pack)[list] ?? {}
  const named = Object.entries(labels).find(([name]) => name === to.language || name.endsWith(`(${to.language})`))
  return named?.[1] ?? Object.values(labels)[0] ?? list
}

const labels_of = new WeakMap<Pack, Record<string, Record<string, string>>>()
function listLabels(pack: Pack): Record<string, Record<string, string>> {
  let found = labels_of.get(pack)
  if (!found) {
    found = {}
    const items = [...cardForm(pack).items]
    for (let item = items.shift(); item; item = items.shift()) {
      if (item.kind === 'question') continue
      if (item.kind === 'repeat') found[item.name] = item.labels
      items.push(...item.items)
    }
    labels_of.set(pack, found)
  }
  return found
}

const formats = new Map<string, Intl.NumberFormat>()
function numberText(value: number, language: string): string {
  let format = formats.get(language)
  if (!format) formats.set(language, (format = new Intl.NumberFormat(language, { maximumFractionDigits: 2 })))
  return format.format(value)
}

/** A value with its unit, as people say it; choices by their label, a personal number never. */
export function valueText(
  to: Speaker,
  value: unknown,
  of: { type?: string; unit?: string | undefined; name?: string; list?: string | null } = {},
): string {
  const { book, language } = to
  if (value === null || value === undefined) return framed(to, 'not_known')
  if (of.name !== undefined && book.pack.personal_fields.includes(of.name)) return framed(to, 'withheld')
  if (typeof value === 'boolean') {
    if (of.name?.startsWith('met_'))
      return wordOf(to, 'state', value ? 'met' : 'unmet') ?? framed(to, value ? 'yes' : 'no')
    return framed(to, value ? 'yes' : 'no')
  }
  if (typeof value === 'number') {
    if (of.type === 'money') return sayMoney(value, language, book.pack)
    const number = numberText(value, language)
    if (of.unit === undefined) return number
    if (of.unit === 'percent') return `${number} %`
    const one = value === 1 ? wordOf(to, 'unit', `${of.unit}_one`) : undefined
    return framed(to, 'with_unit', { value: number, unit: one ?? wordOf(to, 'unit', of.unit) ?? of.unit })
  }
  if (Array.isArray(value)) return value.map((each) => choiceText(to, String(each), of)).join(framed(to, 'list'))
  return choiceText(to, String(value), of)
}

function choiceText(to: Speaker, choice: string, of: { name?: string; list?: string | null }): string {
  if (of.name === undefined) return choice
  if (of.list === 'registers' && of.name === 'register') return wordOf(to, 'register', choice) ?? choice
  const labels = fieldOf(to.book, of.name, of.list ?? null)?.choice_labels?.[choice]
  if (!labels) return choice
  const named = Object.entries(labels).find(([name]) => name === to.language || name.endsWith(`(${to.language})`))
  return named?.[1] ?? Object.values(labels)[0] ?? choice
}

const fieldOf = (book: Rulebook, name: string, list: string | null): Field | undefined =>
  list === null ? book.fields.household[name] : book.fields.lists[list]?.[name]

const isAsked = (label: string): boolean => /[?？]$/.test(label)

/** `{label}: {value}`; a label that is itself a question is answered without a colon. */
export const answered = (to: Speaker, label: string, value: string): string =>
  framed(to, isAsked(label) ? 'asked' : 'head', { label, value })

/** One item of a list as a reader knows it: relation and age of a person, the list's name of a register entry. */
export function whoIs(to: Speaker, list: string, index: number, item: RuleRecord): string {
  const number = framed(to, 'number', { n: String(index + 1) })
  const kind = list === 'registers' ? 'register' : 'relation'
  const role = typeof item[kind] === 'string' ? valueText(to, item[kind], { name: kind, list }) : number
  const age = ageOf(item, to.at.date)
  const who =
    age === null ? role : framed(to, 'who_age', { who: role, age: framed(to, 'years', { value: String(age) }) })
  const name = typeof item['name'] === 'string' ? item['name'] : ''
  return to.names && name !== '' && !to.book.pack.personal_fields.includes('name')
    ? framed(to, 'who_name', { name, who })
    : who
}

function ageOf(item: RuleRecord, date: string): number | null {
  if (typeof item['age'] === 'number') return item['age']
  const born = item['birth_date']
  if (typeof born !== 'string' || born > date) return null
  const years = Number(date.slice(0, 4)) - Number(born.slice(0, 4))
  return date.slice(5) < born.slice(5) ? years - 1 : years
}

const ARITHMETIC = { '+': '+', '-': '−', '*': '×', '/': '÷', '//': '÷', '%': 'mod' } as const

/** A value worked out of others, as `¥6,930 ÷ 3`; the plain value where there is nothing to take apart. */
export function term(to: Speaker, node: Node, at: Standing, style: 'head' | 'inner' = 'inner'): string {
  const value = plainAt(node, at)
  const of = { type: node.type, unit: node.unit }
  switch (node.op) {
    case 'literal':
      return valueText(to, value, of)
    case 'read': {
      const label = labelOf(to, node.field, node.list)
      const told = valueText(to, value, { ...of, name: node.field, list: node.list })
      return style === 'head'
        ? answered(to, label, told)
        : framed(to, 'term', { label: label.replace(/[?？]$/, ''), value: told })
    }
    case 'parameter':
      return parameterText(to, node.name, style === 'head' ? 'parameter' : 'parameter_term')
    case 'reference_date':
      return framed(to, 'reference_date', { value: String(value) })
    case 'arithmetic': {
      const sum = `${wrapped(to, node, 'left', at)} ${ARITHMETIC[node.sign]} ${wrapped(to, node, 'right', at)}`
      return style === 'head' ? framed(to, 'worked_out', { value: valueText(to, value, of), sum }) : sum
    }
    case 'if': {
      const condition = valueAt(node.condition, at)
      if (condition === undefined) return framed(to, 'not_known')
      return term(to, condition === true ? node.met : node.otherwise, at, style)
    }
    case 'aggregate':
      return foldText(to, node, at, value)
    case 'call':
      return callText(to, node, at, value, style)
    default:
      return valueText(to, value, of)
  }
}

const BINDS = { '+': 1, '-': 1, '*': 2, '/': 2, '//': 2, '%': 2 } as const

/** An operand, in brackets only where the sum would read otherwise without them. */
function wrapped(to: Speaker, node: Extract<Node, { op: 'arithmetic' }>, side: 'left' | 'right', at: Standing): string {
  const operand = node[side]
  const inner = term(to, operand, at)
  if (operand.op !== 'arithmetic') return inner
  const [own, outer] = [BINDS[operand.sign], BINDS[node.sign]]
  const plain = side === 'left' ? own >= outer : own > outer || (own === outer && node.sign === '+')
  return plain ? inner : `(${inner})`
}

function callText(
  to: Speaker,
  node: Extract<Node, { op: 'call' }>,
  at: Standing,
  value: unknown,
  style: 'head' | 'inner',
) {
  switch (node.name) {
    case 'age': {
      const told = value === null ? framed(to, 'not_known') : framed(to, 'years', { value: String(value) })
      return framed(to, style === 'head' ? 'head' : 'term', { label: framed(to, 'age'), value: told })
    }
    case 'days_between':
      return framed(to, 'days', { value: valueText(to, value) })
    case 'decimal':
    case 'whole':
    case 'money':
    case 'round':
    case 'trunc':
    case 'floor':
    case 'ceil':
      return term(to, node.args[0]!, at, style)
    case 'least':
    case 'greatest': {
      const values = node.args.map((arg) => term(to, arg, at)).join(framed(to, 'list'))
      return framed(to, 'worked_out', { value: valueText(to, value, node), sum: framed(to, node.name, { values }) })
    }
    default:
      return valueText(to, value, { type: node.type, unit: node.unit })
  }
}

function foldText(to: Speaker, node: Extract<Node, { op: 'aggregate' }>, at: Standing, value: unknown): string {
  const list = listLabel(to, node.list)
  if (node.fold !== 'count') {
    return framed(to, node.fold, { list, value: valueText(to, value, { type: node.type, unit: node.unit }) })
  }
  const kept = (itemsAt(node.list, at) ?? []).filter(
    (item) => node.where === null || valueAt(node.where, item) === true,
  )
  const who = kept.map((item) => whoIs(to, node.list, item.index, item.item)).join(framed(to, 'join'))
  const n = value === null ? framed(to, 'not_known') : String(value)
  return framed(to, who === '' ? 'counted' : 'counted_who', { list, n, who })
}

/** A dated figure: its value, since when, and where that is written. */
export function parameterText(
  to: Speaker,
  name: string,
  frame: 'parameter' | 'parameter_term' | 'parameter_value' = 'parameter',
): string {
  const { book, at } = to
  const parameter = book.pack.parameters.find((each) => each.code === name)
  const label = parameter ? inWords(to, parameter.label) : name
  const entry = at.sources[name]
  if (!entry) return framed(to, 'no_parameter', { label })
  const value = valueText(to, entry.value, {
    type: parameter?.type,
    unit: parameter?.type === 'money' ? undefined : parameter?.unit,
  })
  return framed(to, frame, { label, value, from: entry.from, source: sourceText(to, name) })
}

/** The title of the source that a figure in force was read in, in the speaker's language. */
export function sourceText(to: Speaker, name: string): string {
  const entry = to.at.sources[name]
  const value = to.book.pack.parameters
    .find((each) => each.code === name)
    ?.values.find((each) => each.from === entry?.from && (each.area ?? '') === (entry?.area ?? ''))
  return value ? inWords(to, value.source.title) : (entry?.source ?? '')
}

/** A node's value as it leaves the engine: null when unknown, dates as YYYY-MM-DD. */
export function plainAt(node: Node, at: Standing): unknown {
  const value = valueAt(node, at)
  if (value === undefined) return null
  return node.type === 'date' && typeof value === 'number' ? dateText(value) : value
}
