import {
  crossed,
  hasRoom,
  intervalOf,
  provedNonzero,
  sameUnit,
  scaleOf,
  sizeOf,
  tooManyDigits,
} from '../run/numbers.ts'
import { needBool } from './lists.ts'
import { isNumeric } from '../schema.ts'
import { checkEach, offer, refuse, typeName } from './scope.ts'
import type { Expr } from './parse.ts'
import type { Scope } from './scope.ts'
import type { Node, Place, Sign } from '../tree.ts'

export const isWords = (node: Node): boolean => node.type === 'text' || node.type === 'choice'

/** Words compare with words (a choice only with its own choices), numbers with numbers, like with like otherwise. */
export function comparison(
  sign: Sign,
  left: Node,
  right: Node,
  place: Place,
  nonzero: ReadonlySet<string> = new Set(),
): Node {
  const node: Node = { ...place, type: 'bool', op: 'compare', sign, left, right }
  const ordered = sign !== '==' && sign !== '!='
  if (isNumeric(left.type) && isNumeric(right.type)) {
    sameUnit(place, left, right)
    const scale = Math.max(scaleOf(left), scaleOf(right))
    if (!hasRoom(Math.max(sizeOf(left), sizeOf(right)), scale)) tooManyDigits(place)
    const cross = crossed(sign, left, right, nonzero)
    return cross ? { ...node, cross } : node
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

/** `condition ? met : otherwise`. */
export function choice(args: Expr[], place: Place, scope: Scope): Node {
  const condition = needBool(scope.check(args[0]!, scope), 'The condition before ?')
  const given = (truth: boolean): Scope => ({
    ...scope,
    nonzero: new Set([...scope.nonzero, ...provedNonzero(condition, truth)]),
  })
  const met = scope.check(args[1]!, given(true))
  const otherwise = scope.check(args[2]!, given(false))
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
  const scale = numbers ? Math.max(scaleOf(met), scaleOf(otherwise)) : 0
  if (numbers && !hasRoom(Math.max(sizeOf(met), sizeOf(otherwise)), scale)) tooManyDigits(place)
  const base = { ...place, type, ...(unit === undefined ? {} : { unit }), ...bounds, ...(scale === 0 ? {} : { scale }) }
  return { ...base, op: 'if', condition, met, otherwise }
}

/** `x in [a, b]`, `'car' in assets`. */
export function membership(args: Expr[], place: Place, scope: Scope): Node {
  const arg = scope.check(args[0]!, scope)
  const list = args[1]!
  if (list.exprKind.case === 'listExpr') {
    const options = checkEach(scope, list.exprKind.value.elements, (element) => scope.check(element, scope))
    for (const option of options) comparison('==', arg, option, option)
    return { ...place, type: 'bool', op: 'in', arg, options }
  }
  const set = scope.check(list, scope)
  if (set.type !== 'choices' || !isWords(arg)) {
    refuse('rule_type', place, 'in takes a value and a written list, or a word and a choices field.')
  }
  knownChoice(set, arg)
  return { ...place, type: 'bool', op: 'chosen', arg, set }
}
