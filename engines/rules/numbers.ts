import { isNumeric, WHOLE_LIMIT } from './schema.ts'
import { refuse, typeName } from './scope.ts'
import { keyOf } from './tree.ts'
import type { FieldKind } from './schema.ts'
import type { Arithmetic, ArithmeticSign, Base, Literal, Node, Place, Sign } from './tree.ts'

/** Beyond this a double may become Infinity in one back end and an error in another. */
const DECIMAL_RANGE = 1e200
/** The smallest divisor assumed for a decimal that is proved not to be zero but has no proved lower bound. */
const LEAST_DECIMAL = 1e-22

type Interval = { lo: number; hi: number }

export const intervalOf = (base: Base): Interval => ({ lo: base.lo ?? -Infinity, hi: base.hi ?? Infinity })

const hull = (values: number[]): Interval => ({ lo: Math.min(...values), hi: Math.max(...values) })
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b)

/** Bounds of an operation from the bounds of its operands; the divisor is already proved not to be zero. */
function intervalAfter(sign: ArithmeticSign, a: Interval, b: Interval, whole: boolean): Interval {
  switch (sign) {
    case '+':
      return { lo: a.lo + b.lo, hi: a.hi + b.hi }
    case '-':
      return { lo: a.lo - b.hi, hi: a.hi - b.lo }
    case '*':
      return hull([times(a.lo, b.lo), times(a.lo, b.hi), times(a.hi, b.lo), times(a.hi, b.hi)])
    case '/': {
      if (b.lo > 0 || b.hi < 0) {
        const corners = hull([a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi])
        return whole ? { lo: Math.trunc(corners.lo), hi: Math.trunc(corners.hi) } : corners
      }
      const most = Math.max(Math.abs(a.lo), Math.abs(a.hi)) / (whole ? 1 : LEAST_DECIMAL)
      return { lo: -most, hi: most }
    }
    case '%': {
      const most = Math.max(Math.abs(b.lo), Math.abs(b.hi)) - 1
      return { lo: a.lo >= 0 ? 0 : -most, hi: a.hi <= 0 ? 0 : most }
    }
  }
}

/** Keeps a whole result within fifteen digits: `checked` says that the run must look. */
export function wholeBounds(interval: Interval): Interval & { checked: boolean } {
  const checked = interval.lo < -WHOLE_LIMIT || interval.hi > WHOLE_LIMIT
  return { lo: Math.max(interval.lo, -WHOLE_LIMIT), hi: Math.min(interval.hi, WHOLE_LIMIT), checked }
}

/** Units must agree where numbers are compared, added or chosen between; a number without a unit fits any. */
export function sameUnit(place: Place, a: Base, b: Base): string | undefined {
  if (a.unit !== undefined && b.unit !== undefined && a.unit !== b.unit) {
    refuse(
      'rule_unit',
      place,
      `One side is in ${a.unit}, the other in ${b.unit}.`,
      'Bring both to the same unit first, for example by multiplying or dividing.',
    )
  }
  return a.unit ?? b.unit
}

const isLiteral = (node: Node): node is Literal => node.op === 'literal'

function kindAfter(sign: ArithmeticSign, left: Node, right: Node, place: Place): FieldKind {
  const a = left.type
  const b = right.type
  if (!isNumeric(a) || !isNumeric(b)) {
    refuse('rule_type', place, `${sign} needs numbers; here are ${typeName(left)} and ${typeName(right)}.`)
  }
  if (a === 'decimal' || b === 'decimal') {
    if (sign === '%')
      refuse('rule_type', place, '% needs whole numbers.', 'Turn the decimal into a whole number: int(x).')
    return 'decimal'
  }
  if (a === 'int' && b === 'int') return 'int'
  if (sign === '*') {
    if (a === 'money' && b === 'money') refuse('rule_type', place, 'Money times money has no meaning.')
    return 'money'
  }
  if (sign === '/') {
    if (a === 'int') refuse('rule_type', place, 'A number divided by money has no meaning here.')
    return b === 'money' ? 'int' : 'money'
  }
  if (a === 'money' && b === 'money') return 'money'
  const other = a === 'money' ? right : left
  if (!isLiteral(other) && sign !== '%') {
    refuse('rule_type', place, `${sign} mixes money with a plain number.`, 'If the number is an amount, say money(x).')
  }
  return 'money'
}

function unitAfter(sign: ArithmeticSign, left: Node, right: Node, place: Place): string | undefined {
  if (sign === '+' || sign === '-' || sign === '%') return sameUnit(place, left, right)
  if (sign === '*') return left.unit !== undefined && right.unit !== undefined ? undefined : (left.unit ?? right.unit)
  return right.unit === undefined ? left.unit : undefined
}

/** A checked arithmetic node. Division by something that may be zero is refused. */
export function arithmetic(
  sign: ArithmeticSign,
  left: Node,
  right: Node,
  place: Place,
  nonzero: ReadonlySet<string>,
): Node {
  const type = kindAfter(sign, left, right, place)
  const divisor = intervalOf(right)
  const divides = sign === '/' || sign === '%'
  if (divides && !(divisor.lo > 0 || divisor.hi < 0 || nonzero.has(keyOf(right)))) {
    refuse(
      'rule_maybe_zero_division',
      { start: right.start, end: right.end },
      'This divisor may be zero.',
      'Guard it on the left (d > 0 && x / d > 2, or d > 0 ? x / d : 0), or declare min: 1 for the field.',
    )
  }
  const interval = intervalAfter(sign, intervalOf(left), divisor, type !== 'decimal')
  const unit = unitAfter(sign, left, right, place)
  const base = { ...place, type, ...(unit === undefined ? {} : { unit }) }
  if (type === 'decimal') {
    if (!(Math.max(Math.abs(interval.lo), Math.abs(interval.hi)) < DECIMAL_RANGE)) {
      refuse('rule_out_of_range', place, 'The result may leave the range of decimal numbers.', 'Declare min and max.')
    }
    return { ...base, ...interval, op: 'arithmetic', sign, left, right, checked: false }
  }
  const { checked, ...bounds } = wholeBounds(interval)
  const node: Arithmetic = { ...base, ...bounds, op: 'arithmetic', sign, left, right, checked }
  return node
}

const OPPOSITE: Record<Sign, Sign> = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' }
const MIRROR: Record<Sign, Sign> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

function excludesZero(sign: Sign, other: Interval): boolean {
  switch (sign) {
    case '==':
      return other.lo > 0 || other.hi < 0
    case '!=':
      return other.lo === 0 && other.hi === 0
    case '>':
      return other.lo >= 0
    case '>=':
      return other.lo > 0
    case '<':
      return other.hi <= 0
    case '<=':
      return other.hi < 0
  }
}

/** Keys of the nodes that cannot be zero when `node` is known to be `truth`. */
export function provedNonzero(node: Node, truth: boolean): string[] {
  if (node.op === 'not') return provedNonzero(node.arg, !truth)
  if ((node.op === 'and' && truth) || (node.op === 'or' && !truth)) {
    return node.args.flatMap((arg) => provedNonzero(arg, truth))
  }
  if (node.op !== 'compare' || !isNumeric(node.left.type) || !isNumeric(node.right.type)) return []
  const sign = truth ? node.sign : OPPOSITE[node.sign]
  const keys: string[] = []
  if (excludesZero(sign, intervalOf(node.right))) keys.push(keyOf(node.left))
  if (excludesZero(MIRROR[sign], intervalOf(node.left))) keys.push(keyOf(node.right))
  return keys
}
