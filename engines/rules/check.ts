import { Budget, Exceeded } from './budget.ts'
import { boundsOf, isNumeric, WHOLE_LIMIT } from './schema.ts'
import { checkCall } from './check-calls.ts'
import { checkQuantifier, needBool } from './check-lists.ts'
import { arithmetic, intervalOf, provedNonzero, sameUnit } from './numbers.ts'
import { parseRule } from './parse.ts'
import { baseOf, checkEach, offer, refuse, Refusal, typeName } from './scope.ts'
import { childrenOf } from './tree.ts'
import { depthOf, MAX_DEPTH, MAX_WEIGHT, weightOf } from './weight.ts'
import type { FieldType, RuleSchema } from './schema.ts'
import type { Expr } from './parse.ts'
import type { Scope } from './scope.ts'
import type { ArithmeticSign, CompiledRule, Node, Place, RuleProblem, Sign } from './tree.ts'

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
  const scope: Scope = { schema, parsed, binding: null, nonzero: new Set(), problems: [], check, budget: new Budget() }
  try {
    const root = check(parsed.expr, scope)
    if (wanted !== undefined && root.type !== wanted) {
      refuse('rule_type', root, `The rule must give ${wanted}; it gives ${typeName(root)}.`)
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
    if (node.op === 'reference_date' || (node.op === 'call' && node.name === 'age')) uses_reference_date = true
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
      return { ...place, type, op: 'literal', value: value === 0 ? 0 : value, lo: value, hi: value }
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

function reading(list: string | null, field: string, type: FieldType, place: Place): Node {
  return { ...baseOf(type, place, boundsOf(type)), op: 'read', list, field }
}

function identifier(name: string, place: Place, scope: Scope): Node {
  const { schema, binding } = scope
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
  if (Object.hasOwn(schema.parameters, name)) {
    return refuse('rule_unknown_field', place, `${name} is a parameter.`, `Write params.${name}`)
  }
  const names = [...Object.keys(schema.household), ...Object.keys(schema.lists)]
  return refuse('rule_unknown_field', place, `The form has no field ${name}.`, offer(name, names))
}

function selection(operand: Expr, field: string, testOnly: boolean, place: Place, scope: Scope): Node {
  const { schema, binding } = scope
  const owner = operand.exprKind.case === 'identExpr' ? operand.exprKind.value.name : undefined
  if (owner !== undefined && binding?.name === owner && 'list' in binding) {
    const types = schema.lists[binding.list]!
    if (!Object.hasOwn(types, field)) {
      const hint = offer(field, Object.keys(types), (each) => `${owner}.${each}`)
      return refuse('rule_unknown_field', place, `${binding.list} has no field ${field}.`, hint)
    }
    const read = reading(binding.list, field, types[field]!, place)
    return testOnly ? answered(binding.list, field, read, place) : read
  }
  if (owner === 'params') {
    if (testOnly) return refuse('rule_not_in_profile', place, 'has asks about answers, not parameters.')
    if (!Object.hasOwn(schema.parameters, field)) {
      const hint = offer(field, Object.keys(schema.parameters), (each) => `params.${each}`)
      return refuse('rule_unknown_parameter', place, `There is no parameter ${field}.`, hint)
    }
    const type = schema.parameters[field]!
    return { ...baseOf(type, place, boundsOf(type)), op: 'parameter', name: field }
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
  of: { type: of.type, start: of.start, end: of.end, ...(of.lo === undefined ? {} : { lo: of.lo, hi: of.hi }) },
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
    if (Object.hasOwn(SIGNS, name)) return comparison(SIGNS[name]!, left, right, place)
    if (name === '_+_' && isWords(left) && isWords(right)) {
      return { ...place, type: 'text', op: 'call', name: 'concat', args: [left, right], checked: false }
    }
    return arithmetic(ARITHMETIC[name]!, left, right, place, scope.nonzero)
  }
  if (name.startsWith('_') || name.startsWith('@'))
    return refuse('rule_not_in_profile', place, 'Indexing is not in the profile.')
  return checkCall(expr, name, target, args, scope)
}

const isWords = (node: Node): boolean => node.type === 'text' || node.type === 'choice'

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

/** Words compare with words (a choice only with its own choices), numbers with numbers, like with like otherwise. */
export function comparison(sign: Sign, left: Node, right: Node, place: Place): Node {
  const node: Node = { ...place, type: 'bool', op: 'compare', sign, left, right }
  const ordered = sign !== '==' && sign !== '!='
  if (isNumeric(left.type) && isNumeric(right.type)) {
    sameUnit(place, left, right)
    return node
  }
  if (isWords(left) && isWords(right)) {
    knownChoice(left, right)
    knownChoice(right, left)
    if (ordered && (left.type === 'choice' || right.type === 'choice')) {
      refuse('rule_type', place, 'Choices have no order.')
    }
    return node
  }
  if (left.type !== right.type || left.type === 'choices' || (ordered && left.type === 'bool')) {
    const hint =
      left.type === 'date' || right.type === 'date'
        ? "Write dates as date('2014-01-01')."
        : left.type === 'choices' || right.type === 'choices'
          ? "Ask for one choice: 'car' in assets."
          : undefined
    refuse('rule_type', place, `${typeName(left)} ${sign} ${typeName(right)} cannot be compared.`, hint)
  }
  return node
}

function knownChoice(subject: Node, word: Node): void {
  if (subject.choices === undefined || word.op !== 'literal' || subject.choices.includes(String(word.value))) return
  const hint = offer(String(word.value), subject.choices, (each) => `'${each}'`)
  refuse('rule_unknown_choice', word, `'${String(word.value)}' is not among the choices.`, hint)
}

function choice(args: Expr[], place: Place, scope: Scope): Node {
  const condition = needBool(check(args[0]!, scope), 'The condition before ?')
  const given = (truth: boolean): Scope => ({
    ...scope,
    nonzero: new Set([...scope.nonzero, ...provedNonzero(condition, truth)]),
  })
  const met = check(args[1]!, given(true))
  const otherwise = check(args[2]!, given(false))
  const numbers = isNumeric(met.type) && isNumeric(otherwise.type)
  const words = isWords(met) && isWords(otherwise)
  if ((!numbers && !words && met.type !== otherwise.type) || met.type === 'choices') {
    refuse('rule_type', place, `Both results must be alike; here are ${typeName(met)} and ${typeName(otherwise)}.`)
  }
  const unit = sameUnit(place, met, otherwise)
  const a = intervalOf(met)
  const b = intervalOf(otherwise)
  const bounds = numbers ? { lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi) } : {}
  const kinds = [met.type, otherwise.type]
  const number = kinds.includes('decimal') ? 'decimal' : kinds.includes('money') ? 'money' : 'int'
  const type = numbers ? number : words ? 'text' : met.type
  return { ...place, type, ...(unit === undefined ? {} : { unit }), ...bounds, op: 'if', condition, met, otherwise }
}

function membership(args: Expr[], place: Place, scope: Scope): Node {
  const arg = check(args[0]!, scope)
  const list = args[1]!
  if (list.exprKind.case === 'listExpr') {
    const options = checkEach(scope, list.exprKind.value.elements, (element) => check(element, scope))
    for (const option of options) comparison('==', arg, option, option)
    return { ...place, type: 'bool', op: 'in', arg, options }
  }
  const set = check(list, scope)
  if (set.type !== 'choices' || !isWords(arg)) {
    refuse('rule_type', place, 'in takes a value and a written list, or a word and a choices field.')
  }
  knownChoice(set, arg)
  return { ...place, type: 'bool', op: 'chosen', arg, set }
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
