import { compared, comparedWith } from '../check/comparisons.ts'
import { callClosure } from './calls.ts'
import { dateNumber } from './dates.ts'
import { divided, minus, plus, quotient, rescaled, tenTo, times, within } from './exact.ts'
import { foldClosure } from './folds.ts'
import { scaleOf, sizeOf } from './numbers.ts'
import { alignedTo, compareText, literalValue } from './values.ts'
import type { Exact } from './exact.ts'
import type { Arithmetic, Base, Comparison, Node } from '../tree.ts'
import type { Run, Value } from './values.ts'

/** Turns an answer into a value, or UNKNOWN when it is missing, of another type or out of its bounds. */
export function valueReader(of: Base): (answer: unknown) => Value {
  const lo = of.lo ?? -Infinity
  const hi = of.hi ?? Infinity
  switch (of.type) {
    case 'int':
    case 'money':
      return (answer) =>
        typeof answer === 'number' && answer >= lo && answer <= hi && Math.floor(answer) === answer ? answer : undefined
    case 'decimal':
      return decimalReader(lo, hi, Number(tenTo(scaleOf(of))))
    case 'bool':
      return (answer) => (typeof answer === 'boolean' ? answer : undefined)
    case 'date':
      return dateNumber
    case 'choices':
      return (answer) => (Array.isArray(answer) ? (answer as readonly string[]) : undefined)
    default:
      return (answer) => (typeof answer === 'string' ? answer : undefined)
  }
}

/** A decimal answer in units of its last decimal, rounded half up: the same steps in doubles as in SQL. */
const decimalReader =
  (lo: number, hi: number, units: number) =>
  (answer: unknown): Value =>
    typeof answer === 'number' && answer >= lo && answer <= hi ? Math.floor(answer * units + 0.5) + 0 : undefined

const known = new WeakMap<Node, Run>()

/** The node as a closure; made once per node. No code is generated, so a strict content security policy holds. */
export function closureOf(node: Node): Run {
  let run = known.get(node)
  if (run === undefined) {
    run = make(node, closureOf)
    known.set(node, run)
  }
  return run
}

/** The most frequent kinds read in one closure instead of two. */
function reading(inside: boolean, field: string, of: Base): Run {
  if (of.type === 'bool') {
    return (record, item) => {
      const answer = inside ? item[field] : record[field]
      return typeof answer === 'boolean' ? answer : undefined
    }
  }
  if (of.type === 'int' || of.type === 'money') {
    const lo = of.lo ?? -Infinity
    const hi = of.hi ?? Infinity
    return (record, item) => {
      const answer = inside ? item[field] : record[field]
      return typeof answer === 'number' && answer >= lo && answer <= hi && Math.floor(answer) === answer
        ? answer
        : undefined
    }
  }
  const read = valueReader(of)
  return (record, item) => read(inside ? item[field] : record[field])
}

/** A closure for one node over those that `of` gives for its parts. */
export function make(node: Node, of: (node: Node) => Run): Run {
  switch (node.op) {
    case 'literal': {
      const value = literalValue(node)
      return () => value
    }
    case 'read': {
      return reading(node.list !== null, node.field, node)
    }
    case 'parameter': {
      const { name } = node
      const read = valueReader(node)
      return (_record, _item, around) => read(around.params[name])
    }
    case 'reference_date':
      return (_record, _item, around) => around.reference
    case 'has': {
      const { field } = node
      const read = valueReader(node.of)
      return node.list === null
        ? (record) => read(record[field]) !== undefined
        : (_, item) => read(item[field]) !== undefined
    }
    case 'has_list': {
      const { list } = node
      return (record) => Array.isArray(record[list])
    }
    case 'not': {
      const arg = of(node.arg)
      return (record, item, around) => {
        const value = arg(record, item, around)
        return value === undefined ? undefined : !value
      }
    }
    case 'and':
      return logic(node.args.map(of), false)
    case 'or':
      return logic(node.args.map(of), true)
    case 'one':
      return exactlyOne(node.args.map(of))
    case 'compare':
      return comparison(node.cross ?? node, of)
    case 'in':
      return membership(node, of)
    case 'chosen': {
      const arg = of(node.arg)
      const set = of(node.set)
      return (record, item, around) => {
        const value = arg(record, item, around)
        const chosen = set(record, item, around) as readonly string[] | undefined
        return value === undefined || chosen === undefined ? undefined : chosen.includes(value as string)
      }
    }
    case 'if': {
      const condition = of(node.condition)
      const met = alignedTo(node.met, scaleOf(node), of)
      const otherwise = alignedTo(node.otherwise, scaleOf(node), of)
      return (record, item, around) => {
        const value = condition(record, item, around)
        if (value === undefined) return undefined
        return value ? met(record, item, around) : otherwise(record, item, around)
      }
    }
    case 'arithmetic':
      return arithmetic(node, of)
    case 'call':
      return callClosure(node, of)
    case 'aggregate':
      return foldClosure(node, of)
  }
}

/** `decides` settles the whole (false for &&, true for ||); otherwise one UNKNOWN makes the whole UNKNOWN. */
function logic(args: Run[], decides: boolean): Run {
  if (args.length === 2) {
    const [left, right] = args as [Run, Run]
    return (record, item, around) => {
      const a = left(record, item, around)
      if (a === decides) return decides
      const b = right(record, item, around)
      if (b === decides) return decides
      return a === undefined || b === undefined ? undefined : !decides
    }
  }
  if (args.length === 3) {
    const [first, second, third] = args as [Run, Run, Run]
    return (record, item, around) => {
      const a = first(record, item, around)
      if (a === decides) return decides
      const b = second(record, item, around)
      if (b === decides) return decides
      const c = third(record, item, around)
      if (c === decides) return decides
      return a === undefined || b === undefined || c === undefined ? undefined : !decides
    }
  }
  return (record, item, around) => {
    let unknown = false
    for (let at = 0; at < args.length; at++) {
      const value = args[at]!(record, item, around)
      if (value === decides) return decides
      if (value === undefined) unknown = true
    }
    return unknown ? undefined : !decides
  }
}

function exactlyOne(args: Run[]): Run {
  return (record, item, around) => {
    let hits = 0
    let unknown = false
    for (const arg of args) {
      const value = arg(record, item, around)
      if (value === true && ++hits === 2) return false
      if (value === undefined) unknown = true
    }
    return unknown ? undefined : hits === 1
  }
}

function comparison({ sign, left: leftNode, right: rightNode }: Comparison, of: (node: Node) => Run): Run {
  const scale = Math.max(scaleOf(leftNode), scaleOf(rightNode))
  const left = alignedTo(leftNode, scale, of)
  const right = alignedTo(rightNode, scale, of)
  if (leftNode.type === 'text' && sign !== '==' && sign !== '!=') {
    const order: Run = (record, item, around) => {
      const a = left(record, item, around)
      const b = right(record, item, around)
      return a === undefined || b === undefined ? undefined : compareText(a as string, b as string)
    }
    return comparedWith(sign, order, 0)
  }
  if (rightNode.op === 'literal') return comparedWith(sign, left, right({}, {}, { params: {}, reference: 0 }) as Exact)
  return compared(sign, left, right)
}

function membership({ arg: argument, options: all }: Node & { op: 'in' }, of: (node: Node) => Run): Run {
  const scale = Math.max(...[argument, ...all].map(scaleOf))
  const arg = alignedTo(argument, scale, of)
  const options = all.map((option) => alignedTo(option, scale, of))
  return (record, item, around) => {
    const value = arg(record, item, around)
    let unknown = false
    for (const option of options) {
      const other = option(record, item, around)
      if (value === undefined || other === undefined) unknown = true
      else if (value === other) return true
    }
    return unknown ? undefined : false
  }
}

type Operation = (a: Exact, b: Exact) => Exact | undefined

/** What an arithmetic node does with its operands, each at its own scale; UNKNOWN for a zero divisor. */
export function operationOf(node: Arithmetic): Operation {
  const [a_scale, b_scale, scale] = [scaleOf(node.left), scaleOf(node.right), scaleOf(node)]
  switch (node.sign) {
    case '+':
    case '-': {
      const operate = node.sign === '+' ? plus : minus
      if (a_scale === b_scale) return operate
      const [a_factor, b_factor] = [tenTo(scale - a_scale), tenTo(scale - b_scale)]
      return (a, b) => operate(times(a, a_factor), times(b, b_factor))
    }
    case '*':
      return a_scale + b_scale === scale ? times : (a, b) => rescaled(times(a, b), a_scale + b_scale, scale)
    case '/':
      return (a, b) => (b === 0 ? undefined : quotient(a, a_scale, b, b_scale, scale, 'round'))
    case '//':
      if (a_scale === b_scale) return (a, b) => (b === 0 ? undefined : divided(a, b, 'trunc'))
      return (a, b) => (b === 0 ? undefined : quotient(a, a_scale, b, b_scale, 0, 'trunc'))
    case '%':
      return (a, b) => (b === 0 ? undefined : (Number(a) % Number(b)) + 0)
  }
}

/** Whether doubles are exact for it by its bounds: at one scale, and below 2^53 all the way. */
function staysExact(node: Arithmetic): boolean {
  const [a, b, scale] = [scaleOf(node.left), scaleOf(node.right), scaleOf(node)]
  const aligned = node.sign === '*' ? a + b === scale : a === b
  const sizes =
    node.sign === '*' ? sizeOf(node.left) * Math.max(1, sizeOf(node.right)) : sizeOf(node.left) + sizeOf(node.right)
  return aligned && sizes * 10 ** scale < 2 ** 52
}

type Simple = (left: Run, right: Run) => Run

/** One closure a sign, since an operation called through a variable cannot be inlined. */
const SIMPLE: Partial<Record<Arithmetic['sign'], Simple>> = {
  '+': (left, right) => (record, item, around) => {
    const a = left(record, item, around) as number | undefined
    if (a === undefined) return undefined
    const b = right(record, item, around) as number | undefined
    return b === undefined ? undefined : a + b
  },
  '-': (left, right) => (record, item, around) => {
    const a = left(record, item, around) as number | undefined
    if (a === undefined) return undefined
    const b = right(record, item, around) as number | undefined
    return b === undefined ? undefined : a - b
  },
  '*': (left, right) => (record, item, around) => {
    const a = left(record, item, around) as number | undefined
    if (a === undefined) return undefined
    const b = right(record, item, around) as number | undefined
    // Adding zero turns JavaScript's -0 into 0.
    return b === undefined ? undefined : a * b + 0
  },
}

function arithmetic(node: Arithmetic, of: (node: Node) => Run): Run {
  const left = of(node.left)
  const right = of(node.right)
  const { checked } = node
  const simple = checked ? undefined : SIMPLE[node.sign]
  if (simple !== undefined && staysExact(node)) return simple(left, right)
  const operate = operationOf(node)
  return (record, item, around) => {
    const a = left(record, item, around) as Exact | undefined
    if (a === undefined) return undefined
    const b = right(record, item, around) as Exact | undefined
    if (b === undefined) return undefined
    const result = operate(a, b)
    return checked && result !== undefined ? within(result) : result
  }
}
