import { dateNumber } from '../run/dates.ts'
import { boundsOf, isNumeric } from '../schema.ts'
import { keyOf } from '../tree.ts'
import type { RuleSchema } from '../schema.ts'
import type { Base, Node, Sign } from '../tree.ts'

/** Whole arithmetic stays exact up to here; beyond it a bound is given up. */
const EXACT = 2 ** 53
/** Rounds of bounds passed from one comparison to another; more only help long chains. */
const ROUNDS = 8

type Interval = { lo: number; hi: number }
/** sum of factor x term, plus a constant; terms are whatever arithmetic does not take apart. */
type Linear = { terms: Map<string, number>; constant: number }
/** `has` is the key of the fact that it was answered, for an answer that may be missing. */
type Term = Interval & { whole: boolean; excluded: Set<number>; has?: string | undefined }

/** What a set of facts that hold together says so far. `failed` once two of them exclude each other. */
export type Facts = {
  schema: RuleSchema
  terms: Map<string, Term>
  forms: { terms: Map<string, number>; lo: number; hi: number }[]
  /** Text and choices: the words that are still possible; absent when anything is. */
  words: Map<string, { allowed: Set<string> | null; excluded: Set<string> }>
  truths: Map<string, boolean>
  failed: boolean
}

export const noFacts = (schema: RuleSchema): Facts => ({
  schema,
  terms: new Map(),
  forms: [],
  words: new Map(),
  truths: new Map(),
  failed: false,
})

export const copyFacts = (facts: Facts): Facts => ({
  ...facts,
  terms: new Map([...facts.terms].map(([key, term]) => [key, { ...term, excluded: new Set(term.excluded) }])),
  forms: facts.forms.map((form) => ({ ...form })),
  words: new Map(
    [...facts.words].map(([key, { allowed, excluded }]) => [
      key,
      { allowed: allowed && new Set(allowed), excluded: new Set(excluded) },
    ]),
  ),
  truths: new Map(facts.truths),
})

/** Adds that the node with this key is true, or false. */
export function addTruth(facts: Facts, key: string, truth: boolean): void {
  if ((facts.truths.get(key) ?? truth) !== truth) facts.failed = true
  facts.truths.set(key, truth)
}

/** Adds that a word is, or is not, one of some words. */
export function addWords(facts: Facts, subject: Node, words: readonly string[], among: boolean): void {
  const key = keyOf(subject)
  const known = facts.words.get(key) ?? {
    allowed: subject.choices ? new Set(subject.choices) : null,
    excluded: new Set(),
  }
  facts.words.set(key, known)
  if (among) known.allowed = new Set(known.allowed ? words.filter((word) => known.allowed!.has(word)) : words)
  else for (const word of words) known.excluded.add(word)
  if (known.allowed && [...known.allowed].every((word) => known.excluded.has(word))) facts.failed = true
}

const OPPOSITE: Record<Sign, Sign> = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' }
export const signIf = (sign: Sign, truth: boolean): Sign => (truth ? sign : OPPOSITE[sign])

const isWhole = (base: Base): boolean =>
  base.type === 'int' || (base.type === 'money' && !base.scale) || base.type === 'date'

/** Bounds of a node that is taken as one term: a parameter's are those of the schema at hand, which may be tighter. */
function boundsOfTerm(node: Node, schema: RuleSchema): Interval {
  const declared = node.op === 'parameter' ? schema.parameters[node.name] : undefined
  const tighter = declared && boundsOf(declared)
  const lo = Math.max(node.lo ?? -Infinity, tighter?.lo ?? -Infinity)
  return { lo, hi: Math.min(node.hi ?? Infinity, tighter?.hi ?? Infinity) }
}

/** A number or date as a linear form. Decimal arithmetic rounds, so only whole arithmetic is taken apart. */
function linearOf(node: Node, facts: Facts): Linear {
  if (node.op === 'literal') {
    return { terms: new Map(), constant: node.type === 'date' ? dateNumber(node.value)! : Number(node.value) }
  }
  if (node.op === 'arithmetic' && isWhole(node)) {
    const a = linearOf(node.left, facts)
    const b = linearOf(node.right, facts)
    if (node.sign === '+') return plus(a, b, 1)
    if (node.sign === '-') return plus(a, b, -1)
    if (node.sign === '*' && a.terms.size === 0) return plus({ terms: new Map(), constant: 0 }, b, a.constant)
    if (node.sign === '*' && b.terms.size === 0) return plus({ terms: new Map(), constant: 0 }, a, b.constant)
  }
  if (node.op === 'call' && node.name === 'decimal') return linearOf(node.args[0]!, facts)
  const key = keyOf(node)
  if (!facts.terms.has(key)) {
    const has = node.op === 'read' ? hasKey(node.list, node.field) : undefined
    facts.terms.set(key, { ...boundsOfTerm(node, facts.schema), whole: isWhole(node), excluded: new Set(), has })
    countsFit(node, key, facts)
  }
  return { terms: new Map([[key, 1]]), constant: 0 }
}

function plus(a: Linear, b: Linear, factor: number): Linear {
  const terms = new Map(a.terms)
  for (const [key, times] of b.terms) {
    const sum = (terms.get(key) ?? 0) + factor * times
    if (sum === 0) terms.delete(key)
    else terms.set(key, sum)
  }
  return { terms, constant: a.constant + factor * b.constant }
}

/** A filtered count is at most the count of the whole list. */
function countsFit(node: Node, key: string, facts: Facts): void {
  if (node.op !== 'aggregate' || node.fold !== 'count' || node.where === null) return
  const whole = linearOf({ ...node, where: null }, facts)
  const terms = new Map([
    ...[...whole.terms].map(([each]): [string, number] => [each, -1]),
    [key, 1] as [string, number],
  ])
  facts.forms.push({ terms, lo: -Infinity, hi: 0 })
}

/** Adds `left sign right` for numbers or dates. */
export function addComparison(facts: Facts, sign: Sign, left: Node, right: Node): void {
  const { terms, constant } = plus(linearOf(left, facts), linearOf(right, facts), -1)
  const limit = -constant
  if (Math.abs(limit) >= EXACT || [...terms.values()].some((factor) => Math.abs(factor) >= EXACT)) return
  const whole = [...terms.keys()].every((key) => facts.terms.get(key)!.whole) && Number.isInteger(limit)
  // Several decimals: only their order is exact (the difference of two doubles has the right sign), not a distance.
  if (terms.size > 1 && !whole && limit !== 0) return
  if (sign === '!=') return addDifference(facts, terms, limit)
  const below = whole ? limit - 1 : nextDouble(limit, -1)
  const above = whole ? limit + 1 : nextDouble(limit, 1)
  const lo = sign === '==' || sign === '>=' ? limit : sign === '>' ? above : -Infinity
  const hi = sign === '==' || sign === '<=' ? limit : sign === '<' ? below : Infinity
  if (terms.size === 0) {
    if (lo > 0 || hi < 0) facts.failed = true
    return
  }
  facts.forms.push({ terms, lo, hi })
  if (terms.size > 1) combine(facts)
}

function addDifference(facts: Facts, terms: Map<string, number>, limit: number): void {
  if (terms.size === 0 && limit === 0) facts.failed = true
  const [key, factor] = [...terms][0] ?? ['', 0]
  if (terms.size === 1) facts.terms.get(key)!.excluded.add(limit / factor)
  else if (terms.size > 1) {
    const { terms: own, side } = turned(terms)
    facts.truths.set(differs(own, limit * side), true)
  }
}

const differs = (terms: Map<string, number>, limit: number): string => `!= ${formKey(terms)} ${limit + 0}`

/** The double next to a number: between them lies no value a field can have. */
function nextDouble(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * Number.MIN_VALUE
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 === direction > 0 ? 1n : -1n))
  return view.getFloat64(0)
}

const formKey = (terms: Map<string, number>): string => JSON.stringify([...terms].sort(([a], [b]) => (a < b ? -1 : 1)))

/** The form with its first factor positive; `side` is -1 where it had to be turned round. */
function turned(terms: Map<string, number>): { terms: Map<string, number>; side: 1 | -1 } {
  const first = [...terms].sort(([a], [b]) => (a < b ? -1 : 1))[0]![1]
  return first > 0
    ? { terms, side: 1 }
    : { terms: new Map([...terms].map(([key, factor]) => [key, -factor])), side: -1 }
}

/** Comparisons of the same terms are one: a < b and a > b, also when one is written the other way round. */
function combine(facts: Facts): void {
  const byKey = new Map<string, Facts['forms'][number]>()
  for (const form of facts.forms) {
    const { terms, side } = turned(form.terms)
    const own = side < 0 ? { lo: -form.hi, hi: -form.lo } : form
    const key = formKey(terms)
    const known = byKey.get(key)
    const lo = Math.max(known?.lo ?? -Infinity, own.lo)
    byKey.set(key, { terms, lo, hi: Math.min(known?.hi ?? Infinity, own.hi) })
  }
  facts.forms = [...byKey.values()]
}

/** The key of the fact that a field was answered. */
export const hasKey = (list: string | null, field: string): string => `has ${list ?? ''} ${field}`

/** A comparison that holds without an answer holds for every answer within its bounds: also for the worst. */
function withoutAnswers(facts: Facts): void {
  for (const form of facts.forms) {
    for (const [key, factor] of form.terms) {
      const { has, lo, hi } = facts.terms.get(key)!
      if (has === undefined || facts.truths.get(has) !== false) continue
      const ends = [factor * lo, factor * hi]
      form.lo -= Math.min(...ends)
      form.hi -= Math.max(...ends)
      form.terms = new Map([...form.terms].filter(([other]) => other !== key))
    }
    if (form.terms.size === 0 && (form.lo > 0 || form.hi < 0)) facts.failed = true
  }
  facts.forms = facts.forms.filter((form) => form.terms.size > 0)
}

/** Looks whether the facts can hold together: `failed` when they cannot. Not finding it out proves nothing. */
export function settle(facts: Facts): void {
  withoutAnswers(facts)
  if (facts.forms.length > 0) combine(facts)
  for (let round = 0; round < ROUNDS && !facts.failed; round++) {
    let tightened = false
    for (const { terms, lo, hi } of facts.forms) {
      if (lo > hi) facts.failed = true
      for (const [key, factor] of terms) tightened = tighten(facts, terms, key, factor, lo, hi) || tightened
    }
    for (const term of facts.terms.values()) trim(facts, term)
    if (!tightened) break
  }
  for (const form of facts.forms) {
    const [a, b] = [form.lo, form.hi]
    if (a === b && facts.truths.get(differs(form.terms, a))) facts.failed = true
  }
}

/** Bounds of one term of lo <= form <= hi from the bounds of the others. */
function tighten(
  facts: Facts,
  terms: Map<string, number>,
  key: string,
  factor: number,
  lo: number,
  hi: number,
): boolean {
  const term = facts.terms.get(key)!
  let least = 0
  let most = 0
  for (const [other, times] of terms) {
    if (other === key) continue
    const { lo: from, hi: to } = facts.terms.get(other)!
    least += times > 0 ? times * from : times * to
    most += times > 0 ? times * to : times * from
  }
  // A sum beyond 2^53 is rounded, and a bound from it would not be exact.
  if (Math.abs(least) >= EXACT) least = -Infinity
  if (Math.abs(most) >= EXACT) most = Infinity
  const ends = [(lo - most) / factor, (hi - least) / factor]
  const from = Math.min(...ends)
  const to = Math.max(...ends)
  if (Number.isNaN(from) || Number.isNaN(to)) return false
  const own = { lo: term.whole ? Math.ceil(from) : from, hi: term.whole ? Math.floor(to) : to }
  const tightened = own.lo > term.lo || own.hi < term.hi
  term.lo = Math.max(term.lo, Math.abs(own.lo) < EXACT ? own.lo : -Infinity)
  term.hi = Math.min(term.hi, Math.abs(own.hi) < EXACT ? own.hi : Infinity)
  return tightened
}

function trim(facts: Facts, term: Term): void {
  while (term.whole && term.excluded.has(term.lo)) term.lo++
  while (term.whole && term.excluded.has(term.hi)) term.hi--
  if (term.lo > term.hi || (term.lo === term.hi && term.excluded.has(term.lo))) facts.failed = true
}

export const isComparable = (node: Node): boolean => isNumeric(node.type) || node.type === 'date'
