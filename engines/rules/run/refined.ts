import { callClosure } from './calls.ts'
import { closureOf, make, operationOf } from './closures.ts'
import { plus, rescaled, within } from './exact.ts'
import { itemsOf } from './folds.ts'
import { bounded, mayClose, ownRange, shapeOf } from './intervals.ts'
import { intervalOf, scaleOf } from './numbers.ts'
import { isNumeric } from '../schema.ts'
import { childrenOf } from '../tree.ts'
import { alignedTo, NO_ANSWERS } from './values.ts'
import type { Exact } from './exact.ts'
import type { RuleRecord } from '../schema.ts'
import type { Aggregate, Arithmetic, Comparison, Node } from '../tree.ts'
import type { Run, Surroundings, Value } from './values.ts'

/** The least and the greatest value a number may have once every answer is there; an end without a bound is left out. */
export type Range = { lo?: Exact | undefined; hi?: Exact | undefined }
type RangeRun = (record: RuleRecord, item: RuleRecord, around: Surroundings) => Range

const runs = new WeakMap<Node, Run>()
const ranges = new WeakMap<Node, RangeRun>()

function kept<T>(made: WeakMap<Node, T>, node: Node, make_one: (node: Node) => T): T {
  let run = made.get(node)
  if (run === undefined) {
    run = make_one(node)
    made.set(node, run)
  }
  return run
}

/**
 * The node as a closure that decides a comparison also while answers are missing, where no answer within the declared
 * bounds could change it. Asked only when closureOf says UNKNOWN: where that has a value, this has the same.
 */
export const refinedOf = (node: Node): Run => kept(runs, node, makeRefined)

/** How far a number reaches. */
export const rangeOf = (node: Node): RangeRun => kept(ranges, node, makeRange)

const choosy = new WeakMap<Node, boolean>()

/**
 * Whether bounds can decide anything in a node: where they cannot, plain evaluation is all there is. A comparison of an
 * answer with a written number is settled by the answer alone, unless every answer within its bounds says the same.
 */
export function refinable(node: Node): boolean {
  let made = choosy.get(node)
  if (made === undefined) {
    made = looksRefinable(node)
    choosy.set(node, made)
  }
  return made
}

function looksRefinable(node: Node): boolean {
  if (node.op === 'if' && node.type === 'bool') return true
  if (node.op === 'compare' && isNumeric(node.left.type)) {
    const { sign, left, right } = node.cross ?? node
    const written = left.op === 'literal' || right.op === 'literal'
    if (!written || shapeOf(left) !== 'flat' || shapeOf(right) !== 'flat') return true
    const scale = Math.max(scaleOf(left), scaleOf(right))
    const range = (side: Node): Range =>
      bounded(side) ? map(ownRange(side), (value) => rescaled(value, scaleOf(side), scale)) : {}
    if (compareRanges(sign, range(left), range(right)) !== undefined) return true
  }
  return childrenOf(node).some(refinable)
}

function makeRefined(node: Node): Run {
  if (!refinable(node)) return closureOf(node)
  if (node.op === 'compare' && isNumeric(node.left.type)) return comparison(node.cross ?? node, closureOf(node))
  if (node.op === 'if' && node.type === 'bool') return either(node)
  return make(node, refinedOf)
}

/** A choice between verdicts does not wait for its condition where both say the same. */
function either(node: Node & { op: 'if' }): Run {
  const [condition, met, otherwise] = [node.condition, node.met, node.otherwise].map(refinedOf) as [Run, Run, Run]
  return (record, item, around) => {
    const value = condition(record, item, around)
    if (value === true) return met(record, item, around)
    const other = otherwise(record, item, around)
    if (value === false || other === undefined) return other
    return met(record, item, around) === other ? other : undefined
  }
}

function comparison({ sign, left, right }: Comparison, plain: Run): Run {
  const scale = Math.max(scaleOf(left), scaleOf(right))
  if (shapeOf(left) === 'flat' && shapeOf(right) === 'flat') return flatComparison(sign, left, right, scale)
  const [a, b] = [aligned(left, scale), aligned(right, scale)]
  return (record, item, around) =>
    plain(record, item, around) ?? compareRanges(sign, a(record, item, around), b(record, item, around))
}

/** The most frequent kind, without a range made for each side. */
function flatComparison(sign: Comparison['sign'], left: Node, right: Node, scale: number): Run {
  const [a, b] = [left, right].map((side) => alignedTo(side, scale, refinedOf)) as [Run, Run]
  const own = (side: Node): Range =>
    bounded(side) ? map(ownRange(side), (value) => rescaled(value, scaleOf(side), scale)) : {}
  const [x, y] = [own(left), own(right)]
  return (record, item, around) => {
    const one = a(record, item, around) as End
    const other = b(record, item, around) as End
    return compareEnds(sign, one ?? x.lo, one ?? x.hi, other ?? y.lo, other ?? y.hi)
  }
}

const below = (a: Exact | undefined, b: Exact | undefined): boolean => a !== undefined && b !== undefined && a < b
const notAbove = (a: Exact | undefined, b: Exact | undefined): boolean => a !== undefined && b !== undefined && a <= b

/** TRUE or FALSE where all values of the two ranges say the same. */
export const compareRanges = (sign: Comparison['sign'], a: Range, b: Range): boolean | undefined =>
  compareEnds(sign, a.lo, a.hi, b.lo, b.hi)

function compareEnds(sign: Comparison['sign'], a_lo: End, a_hi: End, b_lo: End, b_hi: End): boolean | undefined {
  switch (sign) {
    case '<':
      return below(a_hi, b_lo) ? true : notAbove(b_hi, a_lo) ? false : undefined
    case '<=':
      return notAbove(a_hi, b_lo) ? true : below(b_hi, a_lo) ? false : undefined
    case '>':
      return below(b_hi, a_lo) ? true : notAbove(a_hi, b_lo) ? false : undefined
    case '>=':
      return notAbove(b_hi, a_lo) ? true : below(a_hi, b_lo) ? false : undefined
    case '==':
    case '!=': {
      const same = a_lo !== undefined && a_lo === a_hi && a_lo === b_lo && a_lo === b_hi
      const apart = below(a_hi, b_lo) || below(b_hi, a_lo)
      return same ? sign === '==' : apart ? sign === '!=' : undefined
    }
  }
}

const map = ({ lo, hi }: Range, change: (value: Exact) => Exact | undefined): Range => ({
  lo: lo === undefined ? undefined : change(lo),
  hi: hi === undefined ? undefined : change(hi),
})

function aligned(node: Node, scale: number): RangeRun {
  const run = rangeOf(node)
  const own = scaleOf(node)
  return own === scale
    ? run
    : (record, item, around) => map(run(record, item, around), (each) => rescaled(each, own, scale))
}

function makeRange(node: Node): RangeRun {
  const plain = refinedOf(node)
  const own: Range = bounded(node) ? ownRange(node) : {}
  const wider = rangeWhileUnknown(node, own)
  return (record, item, around) => {
    const value = plain(record, item, around) as Exact | undefined
    if (value !== undefined) return { lo: value, hi: value }
    return wider === undefined ? own : wider(record, item, around)
  }
}

function rangeWhileUnknown(node: Node, own: Range): RangeRun | undefined {
  const shape = shapeOf(node)
  if (node.op === 'if') return hull(node)
  if (node.op === 'arithmetic' && shape !== 'flat') return combined(node)
  if (node.op === 'call' && shape === 'monotone') {
    // One closure over a value that is put in from here.
    let current: Exact | undefined
    const apply = callClosure(node, () => () => current)
    const arg = rangeOf(node.args[0]!)
    const at = (value: Exact): Exact | undefined => {
      current = value
      return apply(NO_ANSWERS, NO_ANSWERS, { params: NO_ANSWERS, reference: 0 }) as Exact | undefined
    }
    return (record, item, around) => map(arg(record, item, around), at)
  }
  if (node.op === 'call' && shape === 'extreme') {
    const parts = node.args.map((arg) => aligned(arg, scaleOf(node)))
    const better = node.name === 'least' ? lesser : greater
    return (record, item, around) => {
      const all = parts.map((part) => part(record, item, around))
      return { lo: all.map(({ lo }) => lo).reduce(better), hi: all.map(({ hi }) => hi).reduce(better) }
    }
  }
  return node.op === 'aggregate' && shape !== 'flat' ? folded(node, own) : undefined
}

type End = Exact | undefined
const lesser = (a: End, b: End): End => (a === undefined || b === undefined ? undefined : a < b ? a : b)
const greater = (a: End, b: End): End => (a === undefined || b === undefined ? undefined : a > b ? a : b)

function hull(node: Node & { op: 'if' }): RangeRun {
  const condition = refinedOf(node.condition)
  const [met, otherwise] = [node.met, node.otherwise].map((part) => aligned(part, scaleOf(node))) as [
    RangeRun,
    RangeRun,
  ]
  return (record, item, around) => {
    const value = condition(record, item, around) as boolean | undefined
    if (value === true) return met(record, item, around)
    const b = otherwise(record, item, around)
    if (value === false) return b
    const a = met(record, item, around)
    return { lo: lesser(a.lo, b.lo), hi: greater(a.hi, b.hi) }
  }
}

/** Which end of each side gives the lower end: `+` its own, `-` the other. */
export function endsOf(node: Arithmetic): { left: 1 | -1; right: 1 | -1 } {
  const sign = (fixed: Node): 1 | -1 => (intervalOf(fixed).lo >= 0 ? 1 : -1)
  if (node.sign === '+') return { left: 1, right: 1 }
  if (node.sign === '-') return { left: 1, right: -1 }
  if (node.right.op === 'literal') return { left: sign(node.right), right: 1 }
  if (node.left.op === 'literal' && node.sign === '*') return { left: 1, right: sign(node.left) }
  return { left: 1, right: node.sign === '*' ? 1 : -1 }
}

function combined(node: Arithmetic): RangeRun {
  const [left, right] = [rangeOf(node.left), rangeOf(node.right)]
  const operate = operationOf(node)
  const ends = endsOf(node)
  const both = (a: End, b: End): End => (a === undefined || b === undefined ? undefined : operate(a, b))
  return (record, item, around) => {
    const a = left(record, item, around)
    const b = right(record, item, around)
    const turn = ({ lo, hi }: Range, way: 1 | -1): Range => (way > 0 ? { lo, hi } : { lo: hi, hi: lo })
    const [x, y] = [turn(a, ends.left), turn(b, ends.right)]
    return { lo: both(x.lo, y.lo), hi: both(x.hi, y.hi) }
  }
}

/** A list's items with what is known of them: surely kept or perhaps, and how far their value reaches. */
function folded(node: Aggregate, own: Range): RangeRun {
  const where = node.where === null ? null : refinedOf(node.where)
  const body = node.body === null ? null : rangeOf(node.body)
  const fold = FOLDS[shapeOf(node) as keyof typeof FOLDS]
  const limited = node.type !== 'decimal' && scaleOf(node) === 0
  return (record, _, around) => {
    const items = itemsOf(record, node.list)
    if (items === undefined) return own
    const parts: Part[] = []
    for (const each of items) {
      const item = each ?? NO_ANSWERS
      const sure = where === null ? true : (where(record, item, around) as boolean | undefined)
      if (sure !== false) parts.push({ sure: sure === true, ...(body === null ? ONE : body(record, item, around)) })
    }
    const range = fold(parts)
    return limited ? map(range, within) : range
  }
}

type Part = { sure: boolean; lo?: End; hi?: End }
const ONE: Range = { lo: 1, hi: 1 }

const added = (parts: Part[], end: (part: Part) => End): End =>
  parts.map(end).reduce((sum, each) => (sum === undefined || each === undefined ? undefined : plus(sum, each)), 0)
const best = (parts: Part[], end: 'lo' | 'hi', better: (a: End, b: End) => End): End =>
  parts.length === 0 ? undefined : parts.map((part) => part[end]).reduce(better)

const FOLDS = {
  count: (parts: Part[]): Range => ({ lo: parts.filter(({ sure }) => sure).length, hi: parts.length }),
  // What may be left out adds nothing, or what it is worth.
  total: (parts: Part[]): Range => ({
    lo: added(parts, ({ sure, lo }) => (sure ? lo : lesser(lo, 0))),
    hi: added(parts, ({ sure, hi }) => (sure ? hi : greater(hi, 0))),
  }),
  // Without an item that is surely kept there may be none at all, and no value.
  least: (parts: Part[]): Range => {
    const sure = parts.filter((part) => part.sure)
    return sure.length === 0 ? {} : { lo: best(parts, 'lo', lesser), hi: best(sure, 'hi', lesser) }
  },
  most: (parts: Part[]): Range => {
    const sure = parts.filter((part) => part.sure)
    return sure.length === 0 ? {} : { lo: best(sure, 'lo', greater), hi: best(parts, 'hi', greater) }
  },
}

/** What bounds say of a node that plain evaluation leaves UNKNOWN; a number counts as known where its range has closed. */
export const settled = (node: Node): Run => kept(settledRuns, node, makeSettled)

const settledRuns = new WeakMap<Node, Run>()
const unknown: Run = () => undefined

function makeSettled(node: Node): Run {
  const plain = refinable(node) ? refinedOf(node) : unknown
  if (!isNumeric(node.type) || !mayClose(node)) return plain
  const range = rangeOf(node)
  return (record, item, around): Value => {
    const value = plain(record, item, around)
    if (value !== undefined) return value
    const { lo, hi } = range(record, item, around)
    return lo !== undefined && lo === hi ? lo : undefined
  }
}
