import type { FieldKind } from './schema.ts'

/** Where a node stands in the rule's source: character offsets, end exclusive. */
export type Place = { start: number; end: number }

/**
 * `lo` and `hi` bound every number a node can give; the checker proves divisions and ranges with them. `scale` is the
 * number of decimals: inside the engine the value is a whole number of units of the last one (0 where left out).
 */
export type Base = Place & {
  type: FieldKind
  unit?: string
  choices?: string[]
  lo?: number
  hi?: number
  scale?: number
}

export type Sign = '==' | '!=' | '<' | '<=' | '>' | '>='
/** `/` keeps the fraction (rounded at the node's scale), `//` cuts it off. */
export type ArithmeticSign = '+' | '-' | '*' | '/' | '//' | '%'
export type Fold =
  | 'exists'
  | 'all'
  | 'exists_one'
  | 'count'
  | 'sum'
  | 'min'
  | 'max'
  | 'median'
  | 'distinct'
  | 'only'
  | 'first'
  | 'last'
  | 'largest'
  | 'smallest'
export type CallName =
  | 'age'
  | 'age_months'
  | 'year'
  | 'month'
  | 'day'
  | 'round'
  | 'trunc'
  | 'floor'
  | 'ceil'
  | 'abs'
  | 'sqrt'
  | 'ln'
  | 'exp'
  | 'substring'
  | 'lower'
  | 'upper'
  | 'days_between'
  | 'starts_with'
  | 'ends_with'
  | 'contains'
  | 'concat'
  | 'text_size'
  | 'choices_size'
  | 'least'
  | 'greatest'
  | 'decimal'
  | 'whole'
  | 'money'

export type Literal = Base & { op: 'literal'; value: number | string | boolean }
export type Read = Base & { op: 'read'; list: string | null; field: string }
export type Parameter = Base & { op: 'parameter'; name: string }
export type Arithmetic = Base & {
  op: 'arithmetic'
  sign: ArithmeticSign
  left: Node
  right: Node
  /** The bounds do not prove the result is within fifteen digits: look at run time, UNKNOWN when it is not. */
  checked: boolean
  /** No guard stands before it: a zero divisor makes it UNKNOWN (the average of an empty list). */
  unguarded?: boolean
}
export type Comparison = { sign: Sign; left: Node; right: Node }
/** `sort` orders the items of first and last; `take` is how many items largest and smallest add up. */
export type Aggregate = Base & {
  op: 'aggregate'
  fold: Fold
  list: string
  where: Node | null
  body: Node | null
  sort?: Node
  take?: Node
}

/** The typed tree, plain JSON. Every back end walks this and nothing else. */
export type Node =
  | Literal
  | Read
  | Parameter
  | Arithmetic
  | Aggregate
  | (Base & { op: 'reference_date' })
  | (Base & { op: 'has'; list: string | null; field: string; of: Base })
  | (Base & { op: 'has_list'; list: string })
  | (Base & { op: 'not'; arg: Node })
  | (Base & { op: 'and' | 'or' | 'one'; args: Node[] })
  /** `cross` says the same without dividing (a / b < c is a < c * b): what is run, so that no quotient is rounded. */
  | (Base & { op: 'compare' } & Comparison & { cross?: Comparison })
  | (Base & { op: 'in'; arg: Node; options: Node[] })
  | (Base & { op: 'chosen'; arg: Node; set: Node })
  | (Base & { op: 'if'; condition: Node; met: Node; otherwise: Node })
  | (Base & { op: 'call'; name: CallName; args: Node[]; checked: boolean })

/** The nodes directly below, in source order. */
export function childrenOf(node: Node): Node[] {
  switch (node.op) {
    case 'not':
      return [node.arg]
    case 'and':
    case 'or':
    case 'one':
    case 'call':
      return node.args
    case 'compare':
    case 'arithmetic':
      return [node.left, node.right]
    case 'in':
      return [node.arg, ...node.options]
    case 'chosen':
      return [node.arg, node.set]
    case 'if':
      return [node.condition, node.met, node.otherwise]
    case 'aggregate':
      return [node.where, node.body, node.sort, node.take].filter((part) => part !== null && part !== undefined)
    default:
      return []
  }
}

/** Whether the node itself reads the reference date: an age without a day of its own does. */
export const readsToday = (node: Node): boolean =>
  node.op === 'reference_date' ||
  (node.op === 'call' && (node.name === 'age' || node.name === 'age_months') && node.args.length === 1)

/** Equal keys mean equal meaning: places, units and bounds left out. Shared sub-aggregates are found by it. */
export function keyOf(node: Node): string {
  return JSON.stringify(node, (name, value: unknown) => (OUTSIDE_KEY.has(name) ? undefined : value))
}
const OUTSIDE_KEY = new Set(['start', 'end', 'unit', 'choices'])

/** A problem in a rule: a stable code, what is wrong, where, and what to write instead. */
export type RuleProblem = { code: RuleProblemCode; message: string; start: number; end: number; hint?: string }

export type RuleProblemCode =
  | 'rule_syntax'
  | 'rule_unknown_field'
  | 'rule_unknown_parameter'
  | 'rule_unknown_choice'
  | 'rule_type'
  | 'rule_unit'
  | 'rule_not_in_profile'
  | 'rule_maybe_zero_division'
  | 'rule_out_of_range'
  | 'rule_never_true'
  | 'rule_never_false'
  | 'rule_clause_implied'
  | 'rule_both_true'
  | 'rule_never_together'

/** A rule that all three back ends can run. Plain JSON: it may be stored, sent and hashed. */
export type CompiledRule = {
  source: string
  type: FieldKind
  unit?: string
  root: Node
  /** Household fields, list fields and parameters the rule reads: sorted, each once. */
  fields: string[]
  lists: Record<string, string[]>
  parameters: string[]
  uses_reference_date: boolean
}
