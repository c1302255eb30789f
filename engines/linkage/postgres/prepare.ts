import type { Comparison, ComparisonKind, LevelTest } from '../model/model.ts'
import { at } from '../at.ts'
import { outcomesOf } from '../model/model.ts'

/** Kinds whose values PostgreSQL prepares and compares itself. Of the others the levels come from JavaScript (`levelRows`). */
export const SQL_KINDS: readonly ComparisonKind[] = ['exact', 'text', 'date', 'number', 'digits', 'prefix', 'tests']

export const quoteName = (name: string) => `"${name.replaceAll('"', '""')}"`
export const quoteText = (text: string) => `'${text.replaceAll("'", "''")}'`

/** Columns of one comparison that a record is prepared into: name -> SQL over the record's own columns. */
export function preparedColumns(comparison: Comparison, index: number, schema: string): Record<string, string> {
  const raw = comparison.columns.map((name) => `nullif(${quoteName(name)}::text, '')`)
  const of = (fn: string) => ({ [`p${index}`]: `${schema}.linkage_${fn}(${raw[0]})` })
  switch (comparison.kind) {
    case 'date':
      return of('date')
    case 'number':
      return of('number')
    case 'digits':
      return of('digits')
    case 'tests': {
      const within = comparison.levels.flatMap((level) =>
        (level.tests ?? []).flatMap((test) => (test.test === 'within' ? [test.column] : [])),
      )
      return Object.fromEntries(
        comparison.columns.flatMap((name, j) => {
          const value = at(raw, j)
          return [
            [`p${index}_${j}`, value],
            ...(within.includes(name) ? [[`p${index}_${j}n`, `${schema}.linkage_number(${value})`]] : []),
          ]
        }),
      )
    }
    case 'chinese_name':
    case 'person_id':
      return { [`p${index}`]: `array[${raw.join(', ')}]` }
    default:
      return of('text')
  }
}

/** The level that an outcome of a kind with fixed outcomes falls to: itself, or the next weaker one that is listed. */
function levelOf({ kind, levels }: Comparison, rank: number): number {
  const outcomes = outcomesOf(kind)
  const found = levels.findIndex((level) => outcomes.indexOf(level.name) >= rank)
  return found < 0 ? levels.length - 1 : found
}

const DATE_RANKS = [
  'A[4] = B[4]',
  `A[1] = B[1] and (A[2] = 1 and A[3] = 1 or B[2] = 1 and B[3] = 1 or A[2] = B[3] and A[3] = B[2] or A[2] = B[2] or A[3] = B[3])
  or A[1] <> B[1] and A[2] = B[2] and A[3] = B[3] and (abs(A[1] - B[1]) < 10 or abs(A[1] - B[1]) % 10 = 0)
  or abs(A[4] - B[4]) between 17 and 52`,
  'abs(A[1] - B[1]) <= 1',
]

/** Conditions of the levels but the last, over the prepared values A and B. */
function conditionsOf(comparison: Comparison, schema: string): [condition: string, level: number][] {
  const { kind, levels } = comparison
  const but_last = levels.slice(0, -1).map((level, k) => [level, k] as const)
  switch (kind) {
    case 'exact':
      return [['A = B', levelOf(comparison, 0)]]
    case 'digits':
      return [
        ['A = B', levelOf(comparison, 0)],
        [
          `least(length(A), length(B)) >= 5 and abs(length(A) - length(B)) <= 1 and ${schema}.linkage_edits(A, B) = 1`,
          levelOf(comparison, 1),
        ],
      ]
    case 'date':
      return DATE_RANKS.map((sql, rank) => [sql, levelOf(comparison, rank)])
    case 'number':
      return but_last.map(([{ within }, k]) => [`abs(A - B) <= ${within ?? 0}`, k])
    case 'prefix':
      return but_last.map(([{ length }, k]) => [
        length === undefined ? 'A = B' : `left(A, ${length}) = left(B, ${length})`,
        k,
      ])
    default:
      return [
        ['A = B', 0],
        ...but_last.flatMap(([{ at_least, max_edits }, k]) => {
          const conditions: [string, number][] = []
          if (max_edits !== undefined) {
            const edits = `${schema}.linkage_edits(A, B) <= ${max_edits}`
            conditions.push([`abs(length(A) - length(B)) <= ${max_edits} and ${edits}`, k])
          }
          if (at_least !== undefined) {
            conditions.push([`${schema}.linkage_jaro_winkler(A, B) >= ${at_least}::float8`, k])
          }
          return conditions
        }),
      ]
  }
}

function testSql(test: LevelTest, columns: readonly string[], index: number, schema: string): string {
  const of = (side: string, name: string, more = '') => `${side}.p${index}_${columns.indexOf(name)}${more}`
  if (test.test === 'reversed') {
    const [x, y] = test.columns
    return `${of('l', x)} = ${of('r', y)} and ${of('l', y)} = ${of('r', x)}`
  }
  const [a, b] = [of('l', test.column), of('r', test.column)]
  switch (test.test) {
    case 'equal':
      return `${a} = ${b}`
    case 'within':
      return `abs(${a}n - ${b}n) <= ${test.at_most}`
    case 'levenshtein':
      return `${schema}.linkage_levenshtein(${a}, ${b}) <= ${test.at_most}`
    case 'damerau_levenshtein':
      return `${schema}.linkage_damerau(${a}, ${b}) <= ${test.at_most}`
    case 'jaro_winkler':
      return `${schema}.linkage_jaro_winkler_95(${a}, ${b}) >= ${test.at_least}::float8`
  }
}

/** The level of a pair of prepared records l and r; -1 where there is nothing to compare. For the kinds of SQL_KINDS. */
export function levelSql(comparison: Comparison, index: number, schema: string): string {
  const last = comparison.levels.length - 1
  if (comparison.kind === 'tests') {
    const both = comparison.columns.map((_, j) => `l.p${index}_${j} is not null and r.p${index}_${j} is not null`)
    const cases = comparison.levels.slice(0, -1).map(({ tests }, k) => {
      const all = (tests ?? []).map((test) => `(${testSql(test, comparison.columns, index, schema)})`)
      return `when ${all.join(' and ')} then ${k}`
    })
    return `case when not (${both.join(' or ')}) then -1 ${cases.join('\n  ')} else ${last} end`
  }
  const [a, b] = [`l.p${index}`, `r.p${index}`]
  const cases = conditionsOf(comparison, schema).map(
    ([sql, level]) => `when ${sql.replaceAll(/\b[AB]\b/g, (side) => (side === 'A' ? a : b))} then ${level}`,
  )
  return `case when ${a} is null or ${b} is null then -1 ${cases.join('\n  ')} else ${last} end`
}
