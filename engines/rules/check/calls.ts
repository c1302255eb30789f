import { dateNumber } from '../run/dates.ts'
import { checkAverage, checkChain, checkFold, checkOne, isChainCall } from './lists.ts'
import { absolute, call, conversion, leastOf, need, rounding, roundTo, textSize, transcendental } from './numbers.ts'
import { checkEach, offer, refuse } from './scope.ts'
import type { FieldKind } from '../schema.ts'
import type { Expr } from './parse.ts'
import type { Scope } from './scope.ts'
import type { CallName, Fold, Node, Place } from '../tree.ts'

/** 9,999 years of days. */
const DAY_LIMIT = 3_700_000

const isText = (kind: FieldKind): boolean => kind === 'text' || kind === 'choice'
const isDate = (kind: FieldKind): boolean => kind === 'date'

const TEXT_TESTS: Record<string, CallName> = { startsWith: 'starts_with', endsWith: 'ends_with', contains: 'contains' }
const CASES: Record<string, CallName> = { lowerAscii: 'lower', upperAscii: 'upper' }
const FOLDS: Record<string, Fold | 'average'> = {
  size: 'count',
  sum: 'sum',
  min: 'min',
  max: 'max',
  average: 'average',
  median: 'median',
  only: 'only',
  first: 'first',
  last: 'last',
}
/** What is written, in the order in which a message offers it. */
const KNOWN = [
  ...[
    'size',
    'sum',
    'min',
    'max',
    'average',
    'median',
    'only',
    'first',
    'last',
    'largest',
    'smallest',
    'distinct',
    'sortBy',
  ],
  ...['age', 'age_months', 'days_between', 'year', 'month', 'day', 'date', 'has', 'int', 'double', 'money', 'round'],
  ...['trunc', 'floor', 'ceil', 'abs', 'sqrt', 'ln', 'exp', 'startsWith', 'endsWith', 'contains', 'substring'],
  ...['lowerAscii', 'upperAscii', 'the', 'cel.bind'],
]

const isList = (expr: Expr, scope: Scope): boolean => {
  const kind = expr.exprKind
  if (kind.case === 'listExpr') return true
  if (kind.case === 'identExpr') return Object.hasOwn(scope.schema.lists, kind.value.name)
  if (isChainCall(expr)) return true
  const macro = kind.case === 'comprehensionExpr' ? scope.parsed.macroOf(expr) : undefined
  return macro === 'map' || macro === 'filter'
}

/** Calls other than operators: `age(d)`, `size(x)`, `x.startsWith('a')`, `list.map(...).sum()`. */
export function checkCall(expr: Expr, name: string, target: Expr | undefined, args: Expr[], scope: Scope): Node {
  const place = scope.parsed.placeOf(expr)
  const fold = Object.hasOwn(FOLDS, name) ? FOLDS[name] : undefined
  const subject = target ?? (args.length === 1 ? args[0] : undefined)
  if (fold && subject && (target ? args.length === 0 : true) && isList(subject, scope)) {
    const chain = checkChain(subject, scope)
    return fold === 'average' ? checkAverage(chain, place) : checkFold(fold, chain, place)
  }
  if (name === 'the' && !target) return checkOne(args, null, place, scope)
  if (name === 'bind' && target) return bind(target, args, place, scope)
  if (name === 'date' && !target) return dateLiteral(args, place)
  const all = target ? [target, ...args] : args
  const nodes = checkEach(scope, all, (arg) => scope.check(arg, scope))
  return target ? textCall(name, nodes, place) : plainCall(name, nodes, place)
}

function takes(nodes: Node[], name: string, least: number, most: number, place: Place): void {
  if (nodes.length >= least && nodes.length <= most) return
  const wanted = least === most ? String(least) : `${least} or ${most}`
  refuse('rule_type', place, `${name} takes ${wanted} value(s); here are ${nodes.length}.`)
}

function textCall(name: string, nodes: Node[], place: Place): Node {
  if (Object.hasOwn(TEXT_TESTS, name)) {
    takes(nodes.slice(1), name, 1, 1, place)
    for (const node of nodes) need(node, isText, 'Text')
    return call(TEXT_TESTS[name]!, nodes, place, 'bool')
  }
  if (Object.hasOwn(CASES, name)) {
    takes(nodes.slice(1), name, 0, 0, place)
    need(nodes[0]!, isText, 'Text')
    return call(CASES[name]!, nodes, place, 'text')
  }
  if (name === 'substring') {
    takes(nodes.slice(1), name, 1, 2, place)
    need(nodes[0]!, isText, 'Text')
    const ends = nodes.slice(1).map((node) => (node.op === 'literal' && node.type === 'int' ? Number(node.value) : -1))
    if (ends.some((end) => end < 0) || (ends[1] !== undefined && ends[1] < ends[0]!))
      refuse(
        'rule_type',
        place,
        'substring takes where it begins and where it ends, as written numbers from 0.',
        'code.substring(0, 2) is the first two characters.',
      )
    return call('substring', nodes, place, 'text')
  }
  return name === 'size' ? plainCall(name, nodes, place) : unknownFunction(name, place)
}

function plainCall(name: string, nodes: Node[], place: Place): Node {
  const [first] = nodes
  const count = (least: number, most = least): void => takes(nodes, name, least, most, place)
  switch (name) {
    case 'size':
      count(1)
      if (first!.type === 'choices') return textSize('choices_size', first!, place)
      need(first!, isText, 'Text or a list')
      return textSize('text_size', first!, place)
    case 'age':
    case 'age_months':
      count(1, 2)
      for (const node of nodes) need(node, isDate, 'A date')
      if (name === 'age') return call('age', nodes, place, 'int', { lo: 0, hi: 9_998 })
      return call('age_months', nodes, place, 'int', { lo: 0, hi: 119_987, unit: 'months' })
    case 'year':
    case 'month':
    case 'day': {
      count(1)
      need(first!, isDate, 'A date')
      return call(name, nodes, place, 'int', { lo: 1, hi: { year: 9_999, month: 12, day: 31 }[name] })
    }
    case 'days_between':
      count(2)
      for (const node of nodes) need(node, isDate, 'A date')
      return call('days_between', nodes, place, 'int', { lo: -DAY_LIMIT, hi: DAY_LIMIT })
    case 'min':
    case 'max':
      return leastOf(name === 'min' ? 'least' : 'greatest', nodes, place)
    case 'double':
    case 'int':
    case 'money':
      count(1)
      return conversion(name, first!, place)
    case 'round':
      return roundTo(nodes, place)
    case 'trunc':
    case 'floor':
    case 'ceil':
      count(1)
      return rounding(name, first!, place, 0)
    case 'abs':
      count(1)
      return absolute(first!, place)
    case 'sqrt':
    case 'ln':
    case 'exp':
      count(1)
      return transcendental(name, first!, place)
    case 'has':
      return refuse('rule_not_in_profile', place, 'has takes a field or a list.')
    default:
      return unknownFunction(name, place)
  }
}

const unknownFunction = (name: string, place: Place): never =>
  refuse('rule_not_in_profile', place, `${name} is not in the profile.`, offer(name, KNOWN))

/** cel.bind(name, value, rule): a name for a part, good inside the third. */
function bind(target: Expr, args: Expr[], place: Place, scope: Scope): Node {
  const [name, value, rule] = args
  const of = target.exprKind.case === 'identExpr' ? target.exprKind.value.name : ''
  if (of !== 'cel' || name?.exprKind.case !== 'identExpr' || !value || !rule || args.length !== 3)
    return refuse(
      'rule_type',
      place,
      'bind takes a name, its value and the rule that uses it.',
      'cel.bind(x, income / 12, x < params.line)',
    )
  const bound = scope.check(value, scope)
  return scope.check(rule, { ...scope, names: new Map([...scope.names, [name.exprKind.value.name, bound]]) })
}

function dateLiteral(args: Expr[], place: Place): Node {
  const kind = args[0]?.exprKind
  const constant = kind?.case === 'constExpr' ? kind.value.constantKind : undefined
  if (args.length !== 1 || constant?.case !== 'stringValue' || dateNumber(constant.value) === undefined) {
    return refuse('rule_type', place, 'date takes one day of the calendar in quotes.', "date('2014-01-01')")
  }
  return { ...place, type: 'date', op: 'literal', value: constant.value }
}
