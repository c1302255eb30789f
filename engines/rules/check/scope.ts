import type { Budget } from './budget.ts'
import type { FieldType, RuleSchema } from '../schema.ts'
import type { Expr, Parsed } from './parse.ts'
import type { Base, Node, Place, RuleProblem, RuleProblemCode } from '../tree.ts'

/** A name bound by a macro: an item of a declared list, or one element of a literal list that is being unrolled. */
export type Binding = { name: string; list: string } | { name: string; element: Node }

/** What the checker knows while it walks. `nonzero` holds the keys of nodes that a guard has proved not to be zero. */
export type Scope = {
  schema: RuleSchema
  parsed: Parsed
  binding: Binding | null
  /** Names for parts: those of cel.bind, each with the node it stands for. */
  names: ReadonlyMap<string, Node>
  nonzero: ReadonlySet<string>
  problems: RuleProblem[]
  check: (expr: Expr, scope: Scope) => Node
  budget: Budget
  /** A field of an item of a list, or a refusal. */
  fieldOf: (list: string, field: string, place: Place) => Node
}

/** Thrown inside the checker only; compileRule turns it into data. */
export class Refusal extends Error {
  readonly problem: RuleProblem
  constructor(problem: RuleProblem) {
    super(problem.message)
    this.problem = problem
  }
}

export function refuse(code: RuleProblemCode, place: Place, message: string, hint?: string): never {
  throw new Refusal({ code, message, start: place.start, end: place.end, hint: hint ?? HINTS[code] })
}

/** What to do where the place itself offers nothing better. */
const HINTS: Partial<Record<RuleProblemCode, string>> = {
  rule_type: 'Compare and combine values of one kind: numbers with numbers, dates with dates, words with words.',
  rule_not_in_profile:
    'A rule uses fields, params, comparisons, && || !, arithmetic, age, has, and lists with exists or all.',
  rule_out_of_range: 'Declare min and max for the fields it reads, or write a smaller number.',
}

/** "Did you mean ...?" for a name nearly right, else the names there are (the first twelve). */
export function offer(name: string, names: string[], written = (each: string): string => each): string {
  const close = nearest(name, names)
  if (close !== undefined) return `Did you mean ${written(close)}?`
  if (names.length === 0) return 'There are none: declare it first.'
  const shown = names.slice(0, 12).map(written).join(', ')
  return `Known: ${shown}${names.length > 12 ? `, and ${names.length - 12} more` : ''}.`
}

const MOST_PROBLEMS = 50

/** Checks every part and reports the problems of all of them before giving up, so that one look shows every mistake. */
export function checkEach<T>(scope: Scope, parts: readonly T[], check: (part: T) => Node): Node[] {
  const nodes: Node[] = []
  let last: Refusal | undefined
  for (const part of parts) {
    try {
      nodes.push(check(part))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (last) scope.problems.push(last.problem)
      last = error
      // Nobody reads more at once, and each is looked up among all the names there are.
      if (scope.problems.length >= MOST_PROBLEMS) throw last
    }
  }
  if (last) throw last
  return nodes
}

export const typeName = (base: Base): string => (base.unit ? `${base.type} (${base.unit})` : base.type)

/** Closest declared name, for "did you mean": at most two edits away. */
export function nearest(name: string, names: string[]): string | undefined {
  if (name.length > 100) return undefined
  const ranked = names.map((other) => ({ other, edits: distance(name, other) })).sort((a, b) => a.edits - b.edits)
  return ranked[0] && ranked[0].edits <= 2 ? ranked[0].other : undefined
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]!
}

export const baseOf = (type: FieldType, place: Place, bounds?: { lo: number; hi: number }): Base => ({
  type: type.type,
  start: place.start,
  end: place.end,
  ...(type.unit === undefined ? {} : { unit: type.unit }),
  ...(type.choices === undefined ? {} : { choices: type.choices }),
  ...bounds,
})
