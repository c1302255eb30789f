import type { Expr } from './parse.ts'
import { childrenOf } from '../tree.ts'
import type { CallName, Node } from '../tree.ts'

/** DuckDB refuses expressions more than 1,000 levels deep; one of our levels makes at most four of its. */
export const MAX_DEPTH = 200
/** A pack's statement stays readable for the planner; ordinary rules weigh 20 to 200. */
export const MAX_WEIGHT = 20_000

/** Height of the parser's tree, counted without recursion: it is what protects the recursions after it. */
export function depthOf(root: Expr): number {
  let deepest = 0
  const open: { expr: Expr; depth: number }[] = [{ expr: root, depth: 1 }]
  for (let top = open.pop(); top; top = open.pop()) {
    const { expr, depth } = top
    deepest = Math.max(deepest, depth)
    for (const part of partsOf(expr)) if (part) open.push({ expr: part, depth: depth + 1 })
  }
  return deepest
}

function partsOf({ exprKind: kind }: Expr): (Expr | undefined)[] {
  if (kind.case === 'selectExpr') return [kind.value.operand]
  if (kind.case === 'listExpr') return kind.value.elements
  if (kind.case === 'callExpr') return [kind.value.target, ...kind.value.args]
  if (kind.case === 'comprehensionExpr') return [kind.value.iterRange, kind.value.loopStep]
  return []
}

const known = new WeakMap<Node, number>()

/** How many nodes the SQL has: some SQL forms write an operand more than once, which multiplies when they nest. */
export function weightOf(node: Node): number {
  let weight = known.get(node)
  if (weight === undefined) {
    weight = weigh(node)
    known.set(node, weight)
  }
  return weight
}

function weigh(node: Node): number {
  const sum = (nodes: Node[]): number => nodes.reduce((total, part) => total + weightOf(part), 1)
  switch (node.op) {
    case 'not':
      return 1 + weightOf(node.arg)
    case 'and':
    case 'or':
      return sum(node.args)
    case 'one':
      return 3 * sum(node.args)
    case 'compare':
      // Both bounds of both sides are written.
      return 2 * sum(node.cross ? [node.cross.left, node.cross.right] : [node.left, node.right])
    case 'arithmetic':
      return 1 + (node.sign === '/' ? 3 : 1) * sum([node.left, node.right])
    case 'in':
      return node.options.every((option) => option.op === 'literal')
        ? sum([node.arg, ...node.options])
        : sum(node.options) + node.options.length * weightOf(node.arg)
    case 'chosen':
      return 2 * sum([node.arg, node.set])
    case 'if':
      // Of two verdicts the written ones are said once, of two others both twice.
      return node.type === 'bool' && ![node.met, node.otherwise].some((part) => part.op === 'literal')
        ? 2 * sum([node.condition, node.met, node.otherwise])
        : 2 * weightOf(node.condition) + sum([node.met, node.otherwise])
    case 'call':
      return sum(node.args) * (FACTORS[node.name] ?? 1)
    case 'aggregate': {
      return 6 * sum(childrenOf(node))
    }
    default:
      return 1
  }
}

/** How often a call writes its operands; one that is not named here writes them once. */
const FACTORS: Partial<Record<CallName, number>> = {
  age: 4,
  age_months: 6,
  least: 2,
  greatest: 2,
  round: 3,
  floor: 3,
  ceil: 3,
  money: 3,
  exp: 3,
  substring: 2,
}
