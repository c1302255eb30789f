// Rules as ministries write them, in the three back ends on the same random households: which of them compile, and
// whether all agree. Read from a folder with `ministries.csv` (id, asked by, gives, rule) and `schema.mjs`.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { compileRule, isRefused } from '#engines/rules/check/check.ts'
import { askDatabase, databasesOf, dropTables, fillTables } from '#engines/rules/compare/tables.ts'
import type { Databases, Household } from '#engines/rules/compare/tables.ts'
import { evaluator } from '#engines/rules/run/evaluate.ts'
import { pick, randomParameters, randomRecord, REFERENCE_DATES, seeded } from '#engines/rules/compare/random.ts'
import type { FieldType, RuleSchema } from '#engines/rules/schema.ts'
import type { NamedRule } from '#engines/rules/sql/sql.ts'

export interface Row {
  id: string
  compiles: string
  differences: number
  unknown: number
  pairs: number
}

const BATCH = 300

/** Another way to say what the profile has another word for: the median of an area is a computed parameter. */
const SAID: Record<string, string> = { median60: 'double(income) < 0.6 * params.district_median_income' }

/** The folder beside the repository, where there is one. */
export function ministriesFolder(root: string): string | undefined {
  const folder = path.join(root, '../shared/cases/rules')
  return existsSync(path.join(folder, 'ministries.csv')) ? folder : undefined
}

/** One row a rule: compiles or why not, differences between back ends, and how often it is unknown. */
export async function checkMinistries(
  folder: string,
  databases: Databases,
  pairs: number,
  seed: number,
): Promise<{ rows: Row[]; shown: object[] }> {
  const { schema: given } = (await import(pathToFileURL(path.join(folder, 'schema.mjs')).href)) as {
    schema: RuleSchema
  }
  const median: FieldType = { type: 'money', min: 0 }
  const schema = { ...given, parameters: { ...given.parameters, district_median_income: median } }
  const rows: Row[] = []
  const rules: (NamedRule & { row: Row })[] = []
  for (const [id, gives, written] of readRules(readFileSync(path.join(folder, 'ministries.csv'), 'utf8'))) {
    const rule = compileRule(SAID[id] ?? written, schema, gives as FieldType['type'])
    const refused = isRefused(rule) ? rule[0] : undefined
    const row = { id, compiles: refused ? `no: ${refused.code}` : 'yes', differences: 0, unknown: 0, pairs: 0 }
    rows.push(row)
    if (!isRefused(rule)) rules.push({ name: `r${rules.length}`, rule, row })
  }
  const random = seeded(seed)
  const shown: object[] = []
  const runs = rules.map(({ rule }) => evaluator(rule))
  try {
    for (let done = 0, batch = 0; done < pairs; batch++, done += BATCH * rules.length) {
      const households = Array.from({ length: BATCH }, (): Household => {
        const reference_date = pick(random, REFERENCE_DATES)
        return {
          record: randomRecord(random, reference_date, schema),
          params: randomParameters(random, schema),
          reference_date,
        }
      })
      const fixed = batch % 2 === 0 ? households[0]! : null
      for (const [dialect, run] of databasesOf(databases)) await fillTables(run, dialect, households, schema)
      const asked = await Promise.all(
        databasesOf(databases).map(([dialect, run]) => askDatabase(run, dialect, rules, BATCH, fixed, schema)),
      )
      for (const [index, { record, ...own }] of households.entries()) {
        const { params, reference_date } = fixed ?? own
        for (const [at, { row, rule }] of rules.entries()) {
          const outcome = runs[at]!(record, params, reference_date)
          row.pairs++
          if (outcome.unknown) row.unknown++
          if (asked.every((answers) => answers[index]![at] === outcome.value)) continue
          row.differences++
          if (shown.length < 3)
            shown.push({
              id: row.id,
              rule: rule.source,
              record,
              params,
              reference_date,
              javascript: outcome.value,
              asked: asked.map((each) => each[index]![at]),
            })
        }
      }
    }
  } finally {
    for (const [, run] of databasesOf(databases)) await dropTables(run, schema)
  }
  return { rows, shown }
}

/** [id, gives, rule] of each line; a field in quotes may hold commas and doubled quotes. */
function readRules(text: string): [string, string, string][] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(1).map((line) => {
    const fields = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
    )
    return [fields[0]!, fields[2]!, fields[3]!]
  })
}
