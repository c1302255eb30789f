import {
  addComparison,
  addTruth,
  addWords,
  copyFacts,
  hasKey,
  isComparable,
  noFacts,
  settle,
  signIf,
} from './constraints.ts'
import { refinable, refinedOf } from '../run/refined.ts'
import { isNumeric } from '../schema.ts'
import { childrenOf, keyOf } from '../tree.ts'
import type { Facts } from './constraints.ts'
import type { RuleSchema } from '../schema.ts'
import type { Aggregate, Node } from '../tree.ts'
import type { Surroundings } from '../run/values.ts'

/** A node and the truth it is asked to have. */
export type Goal = { node: Node; truth: boolean }

/** How many cases are looked at before "not shown"; a pack's rules need one to some dozens. */
const MOST_CASES = 2_000

class GivenUp extends Error {}

/** Items of a list that must exist, or what all its items must be. */
type ListGoals = { every: Goal[]; some: Goal[][] }
type Branch = { facts: Facts; lists: Map<string, ListGoals>; counts: Map<string, Aggregate> }

const branchOf = (facts: Facts): Branch => ({ facts, lists: new Map(), counts: new Map() })

/**
 * True when it is proved that no record over the schema's bounds and choices meets all goals at once; false when they
 * can hold together or it is not shown either way. Cases of || are taken one by one (at most 2,000); in each,
 * comparisons become intervals, words become sets, everything else is what its text says. TRUE and FALSE are meant:
 * an unknown meets no goal.
 */
export function refuted(goals: Goal[], schema: RuleSchema): boolean {
  const budget = { cases: 0 }
  try {
    return !possible(goals, branchOf(noFacts(schema)), budget, null)
  } catch (error) {
    if (error instanceof GivenUp) return false
    throw error
  }
}

/** Whether the goals were not refuted. `list` names the list whose item they speak of. */
function possible(goals: Goal[], branch: Branch, budget: { cases: number }, list: string | null): boolean {
  if (++budget.cases > MOST_CASES) throw new GivenUp()
  const open = [...goals]
  const choices: Goal[][] = []
  for (let goal = open.pop(); goal; goal = open.pop()) {
    const step = takeApart(goal)
    if (step === 'fails') return false
    if (step === 'atom') addAtom(goal, branch)
    else if ('all' in step) open.push(...step.all)
    else choices.push(step.any)
    if (branch.facts.failed) return false
  }
  settle(branch.facts)
  if (branch.facts.failed) return false
  const [next, ...others] = choices.sort((a, b) => a.length - b.length)
  if (next === undefined) return list !== null || listsPossible(branch, budget)
  const rest = others.map((any): Goal => ({ node: anyOf(any), truth: true }))
  return next.some((goal) => possible([goal, ...rest], copyBranch(branch), budget, list))
}

const copyBranch = ({ facts, lists, counts }: Branch): Branch => ({
  facts: copyFacts(facts),
  counts: new Map(counts),
  lists: new Map([...lists].map(([list, { every, some }]) => [list, { every: [...every], some: [...some] }])),
})

const NOWHERE = { start: 0, end: 0, type: 'bool' as const }
const not = (node: Node): Node => ({ ...NOWHERE, op: 'not', arg: node })
const asNode = ({ node, truth }: Goal): Node => (truth ? node : not(node))
const anyOf = (goals: Goal[]): Node => ({ ...NOWHERE, op: 'or', args: goals.map(asNode) })

type Step = 'atom' | 'fails' | { all: Goal[] } | { any: Goal[] }

function takeApart({ node, truth }: Goal): Step {
  const parts = (nodes: Node[]): Goal[] => nodes.map((part) => ({ node: part, truth }))
  switch (node.op) {
    case 'literal':
      return node.value === truth ? { all: [] } : 'fails'
    case 'not':
      return { all: [{ node: node.arg, truth: !truth }] }
    case 'and':
      return truth ? { all: parts(node.args) } : { any: parts(node.args) }
    case 'or':
      return truth ? { any: parts(node.args) } : { all: parts(node.args) }
    case 'if': {
      const way = (condition: boolean, result: Node): Goal => ({
        node: {
          ...NOWHERE,
          op: 'and',
          args: [asNode({ node: node.condition, truth: condition }), asNode({ node: result, truth })],
        },
        truth: true,
      })
      // Where both say the same, the condition may be unknown.
      const either: Goal = {
        node: { ...NOWHERE, op: 'and', args: [node.met, node.otherwise].map((each) => asNode({ node: each, truth })) },
        truth: true,
      }
      return { any: [way(true, node.met), way(false, node.otherwise), either] }
    }
    case 'in':
      // The options of words are a set; of numbers and dates, one comparison each.
      if (node.options.every((option) => option.op === 'literal') && !isComparable(node.arg)) return 'atom'
      return takeApart({
        node: {
          ...NOWHERE,
          op: 'or',
          args: node.options.map((right): Node => ({ ...NOWHERE, op: 'compare', sign: '==', left: node.arg, right })),
        },
        truth,
      })
    case 'compare': {
      if (node.left.type !== 'bool') return 'atom'
      const equal = (node.sign === '==') === truth
      return {
        any: [true, false].map((left): Goal => ({
          node: {
            ...NOWHERE,
            op: 'and',
            args: [asNode({ node: node.left, truth: left }), asNode({ node: node.right, truth: left === equal })],
          },
          truth: true,
        })),
      }
    }
    default:
      return 'atom'
  }
}

function addAtom({ node, truth }: Goal, branch: Branch): void {
  const { facts } = branch
  addAnswered(node, facts)
  if (node.op === 'compare') {
    const sign = signIf(node.sign, truth)
    if (isComparable(node.left)) addComparison(facts, sign, node.left, node.right)
    else addWordComparison(sign, node.left, node.right, facts)
    keepCounts(node, branch)
    return
  }
  if (node.op === 'in') {
    const words = node.options.map((option) => String((option as Node & { op: 'literal' }).value))
    addWords(facts, node.arg, words, truth)
    return
  }
  if (node.op === 'aggregate') addQuantifier(node, truth, branch)
  addTruth(facts, truthKey(node), truth)
}

const truthKey = (node: Node): string => {
  if (node.op === 'has') return hasKey(node.list, node.field)
  return node.op === 'has_list' ? hasListKey(node.list) : keyOf(node)
}
const hasListKey = (list: string): string => `has list ${list}`

function addWordComparison(sign: string, left: Node, right: Node, facts: Facts): void {
  if (sign !== '==' && sign !== '!=') return
  const [subject, word] = left.op === 'literal' ? [right, left] : [left, right]
  if (subject.op !== 'literal' && word.op === 'literal') addWords(facts, subject, [String(word.value)], sign === '==')
  else if (subject.op === 'literal' && word.op === 'literal')
    facts.failed ||= (subject.value === word.value) !== (sign === '==')
  else addTruth(facts, [keyOf(left), keyOf(right)].sort().join(' == '), sign === '==')
}

/** What a fact that is TRUE or FALSE reads has been answered: has(...) of it is true. */
function addAnswered(node: Node, facts: Facts): void {
  switch (node.op) {
    case 'read':
      addTruth(facts, hasKey(node.list, node.field), true)
      return
    case 'aggregate':
      addTruth(facts, hasListKey(node.list), true)
      return
    case 'in':
      if (node.options.length > 0) addAnswered(node.arg, facts)
      return
    case 'has':
    case 'and':
    case 'or':
    case 'one':
      return
    case 'if':
      return
    case 'compare':
      if (mayLackAnswers(node)) return
      for (const child of childrenOf(node)) addAnswered(child, facts)
      return
    default:
      for (const child of childrenOf(node)) addAnswered(child, facts)
  }
}

const NOTHING: Surroundings = { params: {}, reference: 0 }

/**
 * Whether bounds may have decided a comparison without all its answers. With one answer in it they cannot, unless they
 * decide it without any.
 */
function mayLackAnswers(node: Node & { op: 'compare' }): boolean {
  if (!isNumeric(node.left.type) || !refinable(node)) return false
  const read = new Set<string>()
  const walk = (part: Node): void => {
    if (part.op === 'read' || part.op === 'parameter' || part.op === 'aggregate') read.add(keyOf(part))
    else childrenOf(part).forEach(walk)
    if (part.op === 'if') read.add('').add('if')
  }
  walk(node)
  return read.size !== 1 || refinedOf(node)({}, {}, NOTHING) !== undefined
}

const goalsOf = (branch: Branch, list: string): ListGoals => {
  const known = branch.lists.get(list) ?? { every: [], some: [] }
  branch.lists.set(list, known)
  return known
}

/** exists and all say that some item is so, or that every one is. */
function addQuantifier({ fold, list, body }: Aggregate, truth: boolean, branch: Branch): void {
  const goals = goalsOf(branch, list)
  if (fold === 'exists' || fold === 'all') {
    const some = (fold === 'exists') === truth
    const goal = { node: body!, truth }
    if (some) goals.some.push([goal])
    else goals.every.push(goal)
  }
  if (fold === 'exists_one' && truth) goals.some.push([{ node: body!, truth: true }])
}

/** Remembers the counts that a comparison speaks of. */
function keepCounts(node: Node, branch: Branch): void {
  if (node.op === 'aggregate') {
    if (node.fold === 'count') branch.counts.set(keyOf(node), node)
  } else for (const child of childrenOf(node)) keepCounts(child, branch)
}

/** A count of at least one says that such an item exists; a count of none, that there is no such item. */
function addCounts(branch: Branch): void {
  for (const [key, { list, where }] of branch.counts) {
    const term = branch.facts.terms.get(key)
    if (term === undefined) continue
    const goals = goalsOf(branch, list)
    if (term.lo >= 1) goals.some.push(where === null ? [] : [{ node: where, truth: true }])
    if (term.hi <= 0) goals.every.push({ node: where ?? ANY_ITEM, truth: false })
  }
}
const ANY_ITEM: Node = { ...NOWHERE, op: 'literal', value: true }

/** Each item that must exist is looked at with what all items must be and what the household is. */
function listsPossible(branch: Branch, budget: { cases: number }): boolean {
  addCounts(branch)
  return [...branch.lists].every(([list, { every, some }]) =>
    some.every((goals) => possible([...goals, ...every], branchOf(copyFacts(branch.facts)), budget, list)),
  )
}
