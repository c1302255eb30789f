import { compared, comparedWith } from './comparisons.ts'
import { completedYears, dateNumber, daysBetween } from './dates.ts'
import { foldClosure } from './folds.ts'
import { WHOLE_LIMIT } from './schema.ts'
import type { RuleRecord } from './schema.ts'
import type { ArithmeticSign, Base, Node, Sign } from './tree.ts'

/** A value inside the evaluator: dates are yyyymmdd, `undefined` is UNKNOWN. */
export type Value = boolean | number | string | readonly string[] | undefined
export type Surroundings = { params: RuleRecord; reference: number }
/** record, list item (an empty object outside lists), parameters and reference date. */
export type Run = (record: RuleRecord, item: RuleRecord, around: Surroundings) => Value

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
      return (answer) => (typeof answer === 'number' && answer >= lo && answer <= hi ? answer : undefined)
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

const known = new WeakMap<Node, Run>()

/** The node as a closure; made once per node. No code is generated, so a strict content security policy holds. */
export function closureOf(node: Node): Run {
  let run = known.get(node)
  if (run === undefined) {
    run = make(node)
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

function make(node: Node): Run {
  switch (node.op) {
    case 'literal': {
      const value = node.type === 'date' ? dateNumber(node.value) : node.value
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
      const arg = closureOf(node.arg)
      return (record, item, around) => {
        const value = arg(record, item, around)
        return value === undefined ? undefined : !value
      }
    }
    case 'and':
      return logic(node.args.map(closureOf), false)
    case 'or':
      return logic(node.args.map(closureOf), true)
    case 'one':
      return exactlyOne(node.args.map(closureOf))
    case 'compare':
      return comparison(node.sign, node.left, node.right)
    case 'in':
      return membership(closureOf(node.arg), node.options.map(closureOf))
    case 'chosen': {
      const arg = closureOf(node.arg)
      const set = closureOf(node.set)
      return (record, item, around) => {
        const value = arg(record, item, around)
        const chosen = set(record, item, around) as readonly string[] | undefined
        return value === undefined || chosen === undefined ? undefined : chosen.includes(value as string)
      }
    }
    case 'if': {
      const condition = closureOf(node.condition)
      const met = closureOf(node.met)
      const otherwise = closureOf(node.otherwise)
      return (record, item, around) => {
        const value = condition(record, item, around)
        if (value === undefined) return undefined
        return value ? met(record, item, around) : otherwise(record, item, around)
      }
    }
    case 'arithmetic':
      return arithmetic(node.sign, closureOf(node.left), closureOf(node.right), node.type !== 'decimal', node.checked)
    case 'call':
      return call(node)
    case 'aggregate':
      return foldClosure(node, node.where && closureOf(node.where), node.body && closureOf(node.body))
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

/** Negative below, positive above, by code point: UTF-16 code units put U+FFFD after an emoji, the databases do not. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    if (a.charCodeAt(at) !== b.charCodeAt(at)) {
      const surrogate = (text: string) => at > 0 && (text.charCodeAt(at) & 0xfc00) === 0xdc00
      const from = surrogate(a) || surrogate(b) ? at - 1 : at
      return (a.codePointAt(from) ?? 0) - (b.codePointAt(from) ?? 0) || a.charCodeAt(at) - b.charCodeAt(at)
    }
  }
  return a.length - b.length
}

function comparison(sign: Sign, leftNode: Node, rightNode: Node): Run {
  const left = closureOf(leftNode)
  const right = closureOf(rightNode)
  if (leftNode.type === 'text' && sign !== '==' && sign !== '!=') {
    const order: Run = (record, item, around) => {
      const a = left(record, item, around)
      const b = right(record, item, around)
      return a === undefined || b === undefined ? undefined : compareText(a as string, b as string)
    }
    return comparedWith(sign, order, 0)
  }
  if (rightNode.op === 'literal') return comparedWith(sign, left, right({}, {}, { params: {}, reference: 0 }) as number)
  return compared(sign, left, right)
}

function membership(arg: Run, options: Run[]): Run {
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

const OPERATIONS: Record<ArithmeticSign, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}

function arithmetic(sign: ArithmeticSign, left: Run, right: Run, whole: boolean, checked: boolean): Run {
  if (whole && !checked && sign === '/') {
    return (record, item, around) => {
      const a = left(record, item, around) as number | undefined
      const b = right(record, item, around) as number | undefined
      return a === undefined || b === undefined || b === 0 ? undefined : Math.trunc(a / b) + 0
    }
  }
  const operate = OPERATIONS[sign]
  const divides = sign === '/' || sign === '%'
  return (record, item, around) => {
    const a = left(record, item, around) as number | undefined
    const b = right(record, item, around) as number | undefined
    if (a === undefined || b === undefined || (divides && b === 0)) return undefined
    const result = operate(a, b)
    if (!whole) return result
    if (checked && (result > WHOLE_LIMIT || result < -WHOLE_LIMIT)) return undefined
    // Adding zero turns JavaScript's -0 into 0.
    return sign === '/' ? Math.trunc(result) + 0 : result + 0
  }
}

const within = (value: number): number | undefined => (Math.abs(value) <= WHOLE_LIMIT ? value + 0 : undefined)

function call(node: Node & { op: 'call' }): Run {
  const args = node.args.map(closureOf)
  const [first, second] = args as [Run, Run]
  const one = (make: (value: never) => Value): Run => {
    return (record, item, around) => {
      const value = first(record, item, around)
      return value === undefined ? undefined : make(value as never)
    }
  }
  const two = (make: (a: never, b: never) => Value): Run => {
    return (record, item, around) => {
      const a = first(record, item, around)
      const b = second(record, item, around)
      return a === undefined || b === undefined ? undefined : make(a as never, b as never)
    }
  }
  switch (node.name) {
    case 'age':
      return (record, item, around) => {
        const birth = first(record, item, around)
        return birth === undefined ? undefined : completedYears(birth as number, around.reference)
      }
    case 'days_between':
      return two(daysBetween)
    case 'starts_with':
      return two((a: string, b: string) => a.startsWith(b))
    case 'ends_with':
      return two((a: string, b: string) => a.endsWith(b))
    case 'contains':
      return two((a: string, b: string) => a.includes(b))
    case 'concat':
      return two((a: string, b: string) => a + b)
    case 'text_size':
      return one((text: string) => [...text].length)
    case 'choices_size':
      return one((chosen: readonly string[]) => chosen.length)
    case 'decimal':
      return first
    case 'whole':
      return one((value: number) => within(Math.trunc(value)))
    case 'money':
      return one((value: number) => within(value % 1 === 0 ? value : Math.floor(value + 0.5)))
    case 'least':
    case 'greatest': {
      const sign = node.name === 'least' ? 1 : -1
      return (record, item, around) => {
        let best: number | undefined
        for (const arg of args) {
          const value = arg(record, item, around) as number | undefined
          if (value === undefined) return undefined
          if (best === undefined || (value - best) * sign < 0) best = value
        }
        return best
      }
    }
  }
}
