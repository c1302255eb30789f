import { DECIMAL_LIMIT, isNumeric, WHOLE_LIMIT } from './schema.ts'
import { refuse, typeName } from './scope.ts'
import type { FieldKind } from './schema.ts'
import type { Expr } from './parse.ts'
import type { Binding, Scope } from './scope.ts'
import type { Base, Fold, Node, Place } from './tree.ts'

type Comprehension = Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value']

/** A list on its way to a fold: a declared list with filters and a value, or the elements of a literal one. */
export type Chain =
  | { from: 'declared'; list: string; where: Node | null; value: Node | null }
  | { from: 'literal'; items: { keep: Node | null; value: Node }[] }

/** The most items a list is taken to have, for bounds alone. */
const LIST_LIMIT = 1_000_000

const bool = (place: Place): Base => ({ type: 'bool', start: place.start, end: place.end })

export const needBool = (node: Node, what: string): Node =>
  node.type === 'bool' ? node : refuse('rule_type', node, `${what} must be true or false; this is ${typeName(node)}.`)

export const both = (a: Node | null, b: Node): Node =>
  a === null ? b : { ...bool({ start: a.start, end: b.end }), op: 'and', args: [a, b] }

const implies = (a: Node | null, b: Node): Node =>
  a === null ? b : { ...bool(b), op: 'or', args: [{ ...bool(a), op: 'not', arg: a }, b] }

const listRefused = (place: Place, message: string): never =>
  refuse(
    'rule_not_in_profile',
    place,
    message,
    'Lists end in .exists, .all, .exists_one, .size(), .sum(), .min() or .max(); keep one list inside another out.',
  )

function bindingFor(name: string, chain: Chain, item: Node | null): Binding {
  return chain.from === 'declared' ? { name, list: chain.list } : { name, element: item! }
}

function partsOf(scope: Scope, expr: Expr, comprehension: Comprehension) {
  const step = comprehension.loopStep?.exprKind
  if (step?.case !== 'callExpr' || !comprehension.iterRange)
    return listRefused(scope.parsed.placeOf(expr), 'Unknown macro.')
  const args = step.value.args
  const macro = scope.parsed.macroOf(expr)
  const appended = (call: Expr | undefined): Expr | undefined => {
    const list = call?.exprKind.case === 'callExpr' ? call.exprKind.value.args[1]?.exprKind : undefined
    return list?.case === 'listExpr' ? list.value.elements[0] : undefined
  }
  const name = comprehension.iterVar
  if (macro === 'exists' || macro === 'all') return { macro, name, test: args[1], value: undefined } as const
  if (macro === 'exists_one' || macro === 'filter') return { macro, name, test: args[0], value: undefined } as const
  if (macro === 'map' && step.value.function === '_+_') {
    const list = args[1]?.exprKind
    return {
      macro,
      name,
      test: undefined,
      value: list?.case === 'listExpr' ? list.value.elements[0] : undefined,
    } as const
  }
  if (macro === 'map') return { macro, name, test: args[0], value: appended(args[1]) } as const
  return listRefused(scope.parsed.placeOf(expr), `The macro ${macro ?? 'used here'} is not in the profile.`)
}

/** Checks an expression that must be a list: a declared one, a literal one, or .filter and .map over these. */
export function checkChain(expr: Expr, scope: Scope): Chain {
  const place = scope.parsed.placeOf(expr)
  const kind = expr.exprKind
  if (kind.case === 'identExpr' && Object.hasOwn(scope.schema.lists, kind.value.name)) {
    if (scope.binding && 'list' in scope.binding)
      return listRefused(place, 'A list inside another list cannot be compiled.')
    return { from: 'declared', list: kind.value.name, where: null, value: null }
  }
  if (kind.case === 'listExpr') {
    const items = kind.value.elements.map((element) => ({ keep: null, value: scope.check(element, scope) }))
    return { from: 'literal', items }
  }
  if (kind.case !== 'comprehensionExpr') return listRefused(place, 'A list is needed here.')
  const parts = partsOf(scope, expr, kind.value)
  if (parts.macro !== 'filter' && parts.macro !== 'map')
    return listRefused(place, 'A list is needed here, not a verdict.')
  const chain = checkChain(kind.value.iterRange!, scope)
  const inner = (part: Expr, item: Node | null) =>
    scope.check(part, { ...scope, binding: bindingFor(parts.name, chain, item) })
  if (chain.from === 'literal') {
    const items = chain.items.map(({ keep, value }) => ({
      keep: parts.test ? both(keep, needBool(inner(parts.test, value), 'A filter')) : keep,
      value: parts.value ? inner(parts.value, value) : value,
    }))
    return { from: 'literal', items }
  }
  if (chain.value !== null) return listRefused(place, 'Filter first, then map.')
  const where = parts.test ? both(chain.where, needBool(inner(parts.test, null), 'A filter')) : chain.where
  return { ...chain, where, value: parts.value ? inner(parts.value, null) : null }
}

/** `list.exists(m, p)`, `.all`, `.exists_one`. */
export function checkQuantifier(expr: Expr, comprehension: Comprehension, scope: Scope): Node {
  const place = scope.parsed.placeOf(expr)
  const parts = partsOf(scope, expr, comprehension)
  if (parts.macro === 'filter' || parts.macro === 'map')
    return listRefused(place, 'A list is no verdict and no number.')
  const chain = checkChain(comprehension.iterRange!, scope)
  const base = { ...bool(place) }
  if (chain.from === 'literal') {
    const tests = chain.items.map(({ keep, value }) => {
      const test = scope.check(parts.test!, { ...scope, binding: { name: parts.name, element: value } })
      needBool(test, `The test of .${parts.macro}`)
      return parts.macro === 'all' ? implies(keep, test) : both(keep, test)
    })
    if (parts.macro === 'exists_one') return { ...base, op: 'one', args: tests }
    return { ...base, op: parts.macro === 'all' ? 'and' : 'or', args: tests }
  }
  if (chain.value !== null) return listRefused(place, `Write .${parts.macro} directly on the list, not after .map.`)
  const test = scope.check(parts.test!, { ...scope, binding: { name: parts.name, list: chain.list } })
  needBool(test, `The test of .${parts.macro}`)
  const body = parts.macro === 'all' ? implies(chain.where, test) : both(chain.where, test)
  return { ...base, op: 'aggregate', fold: parts.macro, list: chain.list, where: null, body }
}

/** `size`, `sum`, `min` or `max` over a list. */
export function checkFold(fold: Fold & ('count' | 'sum' | 'min' | 'max'), chain: Chain, place: Place): Node {
  if (chain.from === 'literal') return foldLiteral(fold, chain.items, place)
  if (fold === 'count') {
    const base = { ...place, type: 'int' as const, lo: 0, hi: LIST_LIMIT }
    return { ...base, op: 'aggregate', fold, list: chain.list, where: chain.where, body: null }
  }
  const body = chain.value
  if (body === null) return refuse('rule_type', place, `${fold} needs values.`, `list.map(m, m.field).${fold}()`)
  const isDate = body.type === 'date' && fold !== 'sum'
  if (!isNumeric(body.type) && !isDate) return refuse('rule_type', place, `${fold} cannot fold ${typeName(body)}.`)
  const unit = body.unit === undefined ? {} : { unit: body.unit }
  const bounds = fold === 'sum' ? sumBounds(body) : { lo: body.lo, hi: body.hi }
  const base = { ...place, type: body.type as FieldKind, ...unit, ...(isDate ? {} : bounds) }
  return { ...base, op: 'aggregate', fold, list: chain.list, where: chain.where, body }
}

/** As many times the least or greatest value as a list has items; none at all gives 0. Sums keep fifteen digits. */
function sumBounds({ type, lo = -Infinity, hi = Infinity }: Node): { lo: number; hi: number } {
  const most = type === 'decimal' ? DECIMAL_LIMIT : WHOLE_LIMIT
  return {
    lo: lo >= 0 ? 0 : Math.max(lo * LIST_LIMIT, -most),
    hi: hi <= 0 ? 0 : Math.min(hi * LIST_LIMIT, most),
  }
}

function foldLiteral(
  fold: 'count' | 'sum' | 'min' | 'max',
  items: { keep: Node | null; value: Node }[],
  place: Place,
): Node {
  if (items.some((item) => item.keep !== null))
    return listRefused(place, 'A literal list cannot be filtered and then folded.')
  const values = items.map((item) => item.value)
  if (fold === 'count') {
    return { ...place, type: 'int', op: 'literal', value: values.length, lo: values.length, hi: values.length }
  }
  return listRefused(place, `Write the ${fold} of known values directly, with + or ${fold}(a, b).`)
}
