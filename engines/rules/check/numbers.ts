import { isNumeric, WHOLE_LIMIT } from '../schema.ts'
import {
  arithmetic,
  hasRoom,
  intervalOf,
  sameUnit,
  scaleOf,
  sizeOf,
  tooManyDigits,
  undoubled,
  wholeBounds,
} from '../run/numbers.ts'
import { refuse, typeName } from './scope.ts'
import { keyOf } from '../tree.ts'
import type { FieldKind } from '../schema.ts'
import type { Base, CallName, Node, Place } from '../tree.ts'

/** Decimals of sqrt, ln and exp: the libraries behind the back ends differ in the last bits, which this many hide. */
export const FUNCTION_SCALE = 6
/** exp of more would leave the range of a decimal answer. */
const MOST_EXPONENT = 20
/** The longest text and list that sizes are bounded by. */
const SIZE_LIMIT = 1_000_000

export function need(node: Node, fits: (kind: FieldKind) => boolean, what: string): void {
  if (!fits(node.type)) refuse('rule_type', node, `${what} is needed here; this is ${typeName(node)}.`)
}

export const call = (
  name: CallName,
  args: Node[],
  place: Place,
  type: FieldKind,
  more: Partial<Base> = {},
  checked = false,
): Node & { op: 'call' } => ({ ...place, type, ...more, op: 'call', name, args, checked })

export const textSize = (name: 'text_size' | 'choices_size', node: Node, place: Place): Node =>
  call(name, [node], place, 'int', { lo: 0, hi: SIZE_LIMIT })

const unitOf = (node: Node): Partial<Base> => (node.unit === undefined ? {} : { unit: node.unit })
const scaled = (scale: number): Partial<Base> => (scale === 0 ? {} : { scale })

/** double(x) keeps the value; int(x) cuts towards zero as CEL does; money(x) rounds half up to whole minor units. */
export function conversion(name: 'double' | 'int' | 'money', node: Node, place: Place): Node {
  need(node, isNumeric, 'A number')
  if (name === 'double') {
    const { lo, hi } = intervalOf(node)
    return call('decimal', [node], place, 'decimal', { lo, hi, ...unitOf(node), ...scaled(scaleOf(node)) })
  }
  return rounding(name === 'int' ? 'whole' : 'money', node, place, 0)
}

type RoundingName = 'round' | 'trunc' | 'floor' | 'ceil' | 'whole' | 'money'

/** A number with at most `scale` decimals. A quotient is rounded once, not first at twelve decimals and then again. */
export function rounding(name: RoundingName, node: Node, place: Place, scale: number): Node {
  need(node, isNumeric, 'A number')
  const type =
    name === 'money' ? 'money' : name === 'whole' ? 'int' : scale > 0 || node.type !== 'decimal' ? node.type : 'int'
  const cuts = name === 'trunc' || name === 'whole'
  const halves = name === 'round' || name === 'money'
  if (node.op === 'arithmetic' && node.sign === '/' && scaleOf(node) > scale && (halves || (cuts && scale === 0))) {
    const proved = node.unguarded ? 'unguarded' : new Set([keyOf(undoubled(node.right))])
    const once = arithmetic(cuts ? '//' : '/', node.left, node.right, place, proved, scale)
    return scale > 0 ? once : { ...once, type, ...unitOf(node), ...limits(once, place) }
  }
  const { lo, hi } = intervalOf(node)
  if (scaleOf(node) <= scale)
    return call(name, [node], place, type, { lo, hi, ...unitOf(node), ...scaled(scaleOf(node)) })
  if (scale > 0) {
    const last = 10 ** -scale
    return call(name, [node], place, type, { lo: lo - last, hi: hi + last, ...unitOf(node), scale })
  }
  const { checked, ...bounds } = limits({ lo: Math.floor(lo), hi: Math.ceil(hi) }, place)
  return call(name, [node], place, type, { ...bounds, ...unitOf(node) }, checked)
}

/** Bounds of a whole result: within fifteen digits, to be looked at when it runs where the bounds do not prove it. */
function limits(base: { lo?: number; hi?: number }, place: Place) {
  const limited = wholeBounds({ lo: base.lo ?? -Infinity, hi: base.hi ?? Infinity })
  if (limited.lo > WHOLE_LIMIT || limited.hi < -WHOLE_LIMIT)
    refuse('rule_out_of_range', place, 'This number has more than fifteen digits.')
  return limited
}

/** round(x) and round(x, n): n is written, from 0 to 6. */
export function roundTo(nodes: Node[], place: Place): Node {
  const [node, places] = nodes
  if (node === undefined || nodes.length > 2)
    return refuse('rule_type', place, 'round takes a number, and how many decimals.', 'round(x) or round(x, 2)')
  if (places === undefined) return rounding('round', node, place, 0)
  const count = places.op === 'literal' && places.type === 'int' ? Number(places.value) : -1
  if (count < 0 || count > FUNCTION_SCALE)
    return refuse(
      'rule_type',
      places,
      `The number of decimals is written out, from 0 to ${FUNCTION_SCALE}.`,
      'round(x, 2)',
    )
  return rounding('round', node, place, count)
}

export function absolute(node: Node, place: Place): Node {
  need(node, isNumeric, 'A number')
  const { lo, hi } = intervalOf(node)
  const bounds = { lo: lo > 0 ? lo : hi < 0 ? -hi : 0, hi: Math.max(Math.abs(lo), Math.abs(hi)) }
  return call('abs', [node], place, node.type, { ...bounds, ...unitOf(node), ...scaled(scaleOf(node)) })
}

/** sqrt, ln and exp of a number whose bounds prove that the function has a value there. */
export function transcendental(name: 'sqrt' | 'ln' | 'exp', node: Node, place: Place): Node {
  need(node, isNumeric, 'A number')
  const { lo, hi } = intervalOf(node)
  const outside = (message: string, hint: string): never => refuse('rule_out_of_range', node, message, hint)
  if (name === 'sqrt' && lo < 0)
    outside('This may be negative, and has no square root then.', 'Declare min: 0, or write sqrt(max(x, 0)).')
  if (name === 'ln' && lo <= 0)
    outside('This may be zero or less, and has no logarithm then.', 'Declare min: 1, or write ln(max(x, 1)).')
  if (name === 'exp' && hi > MOST_EXPONENT)
    outside(`exp is taken of at most ${MOST_EXPONENT}.`, 'Declare max, or write exp(min(x, 20)).')
  const curve = { sqrt: Math.sqrt, ln: Math.log, exp: Math.exp }[name]
  const last = 10 ** -FUNCTION_SCALE
  const bounds = { lo: name === 'ln' ? curve(lo) - last : Math.max(0, curve(lo) - last), hi: curve(hi) + last }
  return call(name, [node], place, 'decimal', { ...bounds, scale: FUNCTION_SCALE })
}

export function leastOf(name: 'least' | 'greatest', nodes: Node[], place: Place): Node {
  if (nodes.length === 0) refuse('rule_type', place, 'min and max need at least one value.')
  const kinds = new Set(nodes.map((node) => node.type))
  if (kinds.size === 1 && kinds.has('date')) return call(name, nodes, place, 'date')
  for (const node of nodes) need(node, isNumeric, 'A number')
  const unit = nodes.reduce((unit, node) => sameUnit(place, { ...node, unit }, node), nodes[0]!.unit)
  const intervals = nodes.map(intervalOf)
  const pick = name === 'least' ? Math.min : Math.max
  const bounds = { lo: pick(...intervals.map((each) => each.lo)), hi: pick(...intervals.map((each) => each.hi)) }
  const type = kinds.has('decimal') ? 'decimal' : kinds.has('money') ? 'money' : 'int'
  const scale = Math.max(...nodes.map(scaleOf))
  if (!nodes.every((node) => hasRoom(sizeOf(node), scale))) tooManyDigits(place)
  return call(name, nodes, place, type, { ...bounds, ...(unit === undefined ? {} : { unit }), ...scaled(scale) })
}
