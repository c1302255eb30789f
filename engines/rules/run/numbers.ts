import { isNumeric, MOST_DIGITS, MOST_SCALE, WHOLE_LIMIT } from '../schema.ts'
import { refuse, typeName } from '../check/scope.ts'
import { keyOf } from '../tree.ts'
import type { FieldKind } from '../schema.ts'
import type { Arithmetic, ArithmeticSign, Base, Comparison, Literal, Node, Place, Sign } from '../tree.ts'

/** Decimals of a quotient where its digits leave no room for twelve. */
const LEAST_SCALE = 6

type Interval = { lo: number; hi: number }

export const intervalOf = (base: Base): Interval => ({ lo: base.lo ?? -Infinity, hi: base.hi ?? Infinity })

const hull = (values: number[]): Interval => ({ lo: Math.min(...values), hi: Math.max(...values) })
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b)

/** Bounds of an operation from the bounds of its operands; the divisor is already proved not to be zero. */
function intervalAfter(sign: ArithmeticSign, a: Interval, right: Node): Interval {
  const b = intervalOf(right)
  switch (sign) {
    case '+':
      return { lo: a.lo + b.lo, hi: a.hi + b.hi }
    case '-':
      return { lo: a.lo - b.hi, hi: a.hi - b.lo }
    case '*':
      return hull([times(a.lo, b.lo), times(a.lo, b.hi), times(a.hi, b.lo), times(a.hi, b.hi)])
    case '/':
    case '//': {
      // Not zero, and of a known number of decimals: at least one unit of the last.
      const least = 10 ** -scaleOf(right)
      const sides =
        b.lo > 0 || b.hi < 0 ? [b.lo, b.hi] : b.lo >= 0 ? [least, b.hi] : b.hi <= 0 ? [b.lo, -least] : [-least, least]
      const corners = hull(sides.flatMap((side) => [a.lo / side, a.hi / side]))
      return sign === '/' ? corners : { lo: Math.trunc(corners.lo), hi: Math.trunc(corners.hi) }
    }
    case '%': {
      const most = Math.max(Math.abs(b.lo), Math.abs(b.hi)) - 1
      return { lo: a.lo >= 0 ? 0 : -most, hi: a.hi <= 0 ? 0 : most }
    }
  }
}

export const scaleOf = (base: Base): number => base.scale ?? 0

/** The largest number a node can give, without its sign. */
export const sizeOf = (base: Base): number => Math.max(Math.abs(base.lo ?? Infinity), Math.abs(base.hi ?? Infinity))

/** Whether every number up to `size` with `scale` decimals, and twice as much, has at most 37 digits. */
export const hasRoom = (size: number, scale: number): boolean => size * 10 ** scale < 10 ** MOST_DIGITS / 2

export const tooManyDigits = (place: Place): never =>
  refuse(
    'rule_out_of_range',
    place,
    `The result may have more than ${MOST_DIGITS} digits.`,
    'Declare min and max for the fields it reads, or round a part of it: round(x, 2).',
  )

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
    return a === 'money' && (sign === '*' || sign === '/')
      ? 'money'
      : b === 'money' && sign === '*'
        ? 'money'
        : 'decimal'
  }
  if (a === 'int' && b === 'int') return sign === '/' ? 'decimal' : 'int'
  if (sign === '*') {
    if (a === 'money' && b === 'money') refuse('rule_type', place, 'Money times money has no meaning.')
    return 'money'
  }
  if (sign === '/' || sign === '//') {
    if (a === 'int') refuse('rule_type', place, 'A number divided by money has no meaning here.')
    return b === 'money' ? (sign === '/' ? 'decimal' : 'int') : 'money'
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

/**
 * A checked arithmetic node. Division by something that may be zero is refused. Sums and differences are exact, products
 * exact up to twelve decimals and rounded there, quotients rounded at `places` decimals (twelve, or what there is room
 * for). Whole numbers stay whole but for `/`.
 */
export function arithmetic(
  sign: ArithmeticSign,
  left: Node,
  right: Node,
  place: Place,
  nonzero: ReadonlySet<string> | 'unguarded',
  places?: number,
): Arithmetic {
  const type = kindAfter(sign, left, right, place)
  const divides = sign === '/' || sign === '//' || sign === '%'
  if (divides && nonzero !== 'unguarded' && !provedApart(right, nonzero)) {
    refuse(
      'rule_maybe_zero_division',
      { start: right.start, end: right.end },
      'This divisor may be zero.',
      'Guard it on the left (d > 0 && x / d > 2, or d > 0 ? x / d : 0), or declare min: 1 for the field.',
    )
  }
  if (sign === '%' && scaleOf(left) + scaleOf(right) > 0)
    refuse('rule_type', place, '% needs whole numbers.', 'Turn the fraction into a whole number: round(x) or trunc(x).')
  const interval = intervalAfter(sign, intervalOf(left), right)
  const unit = unitAfter(sign, left, right, place)
  const base = { ...place, type, ...(unit === undefined ? {} : { unit }) }
  const parts = {
    op: 'arithmetic',
    sign,
    left,
    right,
    ...(nonzero === 'unguarded' ? { unguarded: true } : {}),
  } as const
  const scale = scaleAfter(sign, left, right, interval, place, places)
  if (type !== 'decimal' && scale === 0 && (sign !== '/' || places === 0)) {
    const { checked, ...bounds } = wholeBounds(interval)
    return { ...base, ...bounds, ...parts, checked }
  }
  // Rounding may move a result by half a unit of its last decimal.
  const unitOfLast = sign === '/' || (sign === '*' && scaleOf(left) + scaleOf(right) > scale) ? 10 ** -scale : 0
  const bounds = { lo: interval.lo - unitOfLast, hi: interval.hi + unitOfLast }
  return { ...base, ...bounds, ...(scale === 0 ? {} : { scale }), ...parts, checked: false }
}

const provedApart = (node: Node, nonzero: ReadonlySet<string>): boolean => {
  const { lo, hi } = intervalOf(node)
  return lo > 0 || hi < 0 || nonzero.has(keyOf(undoubled(node)))
}

/** double(x) is zero where x is. */
export const undoubled = (node: Node): Node =>
  node.op === 'call' && node.name === 'decimal' ? undoubled(node.args[0]!) : node

/** The decimals of a result; refuses what might not fit on the way. */
function scaleAfter(
  sign: ArithmeticSign,
  left: Node,
  right: Node,
  interval: Interval,
  place: Place,
  places: number | undefined,
): number {
  const [a, b] = [scaleOf(left), scaleOf(right)]
  const size = Math.max(Math.abs(interval.lo), Math.abs(interval.hi))
  const needRoom = (of: number, scale: number): void => void (hasRoom(of, scale) || tooManyDigits(place))
  switch (sign) {
    case '+':
    case '-': {
      const scale = Math.max(a, b)
      needRoom(Math.max(size, sizeOf(left), sizeOf(right)), scale)
      return scale
    }
    case '*':
      needRoom(sizeOf(left) * Math.max(1, sizeOf(right)), a + b)
      return Math.min(a + b, MOST_SCALE)
    case '/': {
      const roomFor = (scale: number): boolean =>
        hasRoom(sizeOf(left), Math.max(a, scale + b)) &&
        hasRoom(sizeOf(right), Math.max(b, a - scale)) &&
        hasRoom(size, scale)
      let scale = places ?? MOST_SCALE
      while (places === undefined && scale > LEAST_SCALE && !roomFor(scale)) scale--
      if (!roomFor(scale)) tooManyDigits(place)
      return scale
    }
    case '//':
      needRoom(sizeOf(left), b)
      needRoom(sizeOf(right), a)
      return 0
    case '%':
      return 0
  }
}

/**
 * The comparison without its quotients: a / b < c is a < c * b where b is positive, and turned round where it is
 * negative. Both sides are exact, and no division is made. Undefined where neither side is a quotient of known sign.
 */
export function crossed(sign: Sign, left: Node, right: Node, nonzero: ReadonlySet<string>): Comparison | undefined {
  const own = isQuotient(left, nonzero) ? left : undefined
  if (own === undefined) {
    if (!isQuotient(right, nonzero)) return undefined
    const turned = crossed(MIRROR[sign], right, left, nonzero)
    return turned && { sign: MIRROR[turned.sign], left: turned.right, right: turned.left }
  }
  const times_divisor = isQuotient(right, nonzero) ? scaledQuotient(right, own.right) : product(right, own.right)
  if (times_divisor === undefined) return undefined
  const made = { sign: intervalOf(own.right).lo >= 0 ? sign : MIRROR[sign], left: own.left, right: times_divisor }
  return crossed(made.sign, made.left, made.right, nonzero) ?? made
}

function isQuotient(node: Node, nonzero: ReadonlySet<string>): node is Arithmetic {
  if (node.op !== 'arithmetic' || node.sign !== '/' || node.unguarded || scaleOf(node) < LEAST_SCALE) return false
  const { lo, hi } = intervalOf(node.right)
  return (lo >= 0 || hi <= 0) && provedApart(node.right, nonzero)
}

const scaledQuotient = (quotient: Arithmetic, factor: Node): Arithmetic | undefined => {
  const left = product(quotient.left, factor)
  return left && { ...quotient, left }
}

/** An exact product of two numbers of any kind; undefined where it may have too many digits. */
function product(left: Node, right: Node): Arithmetic | undefined {
  const scale = scaleOf(left) + scaleOf(right)
  if (!hasRoom(sizeOf(left) * Math.max(1, sizeOf(right)), scale)) return undefined
  const place = { start: left.start, end: left.end }
  const bounds = intervalAfter('*', intervalOf(left), right)
  return { ...place, type: 'decimal', ...bounds, scale, op: 'arithmetic', sign: '*', left, right, checked: false }
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
  if (excludesZero(sign, intervalOf(node.right))) keys.push(keyOf(undoubled(node.left)))
  if (excludesZero(MIRROR[sign], intervalOf(node.left))) keys.push(keyOf(undoubled(node.right)))
  return keys
}
