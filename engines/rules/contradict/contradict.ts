import { refuted } from './refute.ts'
import { childrenOf, keyOf } from '../tree.ts'
import { findWitness } from './witness.ts'
import type { Goal } from './refute.ts'
import type { RuleSchema } from '../schema.ts'
import type { NamedRule } from '../sql/sql.ts'
import type { Node, RuleProblem } from '../tree.ts'
import type { Search, Witness } from './witness.ts'

/** What the author of a set of rules says of them. */
export type Claims = {
  /** Pairs that may never both be TRUE. */
  exclusive?: [string, string][]
  /** Groups that must be able to be TRUE together. */
  together?: string[][]
}

/** A contradiction in one rule of the set, or between it and others. Places are in the source of `rule`. */
export type Contradiction = RuleProblem & { rule: string; others: string[]; witness?: Witness }

/**
 * What cannot be meant: a verdict that can never be TRUE or never FALSE over the declared bounds and choices, a clause
 * that the one beside it already says, exclusive rules that are both TRUE for some record (given as `witness`), and
 * rules that must be able to hold together and cannot. Pure and bounded; a rule that reads nothing (`true`) is taken as
 * meant. Each finding is proved, by refuting the contrary or by a record: what is not shown is not reported.
 */
export function contradictions(
  rules: NamedRule[],
  schema: RuleSchema,
  claims: Claims = {},
  search: Search = { reference_date: '2014-12-31' },
): Contradiction[] {
  const verdicts = rules.filter(({ rule }) => rule.type === 'bool')
  const named = new Map(verdicts.map((each) => [each.name, each]))
  const given = (name: string): NamedRule => {
    const found = named.get(name)
    if (!found) throw new RangeError(`no verdict is called ${name}`)
    return found
  }
  return [
    ...verdicts.flatMap((each) => ofOneRule(each, schema)),
    ...(claims.exclusive ?? []).flatMap(([a, b]) => bothTrue(given(a), given(b), schema, search)),
    ...(claims.together ?? []).flatMap((names) => neverTogether(names.map(given), schema)),
  ]
}

const readsNothing = ({ rule }: NamedRule): boolean =>
  rule.fields.length + Object.keys(rule.lists).length + rule.parameters.length === 0 && !rule.uses_reference_date

function ofOneRule(named: NamedRule, schema: RuleSchema): Contradiction[] {
  const { name, rule } = named
  if (readsNothing(named)) return []
  const base = { rule: name, others: [] }
  const whole = { start: 0, end: rule.source.length }
  for (const truth of [true, false]) {
    const parts = conjuncts({ node: rule.root, truth })
    if (!refuted(parts, schema)) continue
    const guilty = smallestRefuted(parts, schema)
    const said = guilty.map(({ node }) => `"${rule.source.slice(node.start, node.end)}"`)
    const start = Math.min(...guilty.map(({ node }) => node.start))
    const end = Math.max(...guilty.map(({ node }) => node.end))
    const why =
      guilty.length === 2
        ? `${said[0]} and ${said[1]} ${truth ? 'exclude' : 'leave out nothing beside'} each other`
        : said.join(', ')
    return [
      truth
        ? {
            ...base,
            ...(guilty.length > 0 ? { start, end } : whole),
            code: 'rule_never_true',
            message: `This can never be true: ${why}.`,
            hint: 'Look at the bounds, the choices and the signs (< or >, && or ||).',
          }
        : {
            ...base,
            ...(guilty.length > 0 ? { start, end } : whole),
            code: 'rule_never_false',
            message: `This can never be false: ${why}.`,
            hint: 'Look at the bounds, the choices and the signs (< or >, && or ||). If it is meant, write true.',
          },
    ]
  }
  return impliedClauses(named, schema)
}

/** The facts that must hold together for a goal: clauses of && that is to be TRUE, of || that is to be FALSE. */
function conjuncts({ node, truth }: Goal): Goal[] {
  if (node.op === 'not' && ['not', 'and', 'or'].includes(node.arg.op))
    return conjuncts({ node: node.arg, truth: !truth })
  if ((node.op === 'and' && truth) || (node.op === 'or' && !truth)) {
    return node.args.flatMap((arg) => conjuncts({ node: arg, truth }))
  }
  return [{ node, truth }]
}

/** One clause, or two, that cannot hold; all of them where it takes more. */
function smallestRefuted(goals: Goal[], schema: RuleSchema): Goal[] {
  const alone = goals.find((goal) => refuted([goal], schema))
  if (alone) return [alone]
  for (const [index, a] of goals.entries()) {
    const b = goals.slice(index + 1).find((other) => refuted([a, other], schema))
    if (b) return [a, b]
  }
  return goals
}

/** What a clause compares with written values; undefined for any other clause. Such clauses are unknown together. */
function subjectOf(node: Node): string | undefined {
  if (node.op === 'not') return subjectOf(node.arg)
  if (node.op === 'in') return node.options.length > 0 && node.options.every(isLiteral) ? keyOf(node.arg) : undefined
  if (node.op !== 'compare' || isLiteral(node.left) === isLiteral(node.right)) return undefined
  return keyOf(isLiteral(node.left) ? node.right : node.left)
}
const isLiteral = (node: Node): boolean => node.op === 'literal'

function impliedClauses({ name, rule }: NamedRule, schema: RuleSchema): Contradiction[] {
  const found: Contradiction[] = []
  const text = (node: Node): string => rule.source.slice(node.start, node.end)
  const walk = (node: Node): void => {
    childrenOf(node).forEach(walk)
    if (node.op !== 'and' && node.op !== 'or') return
    const truth = node.op === 'and'
    const clauses = node.args.map((arg) => ({ arg, subject: subjectOf(arg) }))
    for (const [index, { arg, subject }] of clauses.entries()) {
      if (subject === undefined || found.some((each) => each.start === arg.start && each.end === arg.end)) continue
      const by = clauses.find(
        (other, at) =>
          at !== index &&
          other.subject === subject &&
          refuted(
            [
              { node: other.arg, truth },
              { node: arg, truth: !truth },
            ],
            schema,
          ) &&
          // Of two that say the same, the later is the one too many.
          (at < index ||
            !refuted(
              [
                { node: arg, truth },
                { node: other.arg, truth: !truth },
              ],
              schema,
            )),
      )
      if (!by) continue
      found.push({
        code: 'rule_clause_implied',
        rule: name,
        others: [],
        start: arg.start,
        end: arg.end,
        message: `"${text(arg)}" says nothing beside "${text(by.arg)}".`,
        hint: 'Leave it out, or look whether another value is meant.',
      })
    }
  }
  walk(rule.root)
  return found
}

function bothTrue(a: NamedRule, b: NamedRule, schema: RuleSchema, search: Search): Contradiction[] {
  const goals = [a, b].map(({ rule }) => ({ node: rule.root, truth: true }))
  if (refuted(goals, schema)) return []
  const witness = findWitness(goals, schema, search)
  if (!witness) return []
  return [
    {
      code: 'rule_both_true',
      rule: b.name,
      others: [a.name],
      start: 0,
      end: b.rule.source.length,
      message: `${a.name} and ${b.name} are both true for one and the same record: ${said(witness)}.`,
      hint: 'Rules that exclude each other need a condition that one has and the other has not.',
      witness,
    },
  ]
}

/** A witness in a message: the answers, then the parameters. */
export const said = ({ record, params }: Witness): string =>
  JSON.stringify(Object.keys(params).length === 0 ? record : { ...record, params })

function neverTogether(group: NamedRule[], schema: RuleSchema): Contradiction[] {
  const goals = group.map(({ rule }) => ({ node: rule.root, truth: true }))
  if (!refuted(goals, schema)) return []
  const guilty = smallestRefuted(goals, schema).map(({ node }) => group.find(({ rule }) => rule.root === node)!)
  const [first, ...others] = guilty as [NamedRule, ...NamedRule[]]
  const names = guilty.map(({ name }) => name)
  return [
    {
      code: 'rule_never_together',
      rule: first.name,
      others: others.map(({ name }) => name),
      start: 0,
      end: first.rule.source.length,
      message: `${names.join(' and ')} can never be true together: where one holds, another must be false.`,
      hint: 'All of them are asked for at once, so nothing could ever meet them.',
    },
  ]
}
