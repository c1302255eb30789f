import { dateText } from './run/dates.ts'
import { surroundings } from './run/evaluate.ts'
import { isNumeric } from './schema.ts'
import { collectMissing, itemsAt, pathOf, plainAt, spanAt, valueAt } from './run/why.ts'
import type { RuleRecord } from './schema.ts'
import type { Aggregate, CompiledRule, Node } from './tree.ts'
import type { Standing } from './run/why.ts'

export type PlainValue = boolean | number | string | readonly string[] | null

/** One clause of a rule for one record. Clauses nest as the rule's &&, ||, !, ?: and list tests do. */
export type Explanation = {
  /** The clause as written, and where it stands in the rule. */
  source: string
  start: number
  end: number
  kind: 'and' | 'or' | 'not' | 'if' | 'one' | 'exists' | 'all' | 'exists_one' | 'clause'
  /** 'value' for a clause that gives a number, a date or text. */
  state: 'true' | 'false' | 'unknown' | 'value'
  value: PlainValue
  /** The list item this clause is about, inside a list test. */
  item?: { list: string; index: number }
  /** The answers this clause itself used, missing ones as null; those of `clauses` stand there. */
  values: { field: string; value: PlainValue }[]
  /** The list items that decided: the hits of exists, the misses of all, the unknown ones of an unknown. */
  items: { list: string; deciding: number[] }[]
  parameters: { name: string; value: PlainValue }[]
  /** The answers that would settle it, as in Outcome. */
  missing: string[]
  /** Answers that are missing and no longer matter: what they may be within their bounds decides nothing here. */
  immaterial: string[]
  /** The sides of a comparison that are not known yet: where they lie whatever is answered; null without a bound. */
  spans: { source: string; least: number | null; most: number | null }[]
  clauses: Explanation[]
}

/** Why the rule gives what it gives for this record: same arguments as the evaluator, same result, with its reasons. */
export function explain(
  rule: CompiledRule,
  record: RuleRecord,
  params: RuleRecord,
  reference_date: string,
): Explanation {
  const around = surroundings(params, reference_date)
  return explainNode(rule.root, { record, item: {}, index: -1, around }, rule.source)
}

const plainOf = (value: ReturnType<typeof valueAt>, of: Node): PlainValue =>
  value === undefined ? null : of.type === 'date' && typeof value === 'number' ? dateText(value) : value

function spansOf(node: Node, at: Standing, source: string): Explanation['spans'] {
  if (node.op !== 'compare' || !isNumeric(node.left.type)) return []
  return [node.left, node.right]
    .filter((side) => valueAt(side, at) === undefined)
    .map((side) => ({ source: source.slice(side.start, side.end), ...spanAt(side, at) }))
}

function explainNode(node: Node, at: Standing, source: string): Explanation {
  const value = valueAt(node, at)
  const missing = new Set<string>()
  if (value === undefined) collectMissing(node, at, missing)
  const immaterial = new Set<string>()
  if (value !== undefined && plainAt(node, at) === undefined) collectMissing(node, at, immaterial, plainAt)
  const made: Explanation = {
    source: source.slice(node.start, node.end),
    start: node.start,
    end: node.end,
    kind: 'clause',
    state: value === undefined ? 'unknown' : value === true ? 'true' : value === false ? 'false' : 'value',
    value: plainOf(value, node),
    values: [],
    items: [],
    parameters: [],
    missing: [...missing],
    immaterial: [...immaterial],
    spans: spansOf(node, at, source),
    clauses: [],
  }
  const below = (part: Node): Explanation => explainNode(part, at, source)
  switch (node.op) {
    case 'and':
    case 'or':
    case 'one':
      return { ...made, kind: node.op, clauses: node.args.map(below) }
    case 'not':
      return { ...made, kind: 'not', clauses: [below(node.arg)] }
    case 'if': {
      const condition = valueAt(node.condition, at)
      const branch = condition === undefined ? [] : [below(condition === true ? node.met : node.otherwise)]
      return { ...made, kind: 'if', clauses: [below(node.condition), ...branch] }
    }
    case 'aggregate':
      if (node.fold === 'exists' || node.fold === 'all' || node.fold === 'exists_one') {
        return listTest(node, node.fold, made, at, source)
      }
      break
    default:
  }
  gather(node, at, made)
  return made
}

function listTest(
  node: Aggregate,
  kind: 'exists' | 'all' | 'exists_one',
  made: Explanation,
  at: Standing,
  source: string,
): Explanation {
  const items = itemsAt(node.list, at) ?? []
  const states = items.map((item) => ({ item, value: valueAt(node.body!, item) }))
  const wanted =
    made.state === 'unknown' ? undefined : kind === 'all' ? made.state === 'true' : decidedBy(kind, made.state, states)
  const deciding = wanted === 'every' ? states : states.filter(({ value }) => value === wanted)
  const clauses = deciding.map(({ item }) => ({
    ...explainNode(node.body!, item, source),
    item: { list: node.list, index: item.index },
  }))
  const decided = { list: node.list, deciding: deciding.map(({ item }) => item.index) }
  return { ...made, kind, items: [decided], clauses }
}

/** Hits decide where there are any; with none, every item decided by being a miss. */
function decidedBy(kind: 'exists' | 'exists_one', state: string, states: { value: unknown }[]): boolean | 'every' {
  if (state === 'true') return true
  return kind === 'exists_one' && states.some(({ value }) => value === true) ? true : 'every'
}

/** The answers and parameters a clause used; of a folded list, those of the items it kept or could not place. */
function gather(node: Node, at: Standing, into: Explanation): void {
  const note = (field: string, value: PlainValue): void => {
    if (!into.values.some((seen) => seen.field === field)) into.values.push({ field, value })
  }
  const plain = (part: Node): PlainValue => plainOf(valueAt(part, at), part)
  switch (node.op) {
    case 'read':
      note(pathOf(node.list, node.field, at.index), plain(node))
      return
    case 'has':
      note(pathOf(node.list, node.field, at.index), answerOf(node.list === null ? at.record : at.item, node.field))
      return
    case 'has_list':
      note(node.list, Array.isArray(at.record[node.list]) ? (at.record[node.list] as unknown[]).length : null)
      return
    case 'parameter':
      if (!into.parameters.some((seen) => seen.name === node.name)) {
        into.parameters.push({ name: node.name, value: plain(node) })
      }
      return
    case 'if':
      gather(node.condition, at, into)
      if (valueAt(node.condition, at) !== undefined) {
        gather(valueAt(node.condition, at) === true ? node.met : node.otherwise, at, into)
      }
      return
    case 'aggregate':
      gatherFold(node, at, into)
      return
    case 'not':
      return gather(node.arg, at, into)
    case 'and':
    case 'or':
    case 'one':
    case 'call':
      return node.args.forEach((arg) => gather(arg, at, into))
    case 'compare':
    case 'arithmetic':
      return [node.left, node.right].forEach((part) => gather(part, at, into))
    case 'in':
      return [node.arg, ...node.options].forEach((part) => gather(part, at, into))
    case 'chosen':
      return [node.arg, node.set].forEach((part) => gather(part, at, into))
    default:
  }
}

function gatherFold(node: Aggregate, at: Standing, into: Explanation): void {
  const items = itemsAt(node.list, at)
  if (items === undefined) return
  const whole = valueAt(node, at)
  const deciding: number[] = []
  for (const item of items) {
    const keeps = node.where === null ? true : valueAt(node.where, item)
    const value = keeps === true && node.body !== null ? valueAt(node.body, item) : undefined
    const blocks = keeps === undefined || (keeps === true && node.body !== null && value === undefined)
    const decides =
      whole === undefined ? blocks : keeps === true && ((node.fold !== 'min' && node.fold !== 'max') || value === whole)
    if (!decides) continue
    deciding.push(item.index)
    if (node.where !== null) gather(node.where, item, into)
    if (node.body !== null && keeps === true) gather(node.body, item, into)
    if (node.sort && keeps === true) gather(node.sort, item, into)
  }
  into.items.push({ list: node.list, deciding })
}

const answerOf = (from: RuleRecord, field: string): PlainValue => (from[field] ?? null) as PlainValue
