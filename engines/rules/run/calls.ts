import { completedMonths, completedYears, daysBetween } from './dates.ts'
import { asNumber, rescaled, tenTo, within } from './exact.ts'
import { scaleOf } from './numbers.ts'
import { isNumeric } from '../schema.ts'
import { alignedTo } from './values.ts'
import type { Exact, Rounding } from './exact.ts'
import type { CallName, Node } from '../tree.ts'
import type { Run, Value } from './values.ts'

const ROUNDINGS: Partial<Record<CallName, Rounding>> = {
  round: 'round',
  money: 'round',
  trunc: 'trunc',
  whole: 'trunc',
  floor: 'floor',
  ceil: 'ceil',
}
const CURVES: Partial<Record<CallName, (x: number) => number>> = { sqrt: Math.sqrt, ln: Math.log, exp: Math.exp }

/** A call as a closure: UNKNOWN when one of its operands is, or when it has no value there. */
export function callClosure(node: Node & { op: 'call' }, closureOf: (node: Node) => Run): Run {
  const { name } = node
  const scale = scaleOf(node)
  if (name === 'least' || name === 'greatest') return extreme(node, closureOf)
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
  const aged = (completed: (birth: number, day: number) => number | undefined): Run =>
    second === undefined
      ? (record, item, around) => {
          const birth = first(record, item, around)
          return birth === undefined ? undefined : completed(birth as number, around.reference)
        }
      : two(completed)
  const own = scaleOf(node.args[0]!)
  const rounding = ROUNDINGS[name]
  if (rounding !== undefined) {
    if (own === scale) return node.checked ? one((value: Exact) => within(value)) : first
    if (node.checked) return one((value: Exact) => within(rescaled(value, own, scale, rounding)))
    return one((value: Exact) => rescaled(value, own, scale, rounding))
  }
  const curve = CURVES[name]
  if (curve !== undefined) return one((value: Exact) => curved(curve(asNumber(value, own)), name === 'exp'))
  switch (name) {
    case 'age':
      return aged(completedYears)
    case 'age_months':
      return aged(completedMonths)
    case 'year':
      return one((date: number) => Math.floor(date / 10_000))
    case 'month':
      return one((date: number) => Math.floor(date / 100) % 100)
    case 'day':
      return one((date: number) => date % 100)
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
    case 'lower':
      return one((text: string) => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()))
    case 'upper':
      return one((text: string) => text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()))
    case 'substring':
      return substring(node, first)
    case 'text_size':
      return one((text: string) => [...text].length)
    case 'choices_size':
      return one((chosen: readonly string[]) => chosen.length)
    case 'abs':
      return one((value: Exact) => (value < 0 ? -value : value))
    case 'decimal':
      return first
    default:
      throw new Error(`no evaluator for ${name}`)
  }
}

const SIXTH = Number(tenTo(6))

/**
 * sqrt, ln and exp in units of the sixth decimal. exp grows beyond what a double holds to six decimals, so from 1,000 on
 * it keeps nine digits: the last bits, in which libraries differ, never show.
 */
function curved(value: number, grows: boolean): number {
  if (grows && value >= 1_000_000) return Math.floor(value + 0.5) * SIXTH
  if (grows && value >= 1_000) return Math.floor(value * 1_000 + 0.5) * 1_000
  return Math.floor(value * SIXTH + 0.5) + 0
}

/** Text from one place to another, in code points; UNKNOWN where the text is too short. */
function substring(node: Node & { op: 'call' }, text: Run): Run {
  const [from, to] = node.args.slice(1).map((end) => Number((end as Node & { op: 'literal' }).value)) as [
    number,
    number?,
  ]
  return (record, item, around) => {
    const value = text(record, item, around)
    if (value === undefined) return undefined
    const points = [...(value as string)]
    return points.length < (to ?? from) ? undefined : points.slice(from, to).join('')
  }
}

function extreme(node: Node & { op: 'call' }, closureOf: (node: Node) => Run): Run {
  const args = node.args.map((arg) => (isNumeric(arg.type) ? alignedTo(arg, scaleOf(node), closureOf) : closureOf(arg)))
  const least = node.name === 'least'
  return (record, item, around) => {
    let best: Exact | undefined
    for (const arg of args) {
      const value = arg(record, item, around) as Exact | undefined
      if (value === undefined) return undefined
      if (best === undefined || (least ? value < best : value > best)) best = value
    }
    return best
  }
}
