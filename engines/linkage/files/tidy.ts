import type { DuckDBConnection } from '@duckdb/node-api'
import type { LinkageProblem } from '../errors.ts'
import type { NamedFile } from './look.ts'
import { describe, readRow } from '../session/read.ts'
import { literal, quote } from '../session/text.ts'

/**
 * What programs and people write where there is no value. In these cases of letters alone: a child may be called Nan, a
 * family Null.
 */
const WORDS = [
  ...['None', 'none', 'NONE', 'nan', 'NaN', 'NAN', 'NULL', 'null', '(null)', '<NA>', 'NA', 'NaT', '#N/A', '#NULL!'],
  ...['N/A', 'n/a', 'n.a.', 'N.A.', 'unknown', 'Unknown', 'UNKNOWN', 'undefined', 'missing'],
  ...['无', '無', '空', '不详', '不詳', '未知', '暂无', '0000-00-00'],
]
/** Marks alone, five zeros or more, seven nines or more. */
const MARKS = String.raw`[-–—_.?*/\\]+|0{5,}|9{7,}`
/** Both in one pattern: a list of words for each column takes DuckDB longer to plan than a short file takes to read. */
const FILLER = `${WORDS.map((word) => word.replaceAll(/[.()#/]/g, String.raw`\$&`)).join('|')}|${MARKS}`
/** A whole number as a column of decimals writes it. Three zeros are thousands in half of Europe: 1.000. */
const WHOLE = String.raw`\s*\d+[.]00?\s*`
const DECIMAL = String.raw`\s*\d+[.]\d*[1-9]\d*\s*`
/** A long number as a spreadsheet shows it: its last digits are lost. */
const ROUNDED = String.raw`\s*\d([.]\d+)?[eE][+]\d{2,}\s*`
/** Different fillers of a column that are named. */
const NAMED = 3

const matches = (value: string, pattern: string) => `regexp_full_match(${value}, ${literal(pattern)})`
const isFiller = (trimmed: string) => matches(trimmed, FILLER)
const asWhole = (value: string) =>
  `regexp_replace(${value}, ${literal(String.raw`^\s*(\d+)[.]00?\s*$`)}, ${literal(String.raw`\1`)})`

export type TidyOptions = {
  /** Columns to look at; those that the file does not have are passed over. */
  columns: readonly string[]
  /** Columns whose fillers are values. */
  keep?: readonly string[]
  /** Columns of amounts, where 1.2e+10 is one. */
  amounts?: readonly string[]
}

type Found = { column: string; fillers: number; named: string; whole: number; decimals: number; rounded: number }

/**
 * The file as it is meant: fillers (None, nan, NULL, n/a, -, 000000000) and numbers that a spreadsheet rounded
 * (5.22301E+17) are missing, and 10000.0 is 10000 in a column that holds no other decimals. What was found is reported:
 * `linkage_fillers`, `linkage_rounded_numbers`, `linkage_whole_numbers`. Columns in which nothing is found stay as they are.
 */
export async function tidied<T extends NamedFile>(
  connection: DuckDBConnection,
  file: T,
  { columns, keep = [], amounts = [] }: TidyOptions,
): Promise<{ file: T; problems: LinkageProblem[] }> {
  const found = await look(connection, file, columns)
  const reads = new Map<string, string>()
  const kinds = {
    fillers: found.filter(({ column, fillers }) => fillers > 0 && !keep.includes(column)),
    rounded: found.filter(({ column, rounded }) => rounded > 0 && !amounts.includes(column)),
    whole: found.filter(({ whole, decimals }) => whole > 0 && decimals === 0),
  }
  for (const { column } of new Set([...kinds.fillers, ...kinds.rounded, ...kinds.whole])) {
    const has = (list: Found[]) => list.some((each) => each.column === column)
    const text = `${quote(column)}::varchar`
    const value = has(kinds.whole) ? asWhole(text) : text
    const missing = [
      ...(has(kinds.fillers) ? [isFiller(`trim(${value})`)] : []),
      ...(has(kinds.rounded) ? [matches(text, ROUNDED)] : []),
    ]
    reads.set(column, missing.length > 0 ? `case when ${missing.join(' or ')} then null else ${value} end` : value)
  }
  if (reads.size === 0) return { file, problems: [] }
  const replaced = [...reads].map(([column, sql]) => `${sql} as ${quote(column)}`).join(', ')
  return {
    file: { ...file, relation: `(select * replace (${replaced}) from ${file.relation})` },
    problems: problemsOf(file.path, kinds),
  }
}

/** One pass over the columns that may hold text or decimals, and another over those with fillers to name some. */
async function look(connection: DuckDBConnection, { relation, columns }: NamedFile, wanted: readonly string[]) {
  const loose = (await describe(connection, relation))
    .filter(({ type }) => /^(VARCHAR|DOUBLE|FLOAT|DECIMAL)/.test(type) && !/\[/.test(type))
    .map(({ name }) => name)
    .filter((name) => columns.includes(name) && wanted.includes(name))
  if (loose.length === 0) return []
  // v as it stands, t as it would be read: each is written once, since planning this takes longer than reading a short list
  const values = loose.map((column, i) => {
    const value = `${quote(column)}::varchar`
    return `${value} as v${i}, trim(${asWhole(value)}) as t${i}`
  })
  const from = `(select ${values.join(', ')} from ${relation})`
  const counts = loose.flatMap((_, i) =>
    [isFiller(`t${i}`), ...[WHOLE, DECIMAL, ROUNDED].map((pattern) => matches(`v${i}`, pattern))].map(
      (wanted) => `count(*) filter (where ${wanted})::double`,
    ),
  )
  const row = await readRow(connection, `select ${counts.join(', ')} from ${from}`)
  const found = loose.map((column, i): Found => {
    const count = (k: number) => row.number(4 * i + k)
    return { column, fillers: count(0), named: '', whole: count(1), decimals: count(2), rounded: count(3) }
  })
  const filled = found.flatMap((each, i) => (each.fillers > 0 ? [{ each, i }] : []))
  if (filled.length === 0) return found
  const examples = filled.map(
    ({ i }) => `string_agg(distinct trim(v${i}), ', ' order by trim(v${i})) filter (where ${isFiller(`t${i}`)})`,
  )
  const named = await readRow(connection, `select ${examples.join(', ')} from ${from}`)
  for (const [k, { each }] of filled.entries()) each.named = named.text(k).split(', ').slice(0, NAMED).join(', ')
  return found
}

function problemsOf(path: string, kinds: Record<'fillers' | 'rounded' | 'whole', Found[]>): LinkageProblem[] {
  const by = (list: Found[], count: (each: Found) => number) =>
    Object.fromEntries(list.map((each) => [each.column, count(each)]))
  const problems: LinkageProblem[] = []
  if (kinds.fillers.length > 0) {
    const each = kinds.fillers.map(({ column, fillers, named }) => `${column} ${fillers} (${named})`).join(', ')
    const message = `Values of ${path} that stand for none count as missing: ${each}. Where they are true values, keep them (doorstep link: --keep-fillers ${kinds.fillers.map(({ column }) => column).join(',')}).`
    const detail = { path, fillers: by(kinds.fillers, ({ fillers }) => fillers) }
    problems.push({ code: 'linkage_fillers', message, detail })
  }
  if (kinds.rounded.length > 0) {
    const each = kinds.rounded.map(({ column, rounded }) => `${column} ${rounded}`).join(', ')
    const message = `Long numbers of ${path} were rounded, as 5.22301E+17, and count as missing: ${each}. Their last digits are lost in this file: export it anew with these columns as text.`
    problems.push({
      code: 'linkage_rounded_numbers',
      message,
      detail: { path, rounded: by(kinds.rounded, ({ rounded }) => rounded) },
    })
  }
  if (kinds.whole.length > 0) {
    const each = kinds.whole.map(({ column, whole }) => `${column} ${whole}`).join(', ')
    const message = `Whole numbers of ${path} are written with .0 (a column of decimals) and are read without it: ${each}.`
    problems.push({
      code: 'linkage_whole_numbers',
      message,
      detail: { path, whole: by(kinds.whole, ({ whole }) => whole) },
    })
  }
  return problems
}
