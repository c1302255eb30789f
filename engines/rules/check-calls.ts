import { dateNumber } from './dates.ts'
import { isNumeric, WHOLE_LIMIT } from './schema.ts'
import { checkChain, checkFold } from './check-lists.ts'
import { intervalOf, sameUnit, wholeBounds } from './numbers.ts'
import { checkEach, refuse, typeName } from './scope.ts'
import type { FieldKind } from './schema.ts'
import type { Expr } from './parse.ts'
import type { Scope } from './scope.ts'
import type { CallName, Node, Place } from './tree.ts'

const TEXT_LIMIT = 1_000_000
/** 9,999 years of days. */
const DAY_LIMIT = 3_700_000

const isText = (kind: FieldKind): boolean => kind === 'text' || kind === 'choice'

function need(node: Node, fits: (kind: FieldKind) => boolean, what: string): void {
  if (!fits(node.type)) refuse('rule_type', node, `${what} is needed here; this is ${typeName(node)}.`)
}

function call(name: CallName, args: Node[], place: Place, type: FieldKind, bounds?: { lo: number; hi: number }): Node {
  return { ...place, type, ...bounds, op: 'call', name, args, checked: false }
}

const TEXT_TESTS: Record<string, CallName> = { startsWith: 'starts_with', endsWith: 'ends_with', contains: 'contains' }
const FOLDS: Record<string, 'count' | 'sum' | 'min' | 'max'> = { size: 'count', sum: 'sum', min: 'min', max: 'max' }

const isList = (expr: Expr, scope: Scope): boolean => {
  const kind = expr.exprKind
  if (kind.case === 'listExpr') return true
  if (kind.case === 'identExpr') return Object.hasOwn(scope.schema.lists, kind.value.name)
  const macro = kind.case === 'comprehensionExpr' ? scope.parsed.macroOf(expr) : undefined
  return macro === 'map' || macro === 'filter'
}

/** Calls other than operators: `age(d)`, `size(x)`, `x.startsWith('a')`, `list.map(...).sum()`. */
export function checkCall(expr: Expr, name: string, target: Expr | undefined, args: Expr[], scope: Scope): Node {
  const place = scope.parsed.placeOf(expr)
  const fold = Object.hasOwn(FOLDS, name) ? FOLDS[name] : undefined
  const subject = target ?? (args.length === 1 ? args[0] : undefined)
  if (fold && subject && (target ? args.length === 0 : true) && isList(subject, scope)) {
    return checkFold(fold, checkChain(subject, scope), place)
  }
  const all = target ? [target, ...args] : args
  if (name === 'date' && !target) return dateLiteral(args, place)
  const nodes = checkEach(scope, all, (arg) => scope.check(arg, scope))
  const count = (wanted: number) => {
    if (nodes.length !== wanted)
      refuse('rule_type', place, `${name} takes ${wanted} value(s); here are ${nodes.length}.`)
  }
  if (Object.hasOwn(TEXT_TESTS, name) && target) {
    count(2)
    for (const node of nodes) need(node, isText, 'Text')
    return call(TEXT_TESTS[name]!, nodes, place, 'bool')
  }
  if (name === 'size') {
    count(1)
    if (nodes[0]!.type === 'choices') return call('choices_size', nodes, place, 'int', { lo: 0, hi: TEXT_LIMIT })
    need(nodes[0]!, isText, 'Text or a list')
    return call('text_size', nodes, place, 'int', { lo: 0, hi: TEXT_LIMIT })
  }
  if (target) return unknownFunction(name, place)
  switch (name) {
    case 'age':
      count(1)
      need(nodes[0]!, (kind) => kind === 'date', 'A date')
      return call('age', nodes, place, 'int', { lo: 0, hi: 9_998 })
    case 'days_between':
      count(2)
      for (const node of nodes) need(node, (kind) => kind === 'date', 'A date')
      return call('days_between', nodes, place, 'int', { lo: -DAY_LIMIT, hi: DAY_LIMIT })
    case 'min':
    case 'max':
      return leastOf(name === 'min' ? 'least' : 'greatest', nodes, place)
    case 'double':
    case 'int':
    case 'money':
      count(1)
      return conversion(name, nodes[0]!, place)
    case 'has':
      return refuse('rule_not_in_profile', place, 'has takes a field or a list.')
    default:
      return unknownFunction(name, place)
  }
}

const unknownFunction = (name: string, place: Place): never =>
  refuse(
    'rule_not_in_profile',
    place,
    `${name} is not in the profile.`,
    'Known: size, sum, min, max, age, days_between, date, has, int, double, money, startsWith, endsWith, contains.',
  )

function dateLiteral(args: Expr[], place: Place): Node {
  const kind = args[0]?.exprKind
  const constant = kind?.case === 'constExpr' ? kind.value.constantKind : undefined
  if (args.length !== 1 || constant?.case !== 'stringValue' || dateNumber(constant.value) === undefined) {
    return refuse('rule_type', place, 'date takes one day of the calendar in quotes.', "date('2014-01-01')")
  }
  return { ...place, type: 'date', op: 'literal', value: constant.value }
}

function leastOf(name: 'least' | 'greatest', nodes: Node[], place: Place): Node {
  if (nodes.length === 0) refuse('rule_type', place, 'min and max need at least one value.')
  const kinds = new Set(nodes.map((node) => node.type))
  if (kinds.size === 1 && kinds.has('date')) return call(name, nodes, place, 'date')
  for (const node of nodes) need(node, isNumeric, 'A number')
  if (kinds.has('decimal') && kinds.size > 1) {
    refuse(
      'rule_type',
      place,
      'min and max need numbers of one kind.',
      'Turn the whole numbers into decimals: double(x).',
    )
  }
  const unit = nodes.reduce((unit, node) => sameUnit(place, { ...node, unit }, node), nodes[0]!.unit)
  const intervals = nodes.map(intervalOf)
  const pick = name === 'least' ? Math.min : Math.max
  const bounds = { lo: pick(...intervals.map((each) => each.lo)), hi: pick(...intervals.map((each) => each.hi)) }
  const type = kinds.has('decimal') ? 'decimal' : kinds.has('money') ? 'money' : 'int'
  return { ...call(name, nodes, place, type, bounds), ...(unit === undefined ? {} : { unit }) }
}

/** double(x) keeps the value; int(x) cuts towards zero as CEL does; money(x) rounds half up to whole minor units. */
function conversion(name: 'double' | 'int' | 'money', node: Node, place: Place): Node {
  need(node, isNumeric, 'A number')
  const unit = node.unit === undefined ? {} : { unit: node.unit }
  const interval = intervalOf(node)
  if (name === 'double') return { ...call('decimal', [node], place, 'decimal', interval), ...unit }
  const type = name === 'int' ? 'int' : 'money'
  const whole = { lo: Math.floor(interval.lo), hi: Math.ceil(interval.hi) }
  const { checked, ...bounds } = wholeBounds(whole)
  if (bounds.lo > WHOLE_LIMIT || bounds.hi < -WHOLE_LIMIT) {
    refuse('rule_out_of_range', place, 'This number has more than fifteen digits.')
  }
  const made = { ...call(name === 'int' ? 'whole' : 'money', [node], place, type, bounds), ...unit }
  return { ...made, checked } as Node
}
