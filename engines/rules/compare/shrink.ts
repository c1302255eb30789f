import { compileRule, isRefused } from '../check/check.ts'
import { askDatabase, databasesOf, dropTables, fillTables } from './tables.ts'
import { evaluator } from '../run/evaluate.ts'
import { RANDOM_SCHEMA } from './random.ts'
import { childrenOf } from '../tree.ts'
import type { Difference } from './compare.ts'
import type { Databases } from './tables.ts'
import type { RuleRecord } from '../schema.ts'

const MOST_TRIES = 400

/** The difference as it stands for another rule or household; undefined when all agree there or the rule is refused. */
async function differs(databases: Databases, candidate: Difference): Promise<Difference | undefined> {
  const rule = compileRule(candidate.rule, RANDOM_SCHEMA)
  if (isRefused(rule)) return undefined
  const { record, params, reference_date, fixed } = candidate
  const javascript = evaluator(rule)(record, params, reference_date)
  const answers: Difference['answers'] = {}
  for (const [dialect, runSql] of databasesOf(databases)) {
    await fillTables(runSql, dialect, [candidate])
    const standards = fixed ? { params, reference_date } : null
    const rows = await askDatabase(runSql, dialect, [{ name: 'r0', rule }], 1, standards)
    answers[dialect] = rows[0]![0]
  }
  const same = Object.values(answers).every((answer) => answer === javascript.value)
  return same ? undefined : { ...candidate, javascript, answers }
}

/** Pieces of the rule that are rules themselves, shortest first. */
function smallerRules(difference: Difference): Difference[] {
  const rule = compileRule(difference.rule, RANDOM_SCHEMA)
  if (isRefused(rule)) return []
  const pieces = new Set<string>()
  const walk = (node: Parameters<typeof childrenOf>[0]): void => {
    pieces.add(difference.rule.slice(node.start, node.end))
    childrenOf(node).forEach(walk)
  }
  walk(rule.root)
  return [...pieces]
    .filter((source) => source.length < difference.rule.length)
    .sort((a, b) => a.length - b.length)
    .map((source) => ({ ...difference, rule: source }))
}

/** The household with one thing less: an item, an answer, a parameter. */
function smallerHouseholds(difference: Difference): Difference[] {
  const { record, params } = difference
  const found: Difference[] = []
  const without = (changed: RuleRecord) => found.push({ ...difference, record: { ...record, ...changed } })
  for (const [field, value] of Object.entries(record)) {
    if (value === null) continue
    without({ [field]: null })
    if (!Array.isArray(value) || typeof value[0] !== 'object') continue
    const items = value as (RuleRecord | null)[]
    items.forEach((item, index) => {
      without({ [field]: items.toSpliced(index, 1) })
      for (const [name, answer] of Object.entries(item ?? {})) {
        if (answer !== null) without({ [field]: items.with(index, { ...item, [name]: null }) })
      }
    })
  }
  for (const [name, value] of Object.entries(params)) {
    if (value !== null) found.push({ ...difference, params: { ...params, [name]: null } })
  }
  return found
}

const withoutNulls = (record: RuleRecord): RuleRecord =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [
        name,
        Array.isArray(value)
          ? value.map((item: unknown) =>
              typeof item === 'object' && item !== null ? withoutNulls(item as RuleRecord) : item,
            )
          : value,
      ]),
  )

/**
 * The smallest case near a difference: parts of the rule, then of the household, are taken away as long as the back
 * ends still disagree (at most 400 tries). Answers that are missing are left out of the record.
 */
export async function smallestCase(databases: Databases, difference: Difference): Promise<Difference> {
  let smallest = difference
  let tries = 0
  try {
    for (let shrunk = true; shrunk && tries < MOST_TRIES;) {
      shrunk = false
      for (const candidate of [...smallerRules(smallest), ...smallerHouseholds(smallest)]) {
        if (++tries > MOST_TRIES) break
        const found = await differs(databases, candidate)
        if (!found) continue
        smallest = found
        shrunk = true
        break
      }
    }
  } finally {
    for (const [, runSql] of databasesOf(databases)) await dropTables(runSql)
  }
  return { ...smallest, record: withoutNulls(smallest.record), params: withoutNulls(smallest.params) }
}
