import { compileRule, isRefused } from '../check/check.ts'
import { askDatabase, databasesOf, dropTables, fillTables } from './tables.ts'
import { noTally, tallyPair, traitsOf } from './tally.ts'
import { evaluator } from '../run/evaluate.ts'
import { pick, RANDOM_SCHEMA, randomParameters, randomRecord, randomRule, REFERENCE_DATES, seeded } from './random.ts'
import type { Databases, Household, RunSql } from './tables.ts'
import type { Tally } from './tally.ts'
import type { DialectName } from '../sql/dialect.ts'
import type { Outcome } from '../run/evaluate.ts'
import type { Random } from './random.ts'
import type { NamedRule } from '../sql/sql.ts'

export type { RunSql } from './tables.ts'

/** One rule and one household on which not all agree. `answers` has one value per database; null is unknown. */
export type Difference = Household & {
  rule: string
  /** True where parameters and date were literals of the statement, false where they were columns. */
  fixed: boolean
  javascript: Outcome
  answers: Partial<Record<DialectName, unknown>>
}

export type Comparison = Tally & {
  pairs: number
  rules: number
  households: number
  refused: number
  differences: Difference[]
}

const RULES_PER_PACK = 40
const HOUSEHOLDS = 60
const PACKS_PER_FILL = 10
const KINDS = ['bool', 'bool', 'bool', 'int', 'money', 'decimal', 'date', 'text'] as const

/**
 * Random (rule, household) pairs through the evaluator and every database given, each compared with each: every
 * difference is given (the first 20), with its rule and record. Half the packs take parameters and reference date as
 * literals, half from columns. Missing answers, missing and empty lists, boundary values and birthdays are among the
 * records; the counts say how many. Same seed, same pairs. Tables are temporary and dropped.
 */
export async function compareAll(
  databases: Databases,
  seed: number,
  pairs: number,
  progress: (so_far: Comparison) => void = () => {},
): Promise<Comparison> {
  const random = seeded(seed)
  const total: Comparison = { pairs: 0, rules: 0, households: 0, refused: 0, ...noTally(), differences: [] }
  let households: Household[] = []
  try {
    for (let packs = 0; total.pairs < pairs && total.differences.length < 20; packs++) {
      if (packs % PACKS_PER_FILL === 0) {
        households = Array.from({ length: HOUSEHOLDS }, () => randomHousehold(random))
        for (const [dialect, runSql] of databasesOf(databases)) await fillTables(runSql, dialect, households)
        total.households += HOUSEHOLDS
      }
      const rules = randomPack(random, total)
      const { params, reference_date } = pick(random, households)
      await comparePack(databases, rules, households, packs % 2 === 0 ? { params, reference_date } : null, total)
      progress(total)
    }
  } finally {
    for (const [, runSql] of databasesOf(databases)) await dropTables(runSql)
  }
  return total
}

/** compareAll with one database. */
export const compareBackends = (
  runSql: RunSql,
  dialect: DialectName,
  seed: number,
  pairs: number,
): Promise<Comparison> => compareAll({ [dialect]: runSql }, seed, pairs)

const randomHousehold = (random: Random): Household => {
  const reference_date = pick(random, REFERENCE_DATES)
  return { record: randomRecord(random, reference_date), params: randomParameters(random), reference_date }
}

/** Refusals that random rules may meet by right; any other is a mistake in the checker or in the generator. */
const EXPECTED_REFUSALS = new Set(['rule_maybe_zero_division', 'rule_out_of_range'])

function randomPack(random: Random, total: Comparison): NamedRule[] {
  const rules: NamedRule[] = []
  while (rules.length < RULES_PER_PACK) {
    const source = randomRule(random, pick(random, KINDS), 1 + Math.floor(random() * 4))
    const rule = compileRule(source, RANDOM_SCHEMA)
    if (isRefused(rule)) {
      const wrong = rule.find((problem) => !EXPECTED_REFUSALS.has(problem.code))
      if (wrong) throw new Error(`${wrong.code}: ${wrong.message} in ${source}`)
      total.refused++
    } else rules.push({ name: `r${rules.length}`, rule })
  }
  return rules
}

async function comparePack(
  databases: Databases,
  rules: NamedRule[],
  households: Household[],
  fixed: Pick<Household, 'params' | 'reference_date'> | null,
  total: Comparison,
): Promise<void> {
  const asked = await Promise.all(
    databasesOf(databases).map(async ([dialect, runSql]) => {
      const rows = await askDatabase(runSql, dialect, rules, households.length, fixed)
      return { dialect, rows }
    }),
  )
  const evaluators = rules.map(({ rule }) => ({ rule, run: evaluator(rule) }))
  for (const [index, { record, ...own }] of households.entries()) {
    const { params, reference_date } = fixed ?? own
    const traits = traitsOf(record, reference_date)
    for (const [at, { rule, run }] of evaluators.entries()) {
      const outcome = run(record, params, reference_date)
      total.pairs++
      tallyPair(total, rule, outcome, traits)
      if (asked.every(({ rows }) => rows[index]![at] === outcome.value)) continue
      if (total.differences.length >= 20) return
      const answers = Object.fromEntries(asked.map(({ dialect, rows }) => [dialect, rows[index]![at]]))
      const place = { record, params, reference_date, fixed: fixed !== null }
      total.differences.push({ rule: rule.source, ...place, javascript: outcome, answers })
    }
  }
  total.rules += rules.length
}
