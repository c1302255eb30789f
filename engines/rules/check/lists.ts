import { isNumeric, WHOLE_LIMIT } from '../schema.ts'
import { arithmetic, hasRoom, scaleOf, sizeOf, tooManyDigits } from '../run/numbers.ts'
import { refuse, typeName } from './scope.ts'
import type { Expr } from './parse.ts'
import type { Binding, Scope } from './scope.ts'
import type { Base, Fold, Node, Place } from '../tree.ts'

type Comprehension = Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value']

/** A list on its way to a fold: a declared list with filters and a value, or the elements of a literal one. */
export type Chain =
  | { from: 'declared'; list: string; where: Node | null; value: Node | null; next?: Next }
  | { from: 'literal'; items: { keep: Node | null; value: Node }[] }

/** What happens to the items or values before the fold. */
type Next = { how: 'distinct' } | { how: 'sortBy'; key: Node } | { how: 'largest' | 'smallest'; take: Node }

const CHAIN_CALLS = new Set(['distinct', 'sortBy', 'largest', 'smallest'])

/** `.distinct()`, `.sortBy(m, key)`, `.largest(k)`, `.smallest(k)`: calls that give a list. */
export const isChainCall = ({ exprKind: kind }: Expr): boolean =>
  kind.case === 'callExpr' && kind.value.target !== undefined && CHAIN_CALLS.has(kind.value.function)

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
    'Lists end in .exists, .all, .exists_one, .size(), .sum(), .min(), .max(), .average(), .median() or .only(); no list stands inside another.',
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
  if (kind.case === 'callExpr' && kind.value.target && isChainCall(expr))
    return checkThen(kind.value.function, kind.value.target, kind.value.args, place, scope)
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
  if (chain.next && (chain.next.how !== 'sortBy' || parts.test))
    return listRefused(place, 'Filter and map first, then take distinct, largest or smallest.')
  const where = parts.test ? both(chain.where, needBool(inner(parts.test, null), 'A filter')) : chain.where
  return { ...chain, where, value: parts.value ? inner(parts.value, null) : null }
}

function checkThen(name: string, target: Expr, args: Expr[], place: Place, scope: Scope): Chain {
  const chain = checkChain(target, scope)
  if (chain.from === 'literal') return listRefused(place, `${name} is for lists of the form.`)
  if (chain.next) return listRefused(place, `${name} cannot follow ${chain.next.how}.`)
  if (name === 'distinct') return { ...chain, next: { how: 'distinct' } }
  if (name === 'sortBy') {
    const [item, key] = args
    if (args.length !== 2 || item?.exprKind.case !== 'identExpr' || chain.value !== null)
      return refuse(
        'rule_type',
        place,
        'sortBy takes a name and what is sorted by, before map.',
        'members.sortBy(m, m.birth_date).map(m, m.education).first()',
      )
    const binding = { name: item.exprKind.value.name, list: chain.list }
    const node = scope.check(key!, { ...scope, binding })
    if (!isNumeric(node.type) && node.type !== 'date')
      return refuse('rule_type', node, `Items are sorted by a number or a date; this is ${typeName(node)}.`)
    return { ...chain, next: { how: 'sortBy', key: node } }
  }
  const take = args.length === 1 ? scope.check(args[0]!, scope) : undefined
  if (take?.type !== 'int' || scope.binding)
    return refuse(
      'rule_type',
      place,
      `${name} takes how many, a whole number.`,
      `months.map(x, x.amount).${name}(3).sum()`,
    )
  return { ...chain, next: { how: name === 'largest' ? 'largest' : 'smallest', take } }
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
  if (chain.value !== null || chain.next)
    return listRefused(place, `Write .${parts.macro} directly on the list, not after .map.`)
  const test = scope.check(parts.test!, { ...scope, binding: { name: parts.name, list: chain.list } })
  needBool(test, `The test of .${parts.macro}`)
  const body = parts.macro === 'all' ? implies(chain.where, test) : both(chain.where, test)
  return { ...base, op: 'aggregate', fold: parts.macro, list: chain.list, where: null, body }
}

/** `size`, `sum`, `min`, `max`, `median`, `only`, `first` or `last` over a list. */
export function checkFold(fold: Fold, chain: Chain, place: Place): Node {
  if (chain.from === 'literal') return foldLiteral(fold, chain.items, place)
  const { list, where, next } = chain
  const node = { op: 'aggregate' as const, list, where }
  if (fold === 'count' && next?.how === 'distinct') {
    if (chain.value === null || chain.value.type === 'choices')
      return refuse('rule_type', place, 'distinct needs values.', `${list}.map(m, m.field).distinct().size()`)
    return { ...place, type: 'int', lo: 0, hi: LIST_LIMIT, ...node, fold: 'distinct', body: chain.value }
  }
  if (fold === 'count' && (next === undefined || next.how === 'sortBy'))
    return { ...place, type: 'int', lo: 0, hi: LIST_LIMIT, ...node, fold, body: null }
  fitsChain(fold, next, place)
  const body = chain.value
  if (body === null) return refuse('rule_type', place, `${fold} needs values.`, `${list}.map(m, m.field).${fold}()`)
  fitsFold(fold, body, place)
  const total = fold === 'sum' ? sumBounds(body, place) : { lo: body.lo, hi: body.hi }
  const more = scaleOf(body) + (fold === 'median' && isNumeric(body.type) ? 1 : 0)
  if (more > 0 && !hasRoom(Math.max(sizeOf(body), fold === 'sum' ? LIST_LIMIT * sizeOf(body) : 0), more))
    tooManyDigits(place)
  // The middle of two whole numbers has a half.
  const type = fold === 'median' && body.type === 'int' ? 'decimal' : body.type
  const base = {
    ...place,
    type: type === 'choice' ? ('text' as const) : type,
    ...(body.unit === undefined ? {} : { unit: body.unit }),
    ...(body.choices === undefined ? {} : { choices: body.choices }),
    ...(isNumeric(body.type) ? total : {}),
    ...(more === 0 ? {} : { scale: more }),
  }
  if (next?.how === 'largest' || next?.how === 'smallest')
    return { ...base, ...node, fold: next.how, body, take: next.take }
  return { ...base, ...node, fold, body, ...(next?.how === 'sortBy' && fold !== 'sum' ? { sort: next.key } : {}) }
}

function fitsChain(fold: Fold, next: Next | undefined, place: Place): void {
  if ((fold === 'first' || fold === 'last') !== (next?.how === 'sortBy'))
    return listRefused(place, 'first and last follow sortBy: a list has no order of its own.')
  if ((next?.how === 'largest' || next?.how === 'smallest') && fold !== 'sum')
    return listRefused(place, `Write .${next.how}(k).sum(): how much the ${next.how} k are together.`)
  if (next?.how === 'distinct') return listRefused(place, 'distinct is counted: write .distinct().size().')
}

function fitsFold(fold: Fold, body: Node, place: Place): void {
  const any = fold === 'only' || fold === 'first' || fold === 'last'
  const date = body.type === 'date' && (fold === 'min' || fold === 'max')
  if (body.type === 'choices' || (!any && !date && !isNumeric(body.type)))
    refuse('rule_type', place, `${fold} cannot fold ${typeName(body)}.`)
}

/** The sum divided by the count, unknown of an empty list. */
export function checkAverage(chain: Chain, place: Place): Node {
  const sum = checkFold('sum', chain, place)
  if (chain.from === 'literal') return sum
  if (chain.next) return listRefused(place, 'average is of all values: leave out distinct, largest and smallest.')
  return arithmetic('/', sum, checkFold('count', { ...chain, value: null }, place), place, 'unguarded')
}

/** `the(members, m, m.relation == 'head').education`, or `.only().education` after a filter: a field of one item. */
export function checkOne(args: Expr[], field: string | null, place: Place, scope: Scope): Node {
  const [of, item, test] = args
  const name = item?.exprKind.case === 'identExpr' ? item.exprKind.value.name : undefined
  if (!of || field === null || (args.length !== 1 && (args.length !== 3 || name === undefined || !test)))
    return refuse(
      'rule_type',
      place,
      'the takes a list, a name and a condition, and a field follows.',
      "the(members, m, m.relation == 'head').education",
    )
  const chain = checkChain(of, scope)
  if (chain.from === 'literal' || chain.value !== null || chain.next)
    return listRefused(place, 'One item is taken from a list of the form, before map.')
  const where =
    test && name !== undefined
      ? both(
          chain.where,
          needBool(scope.check(test, { ...scope, binding: { name, list: chain.list } }), 'The condition'),
        )
      : chain.where
  return checkFold('only', { ...chain, where, value: scope.fieldOf(chain.list, field, place) }, place)
}

/** As many times the least or greatest value as a list has items; none at all gives 0. Whole sums keep fifteen digits. */
function sumBounds(body: Node, place: Place): { lo: number; hi: number } {
  const { type, lo = -Infinity, hi = Infinity } = body
  const exact = type === 'decimal' || scaleOf(body) > 0
  if (exact && !hasRoom(LIST_LIMIT * sizeOf(body), scaleOf(body))) tooManyDigits(place)
  const most = exact ? Infinity : WHOLE_LIMIT
  return {
    lo: lo >= 0 ? 0 : Math.max(lo * LIST_LIMIT, -most),
    hi: hi <= 0 ? 0 : Math.min(hi * LIST_LIMIT, most),
  }
}

function foldLiteral(fold: Fold, items: { keep: Node | null; value: Node }[], place: Place): Node {
  if (items.some((item) => item.keep !== null))
    return listRefused(place, 'A literal list cannot be filtered and then folded.')
  const values = items.map((item) => item.value)
  if (fold === 'count') {
    return { ...place, type: 'int', op: 'literal', value: values.length, lo: values.length, hi: values.length }
  }
  return listRefused(place, `Write the ${fold} of known values directly, with + or ${fold}(a, b).`)
}
