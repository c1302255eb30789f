import { closureOf } from '../run/closures.ts'
import { surroundings } from '../run/evaluate.ts'
import { pick, seeded } from '../compare/random.ts'
import { isNumeric } from '../schema.ts'
import { mutator } from '../compare/mutate.ts'
import { childrenOf } from '../tree.ts'
import type { Goal } from './refute.ts'
import type { RuleRecord, RuleSchema } from '../schema.ts'
import type { Aggregate, Node } from '../tree.ts'
import { valueAt } from '../run/why.ts'
import type { Standing } from '../run/why.ts'

/** A record, with the parameters and the day, for which something holds. */
export type Witness = { record: RuleRecord; params: RuleRecord; reference_date: string }

export type Search = {
  reference_date: string
  /** Parameter values where they are fixed; left out, they are looked for too. */
  params?: RuleRecord
  /** Records to begin from. */
  start?: RuleRecord[]
  /** Fields that are worked out from others, not answered: their rules, and the record with all of them. */
  derived?: Map<string, Node>
  complete?: (record: RuleRecord) => RuleRecord
  /** Records looked at before giving up: 3,000 where nothing is said. */
  tries?: number
}

const TRIES = 3_000
/** Records without an improvement before another beginning is tried. */
const PATIENCE = 300

/**
 * A record that meets every goal, or undefined when none was found. Every witness has been evaluated: it holds. The
 * search is guided by how far each comparison is from its goal (branch distance; P. McMinn, Search-based software test
 * data generation, 2004, section 4) and is the same at every run.
 */
export function findWitness(goals: Goal[], schema: RuleSchema, search: Search): Witness | undefined {
  const random = seeded(goals.length)
  const complete = search.complete ?? ((record: RuleRecord) => record)
  const derived = search.derived ?? new Map<string, Node>()
  const nodes = withDerived(
    goals.map((goal) => goal.node),
    derived,
  )
  const { fresh, changed } = mutator(nodes, schema, derived, search, random)
  const far = ({ record, params }: Candidate): number => {
    const around = surroundings(params, search.reference_date)
    const at = { record: complete(record), item: {}, index: -1, around }
    return goals.reduce((sum, { node, truth }) => sum + distance(node, truth, at, derived), 0)
  }
  let best: Candidate | undefined
  let least = Infinity
  let since = 0
  for (let tries = search.tries ?? TRIES; tries > 0; tries--) {
    if (best === undefined || since > PATIENCE) {
      best = fresh(search.start && search.start.length > 0 ? pick(random, search.start) : undefined)
      least = far(best)
      since = 0
    }
    if (least === 0) return { ...smallest(best, (each) => far(each) === 0), reference_date: search.reference_date }
    const next = changed(best)
    const distance = far(next)
    since = distance < least ? 0 : since + 1
    if (distance <= least) {
      best = next
      least = distance
    }
  }
  return undefined
}

/** The record without the answers and items that it does not need. */
function smallest(found: Candidate, holds: (candidate: Candidate) => boolean): Candidate {
  let { record } = found
  const tryOn = (next: RuleRecord): void => {
    if (holds({ ...found, record: next })) record = next
  }
  for (const field of Object.keys(record)) {
    const { [field]: value, ...rest } = record
    tryOn(rest)
    if (!Object.hasOwn(record, field) || !Array.isArray(value)) continue
    for (let index = value.length - 1; index >= 0; index--) {
      tryOn({ ...record, [field]: (record[field] as unknown[]).toSpliced(index, 1) })
    }
    ;(record[field] as unknown[]).forEach((item, index) => {
      for (const name of typeof item === 'object' && item !== null ? Object.keys(item) : []) {
        const items = record[field] as RuleRecord[]
        const { [name]: _, ...others } = items[index]!
        tryOn({ ...record, [field]: items.with(index, others) })
      }
    })
  }
  return { ...found, record }
}

export type Candidate = { record: RuleRecord; params: RuleRecord }

/** The rules and, behind them, those of the derived fields they read. */
function withDerived(roots: Node[], derived: Map<string, Node>): Node[] {
  const found = new Set(roots)
  const walk = (node: Node): void => {
    const behind = (node.op === 'read' || node.op === 'has') && node.list === null ? derived.get(node.field) : undefined
    if (behind && !found.has(behind)) {
      found.add(behind)
      walk(behind)
    }
    childrenOf(node).forEach(walk)
  }
  roots.forEach(walk)
  return [...found]
}

const add = (numbers: number[]): number => numbers.reduce((sum, each) => sum + each, 0)

/** 0 when the node has the truth asked for; else larger the more has to change. */
function distance(node: Node, truth: boolean, at: Standing, derived: Map<string, Node>): number {
  const value = closureOf(node)(at.record, at.item, at.around)
  if (value === truth) return 0
  const of = (part: Node, wanted: boolean): number => distance(part, wanted, at, derived)
  switch (node.op) {
    case 'not':
      return of(node.arg, !truth)
    case 'and':
    case 'or': {
      const parts = node.args.map((arg) => of(arg, truth))
      return (node.op === 'and') === truth ? add(parts) : Math.min(...parts)
    }
    case 'if':
      return Math.min(
        of(node.condition, true) + of(node.met, truth),
        of(node.condition, false) + of(node.otherwise, truth),
      )
    case 'read': {
      const behind = node.list === null ? derived.get(node.field) : undefined
      // A derived field is worked out before: when its own rule holds and it does not, a little is still missing.
      return behind ? Math.max(of(behind, truth), 0.01) : 1
    }
    case 'compare': {
      const [a, b] = [valueAt(node.left, at), valueAt(node.right, at)]
      if (a === undefined || b === undefined) return 2
      if (!isNumeric(node.left.type) && node.left.type !== 'date') return 1
      const gap = Math.abs((a as number) - (b as number))
      return 0.1 + (0.8 * gap) / (gap + 1000)
    }
    case 'aggregate':
      return overItems(node, truth, at, derived)
    default:
      return 1
  }
}

function overItems(node: Aggregate, truth: boolean, at: Standing, derived: Map<string, Node>): number {
  const items = at.record[node.list]
  if (!Array.isArray(items)) return 2
  if (node.fold !== 'exists' && node.fold !== 'all') return 1
  const some = (node.fold === 'exists') === truth
  const each = (items as (RuleRecord | null)[]).map((item, index) =>
    distance(node.body!, truth, { ...at, item: item ?? {}, index }, derived),
  )
  return some ? Math.min(1.5, ...each) : add(each)
}
