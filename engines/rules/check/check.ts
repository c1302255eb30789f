import { Budget, Exceeded } from './budget.ts'
import { boundsOf, FIELD_SCALE, isNumeric, MOST_SCALE, WHOLE_LIMIT } from '../schema.ts'
import { checkCall } from './calls.ts'
import { conversion } from './numbers.ts'
import { checkOne, checkQuantifier, needBool } from './lists.ts'
import { decimalsOf } from '../run/exact.ts'
import { arithmetic, hasRoom, provedNonzero, scaleOf } from '../run/numbers.ts'
import { choice, comparison, isWords, membership } from './values.ts'
import { parseRule } from './parse.ts'
import { baseOf, checkEach, offer, refuse, Refusal, typeName } from './scope.ts'
import { childrenOf, readsToday } from '../tree.ts'
import { depthOf, MAX_DEPTH, MAX_WEIGHT, weightOf } from './weight.ts'
import type { FieldType, RuleSchema } from '../schema.ts'
import type { Expr, Parsed } from './parse.ts'
import type { Scope } from './scope.ts'
import type { ArithmeticSign, CompiledRule, Node, Place, RuleProblem, Sign } from '../tree.ts'

const SIGNS: Record<string, Sign> = { '_==_': '==', '_!=_': '!=', '_<_': '<', '_<=_': '<=', '_>_': '>', '_>=_': '>=' }
const ARITHMETIC: Record<string, ArithmeticSign> = { '_+_': '+', '_-_': '-', '_*_': '*', '_/_': '/', '_%_': '%' }

/**
 * Reads and checks one rule against the form's schema. Gives the typed tree that all back ends run, or every problem
 * found, each with its place in `source`. `wanted` names the type the rule must give ('bool' for a verdict).
 */
export function compileRule(
  source: string,
  schema: RuleSchema,
  wanted?: FieldType['type'],
): CompiledRule | RuleProblem[] {
  const parsed = parseRule(source)
  if ('code' in parsed) return [parsed]
  if (depthOf(parsed.expr) > MAX_DEPTH) return [tooLarge(source, `The rule nests more than ${MAX_DEPTH} levels deep.`)]
  const scope = scopeOf(schema, parsed)
  try {
    const root = whole(check(parsed.expr, scope))
    if (wanted !== undefined && root.type !== wanted) {
      const hint =
        wanted === 'int' && isNumeric(root.type) ? 'Say how: round(x), trunc(x), floor(x) or ceil(x).' : undefined
      refuse('rule_type', root, `The rule must give ${wanted}; it gives ${typeName(root)}.`, hint)
    }
    if (root.type === 'choices') refuse('rule_type', root, 'A rule gives one value, not a list of choices.')
    if (weightOf(root) > MAX_WEIGHT) return [tooLarge(source, 'The rule is too large for one statement.')]
    const unit = root.unit === undefined ? {} : { unit: root.unit }
    return { source, type: root.type, ...unit, root, ...usesOf(root) }
  } catch (error) {
    if (error instanceof Exceeded) return [tooLarge(source, 'The rule, with its lists written out, is too large.')]
    if (!(error instanceof Refusal)) throw error
    return [...scope.problems, error.problem].sort((a, b) => a.start - b.start)
  }
}

/** Money leaves a rule in whole minor units: a fraction that is left at the end is rounded half up. */
const whole = (root: Node): Node =>
  root.type === 'money' && scaleOf(root) > 0 ? conversion('money', root, { start: root.start, end: root.end }) : root

const tooLarge = (source: string, message: string): RuleProblem => ({
  code: 'rule_not_in_profile',
  message,
  start: 0,
  end: source.length,
  hint: 'Split it into several rules.',
})

/** True when compileRule refused. */
export const isRefused = (result: CompiledRule | RuleProblem[]): result is RuleProblem[] => Array.isArray(result)

function usesOf(root: Node): Pick<CompiledRule, 'fields' | 'lists' | 'parameters' | 'uses_reference_date'> {
  const fields = new Set<string>()
  const lists: Record<string, Set<string>> = {}
  const parameters = new Set<string>()
  let uses_reference_date = false
  const walk = (node: Node): void => {
    if (node.op === 'read' || node.op === 'has') {
      if (node.list === null) fields.add(node.field)
      else (lists[node.list] ??= new Set()).add(node.field)
    }
    if (node.op === 'aggregate' || node.op === 'has_list') lists[node.list] ??= new Set()
    if (node.op === 'parameter') parameters.add(node.name)
    if (readsToday(node)) uses_reference_date = true
    childrenOf(node).forEach(walk)
  }
  walk(root)

  const byList = Object.fromEntries(
    Object.keys(lists)
      .sort()
      .map((list) => [list, sorted(lists[list]!)]),
  )
  return { fields: sorted(fields), lists: byList, parameters: sorted(parameters), uses_reference_date }
}

const scopeOf = (schema: RuleSchema, parsed: Parsed, budget = new Budget()): Scope => ({
  schema,
  parsed,
  binding: null,
  names: new Map(),
  nonzero: new Set(),
  budget,
  problems: [],
  check,
  fieldOf: (list, field, place) => itemField(list, field, field, place, schema),
})

function check(expr: Expr, scope: Scope): Node {
  scope.budget.spend()
  const place = scope.parsed.placeOf(expr)
  const kind = expr.exprKind
  switch (kind.case) {
    case 'constExpr':
      return literal(kind.value.constantKind, place)
    case 'identExpr':
      return identifier(kind.value.name, place, scope)
    case 'selectExpr':
      return selection(kind.value.operand!, kind.value.field, kind.value.testOnly, place, scope)
    case 'comprehensionExpr':
      return checkQuantifier(expr, kind.value, scope)
    case 'callExpr':
      return operation(expr, kind.value.function, kind.value.target, kind.value.args, scope)
    default:
      return refuse('rule_not_in_profile', place, 'Lists and maps may stand only where a list is folded or after in.')
  }
}

type Constant = Extract<Expr['exprKind'], { case: 'constExpr' }>['value']['constantKind']

function literal(constant: Constant, place: Place): Node {
  switch (constant.case) {
    case 'boolValue':
      return { ...place, type: 'bool', op: 'literal', value: constant.value }
    case 'stringValue':
      if (constant.value.includes('\0')) refuse('rule_not_in_profile', place, 'Text cannot hold the zero character.')
      return { ...place, type: 'text', op: 'literal', value: constant.value }
    case 'int64Value':
    case 'doubleValue': {
      const value = Number(constant.value)
      if (!(Math.abs(value) <= WHOLE_LIMIT)) refuse('rule_out_of_range', place, 'Numbers have at most fifteen digits.')
      const type = constant.case === 'int64Value' ? 'int' : 'decimal'
      const scale = decimalsOf(value)
      if (scale > MOST_SCALE || !hasRoom(Math.abs(value), scale))
        refuse('rule_out_of_range', place, `Numbers are written with at most ${MOST_SCALE} decimals.`, 'Round it.')
      const bounds = { lo: value, hi: value, ...(scale === 0 ? {} : { scale }) }
      return { ...place, type, op: 'literal', value: value === 0 ? 0 : value, ...bounds }
    }
    case 'nullValue':
      return refuse(
        'rule_not_in_profile',
        place,
        'There is no null.',
        'To ask whether a field is answered: has(field).',
      )
    default:
      return refuse('rule_not_in_profile', place, 'Only numbers, text, true and false may be written.')
  }
}

export function reading(list: string | null, field: string, type: FieldType, place: Place): Node {
  return { ...answerOf(type, place), op: 'read', list, field }
}

const answerOf = (type: FieldType, place: Place) => ({
  ...baseOf(type, place, boundsOf(type)),
  ...(type.type === 'decimal' ? { scale: FIELD_SCALE } : {}),
})

function identifier(name: string, place: Place, scope: Scope): Node {
  const { schema, binding } = scope
  const bound = scope.names.get(name)
  if (bound && binding?.name !== name) return putIn(bound, scope)
  if (binding?.name === name) {
    if ('element' in binding) {
      scope.budget.spend(scope.budget.sizeOf(binding.element))
      return { ...binding.element, start: place.start, end: place.end }
    }
    return refuse('rule_type', place, `${name} is a whole item of ${binding.list}.`, `Say which field: ${name}.field`)
  }
  if (Object.hasOwn(schema.household, name)) return reading(null, name, schema.household[name]!, place)
  if (name === 'reference_date') return { ...place, type: 'date', op: 'reference_date' }
  if (Object.hasOwn(schema.lists, name)) {
    return refuse('rule_type', place, `${name} is a list.`, `${name}.exists(m, ...), ${name}.size(), ...`)
  }
  if (schema.parts && Object.hasOwn(schema.parts, name)) return part(name, schema.parts[name]!, place, scope)
  if (Object.hasOwn(schema.parameters, name)) {
    return refuse('rule_unknown_field', place, `${name} is a parameter.`, `Write params.${name}`)
  }
  const names = [...Object.keys(schema.household), ...Object.keys(schema.lists)]
  return refuse('rule_unknown_field', place, `The form has no field ${name}.`, offer(name, names))
}

/** Counts what a name stands for before it is put in: names that use names grow without end. */
function putIn(node: Node, { budget }: Scope): Node {
  budget.spend(budget.sizeOf(node))
  return node
}

/** A named part where its name stands: checked as a rule of its own, which may use the parts named before it. */
function part(name: string, source: string, place: Place, scope: Scope): Node {
  scope.budget.spend()
  const earlier = Object.entries(scope.schema.parts ?? {})
  const before = earlier.slice(
    0,
    earlier.findIndex(([each]) => each === name),
  )
  const parsed = parseRule(source)
  const own = scopeOf(
    { ...scope.schema, parts: Object.fromEntries(before) },
    'code' in parsed ? scope.parsed : parsed,
    scope.budget,
  )
  try {
    if ('code' in parsed) throw new Refusal(parsed)
    if (depthOf(parsed.expr) > MAX_DEPTH) throw new Refusal(tooLarge(source, 'It nests too deep.'))
    return placed(putIn(check(parsed.expr, own), scope), place)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message, hint, start, end } = error.problem
    return refuse(code, place, `The part ${name} does not hold, at "${source.slice(start, end)}": ${message}`, hint)
  }
}

/** The node with every place in it set to one: a part is shown by its name. */
const placed = (node: Node, place: Place): Node =>
  JSON.parse(JSON.stringify(node), (key, value: unknown) =>
    key === 'start' ? place.start : key === 'end' ? place.end : value,
  ) as Node

function itemField(list: string, field: string, written: string, place: Place, schema: RuleSchema): Node {
  const types = schema.lists[list]!
  if (Object.hasOwn(types, field)) return reading(list, field, types[field]!, place)
  const before = written.slice(0, written.length - field.length)
  const hint = offer(field, Object.keys(types), (each) => `${before}${each}`)
  return refuse('rule_unknown_field', place, `${list} has no field ${field}.`, hint)
}

function selection(operand: Expr, field: string, testOnly: boolean, place: Place, scope: Scope): Node {
  const { schema, binding } = scope
  const owner = operand.exprKind.case === 'identExpr' ? operand.exprKind.value.name : undefined
  if (owner !== undefined && binding?.name === owner && 'list' in binding) {
    const read = itemField(binding.list, field, `${owner}.${field}`, place, schema)
    return testOnly ? answered(binding.list, field, read, place) : read
  }
  const one = operand.exprKind.case === 'callExpr' ? operand.exprKind.value : undefined
  if (one?.function === 'the' && !one.target && !testOnly) return checkOne(one.args, field, place, scope)
  if (one?.function === 'only' && one.target && !testOnly) return checkOne([one.target], field, place, scope)
  if (one?.function === '_[_]')
    return refuse(
      'rule_unknown_field',
      place,
      'A list has no numbered items.',
      "Say which one: the(members, m, m.relation == 'head').education.",
    )
  if (owner === 'params') {
    if (testOnly) return refuse('rule_not_in_profile', place, 'has asks about answers, not parameters.')
    if (!Object.hasOwn(schema.parameters, field)) {
      const hint = offer(field, Object.keys(schema.parameters), (each) => `params.${each}`)
      return refuse('rule_unknown_parameter', place, `There is no parameter ${field}.`, hint)
    }
    const type = schema.parameters[field]!
    return { ...answerOf(type, place), op: 'parameter', name: field }
  }
  const hint =
    'Fields are written alone (income), those of an item after its name in a list (m.sick), parameters after params.'
  return refuse('rule_unknown_field', place, `${owner ?? 'This'} has no field ${field}.`, hint)
}

const answered = (list: string | null, field: string, of: Node, place: Place): Node => ({
  ...place,
  type: 'bool',
  op: 'has',
  list,
  field,
  of: {
    type: of.type,
    start: of.start,
    end: of.end,
    ...(of.lo === undefined ? {} : { lo: of.lo, hi: of.hi }),
    ...(of.scale === undefined ? {} : { scale: of.scale }),
  },
})

function operation(expr: Expr, name: string, target: Expr | undefined, args: Expr[], scope: Scope): Node {
  const place = scope.parsed.placeOf(expr)
  const bool = { ...place, type: 'bool' as const }
  if (target) return checkCall(expr, name, target, args, scope)
  if (name === '_&&_' || name === '_||_')
    return { ...bool, op: name === '_&&_' ? 'and' : 'or', args: logic(name, expr, scope) }
  if (name === '!_') return { ...bool, op: 'not', arg: needBool(check(args[0]!, scope), '! needs a verdict: it') }
  if (name === '_?_:_') return choice(args, place, scope)
  if (name === '@in') return membership(args, place, scope)
  if (name === 'has' && args.length === 1) return hasField(args[0]!, place, scope)
  if (name === '-_') {
    const zero: Node = { ...place, type: 'int', op: 'literal', value: 0, lo: 0, hi: 0 }
    return arithmetic('-', zero, check(args[0]!, scope), place, scope.nonzero)
  }
  if (Object.hasOwn(SIGNS, name) || Object.hasOwn(ARITHMETIC, name)) {
    const [left, right] = checkEach(scope, args, (arg) => check(arg, scope)) as [Node, Node]
    if (Object.hasOwn(SIGNS, name)) return comparison(SIGNS[name]!, left, right, place, scope.nonzero)
    if (name === '_+_' && isWords(left) && isWords(right)) {
      return { ...place, type: 'text', op: 'call', name: 'concat', args: [left, right], checked: false }
    }
    return arithmetic(ARITHMETIC[name]!, left, right, place, scope.nonzero)
  }
  if (name.startsWith('_') || name.startsWith('@'))
    return refuse('rule_not_in_profile', place, 'Indexing is not in the profile.')
  return checkCall(expr, name, target, args, scope)
}

/** Operands of a chain of && or ||, left to right; what one proves holds for those to its right. */
function logic(name: string, expr: Expr, scope: Scope): Node[] {
  const flat: Expr[] = []
  const flatten = (part: Expr): void => {
    const kind = part.exprKind
    if (kind.case === 'callExpr' && kind.value.function === name) kind.value.args.forEach(flatten)
    else flat.push(part)
  }
  flatten(expr)
  let nonzero = scope.nonzero
  return checkEach(scope, flat, (part) => {
    const node = needBool(check(part, { ...scope, nonzero }), name === '_&&_' ? 'Each side of &&' : 'Each side of ||')
    nonzero = new Set([...nonzero, ...provedNonzero(node, name === '_&&_')])
    return node
  })
}

function hasField(arg: Expr, place: Place, scope: Scope): Node {
  const name = arg.exprKind.case === 'identExpr' ? arg.exprKind.value.name : undefined
  if (name !== undefined && Object.hasOwn(scope.schema.lists, name)) {
    return { ...place, type: 'bool', op: 'has_list', list: name }
  }
  const node = check(arg, scope)
  if (node.op !== 'read') return refuse('rule_not_in_profile', place, 'has takes a field or a list.')
  return answered(node.list, node.field, node, place)
}

const sorted = (names: Set<string>): string[] => [...names].sort()
