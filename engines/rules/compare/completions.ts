import { compileRule, isRefused } from '../check/check.ts'
import { evaluator } from '../run/evaluate.ts'
import { closureOf } from '../run/closures.ts'
import { surroundings } from '../run/evaluate.ts'
import {
  pick,
  RANDOM_SCHEMA,
  randomParameters,
  randomRecord,
  randomRule,
  randomValue,
  REFERENCE_DATES,
  seeded,
} from './random.ts'
import { boundsOf } from '../schema.ts'
import { childrenOf } from '../tree.ts'
import { valueReader } from '../run/closures.ts'
import { baseOf } from '../check/scope.ts'
import type { Random } from './random.ts'
import type { FieldType, RuleRecord, RuleSchema } from '../schema.ts'
import type { Node } from '../tree.ts'

/** A decided answer that a completion of the missing ones changes: there must be none. */
export type Changed = {
  rule: string
  record: RuleRecord
  completed: RuleRecord
  params: RuleRecord
  before: unknown
  after: unknown
}

const NOWHERE = { start: 0, end: 0 }
const isAnswer = (value: unknown, type: FieldType): boolean =>
  valueReader(baseOf(type, NOWHERE, boundsOf(type)))(value) !== undefined

/** An answer that counts as one, often at the end of its bounds. */
function anAnswer(random: Random, type: FieldType, reference_date: string): unknown {
  const bounds = boundsOf(type)
  if (bounds && random() < 0.4) return pick(random, [bounds.lo, bounds.hi])
  for (;;) {
    const value = randomValue(random, type, reference_date)
    if (value !== null && isAnswer(value, type)) return value
  }
}

/** The answers with those that are missing, or are no answer, filled in. */
function filled(
  random: Random,
  types: Record<string, FieldType>,
  answers: RuleRecord,
  reference_date: string,
  keep: (field: string) => boolean,
): RuleRecord {
  const whole: RuleRecord = { ...answers }
  for (const [field, type] of Object.entries(types))
    if (!isAnswer(answers[field], type) && !keep(field)) whole[field] = anAnswer(random, type, reference_date)
  return whole
}

/** A record without a gap that says the same where this one says anything. Fields and lists of `asked` stay missing. */
export function completion(
  random: Random,
  record: RuleRecord,
  schema: RuleSchema,
  reference_date: string,
  asked: ReadonlySet<string> = new Set(),
): RuleRecord {
  const whole = filled(random, schema.household, record, reference_date, (field) => asked.has(field))
  for (const [list, types] of Object.entries(schema.lists)) {
    if (!Array.isArray(record[list]) && asked.has(list)) continue
    const made = () => Array.from({ length: Math.floor(random() * 5) }, () => null)
    const items = Array.isArray(record[list]) ? (record[list] as (RuleRecord | null)[]) : made()
    whole[list] = items.map((item) =>
      filled(random, types, item ?? {}, reference_date, (field) => asked.has(`${list}.${field}`)),
    )
  }
  return whole
}

/** What a rule asks about with has(...): a completion that answers it would change what is asked. */
export function askedOf(node: Node, into = new Set<string>()): Set<string> {
  if (node.op === 'has') into.add(node.list === null ? node.field : `${node.list}.${node.field}`)
  if (node.op === 'has_list') into.add(node.list)
  for (const child of childrenOf(node)) askedOf(child, into)
  return into
}

/**
 * Random rules and households with gaps: an answer that is decided must be the same for every completion tried. `decided`
 * counts the answers that bounds decided and plain evaluation left unknown.
 */
export function tryCompletions(
  seed: number,
  pairs: number,
  completions: number,
): { pairs: number; known: number; decided: number; changed: Changed[] } {
  const random = seeded(seed)
  const found = { pairs: 0, known: 0, decided: 0, changed: [] as Changed[] }
  while (found.pairs < pairs) {
    const source = randomRule(random, pick(random, ['bool', 'bool', 'bool', 'int', 'decimal', 'money'] as const), 3)
    const rule = compileRule(source, RANDOM_SCHEMA)
    if (isRefused(rule)) continue
    const run = evaluator(rule)
    const asked = askedOf(rule.root)
    for (let household = 0; household < 20; household++) {
      const reference_date = pick(random, REFERENCE_DATES)
      const [record, params] = [randomRecord(random, reference_date), randomParameters(random)]
      const before = run(record, params, reference_date)
      found.pairs++
      if (before.unknown) continue
      found.known++
      if (closureOf(rule.root)(record, {}, surroundings(params, reference_date)) === undefined) found.decided++
      for (let tries = 0; tries < completions; tries++) {
        const completed = completion(random, record, RANDOM_SCHEMA, reference_date, asked)
        const all = filled(random, RANDOM_SCHEMA.parameters, params, reference_date, () => false)
        const after = run(completed, all, reference_date)
        if (after.value !== before.value) {
          found.changed.push({ rule: source, record, completed, params: all, before: before.value, after: after.value })
          break
        }
      }
      if (found.changed.length >= 10) return found
    }
  }
  return found
}
