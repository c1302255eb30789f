import type { DuckDBConnection } from '@duckdb/node-api'
import type { TermFrequencies } from '../learn/bits.ts'
import { comparerOf } from '../compare/comparers.ts'
import { LinkageError } from '../errors.ts'
import { needColumns, readable } from './files.ts'
import type { OpenFile } from './files.ts'
import type { LinkageModel } from '../model/model.ts'
import { readColumns } from '../session/session.ts'
import { termsOf } from '../model/terms.ts'
import type { Term } from '../model/terms.ts'

type Fault = { row: number; message: string }
/** So many faults are told one by one. */
const TOLD = 20

/** The share's column of the model; `column` names it where a comparison has several. */
const nameOf = (model: LinkageModel, term: Term) => {
  const { name, columns } = model.comparisons[term.comparison]!
  return { comparison: name, column: term.column === null ? null : columns[term.column]! }
}

/** How a value is written under its term's key: folded as the comparison folds it; null: nothing to compare. */
function keyOf(model: LinkageModel, term: Term): (value: string) => string | null {
  const comparison = model.comparisons[term.comparison]!
  const comparer = comparerOf(comparison)
  return (value) => {
    const prepared = comparer.prepare(comparison.columns.map((_, i) => (i === (term.column ?? 0) ? value : null)))
    return prepared === null ? null : term.of(prepared)
  }
}

/**
 * Shares of values in a wider population, from a file of `comparison, value, share` and, for comparisons of kind `tests`,
 * `column`; comparisons that the file does not name keep the shares among the records. Throws `linkage_no_column`,
 * `linkage_bad_frequencies` with the first faults by row (the first row below the header is 1): a comparison that counts
 * no value by its frequency, a value that cannot be compared or stands twice, a share outside 0 to 1.
 */
export async function readFrequenciesFile(
  connection: DuckDBConnection,
  file: OpenFile & { path: string },
  model: LinkageModel,
): Promise<TermFrequencies> {
  const { path, columns, relation } = file
  needColumns(path, columns, ['comparison', 'value', 'share'])
  const column_sql = columns.includes('column') ? `nullif("column"::varchar, '')` : 'null::varchar'
  const rows = await readable(path, () =>
    readColumns(
      connection,
      `select comparison::varchar, ${column_sql}, value::varchar, share::varchar from ${relation}`,
    ),
  )
  const terms = termsOf(model).map((term) => ({ term, key: keyOf(model, term), ...nameOf(model, term) }))
  const known = terms.map(({ comparison, column }) => (column === null ? comparison : `${comparison} (${column})`))
  const found: TermFrequencies = {}
  const seen = new Map<string, number>()
  const faults: Fault[] = []
  for (const [i, name] of rows[0]!.entries()) {
    const [column, value, share] = rows.slice(1).map((each) => each[i] as string | null)
    const fault = (message: string) => faults.push({ row: i + 1, message })
    const of = terms.find((each) => each.comparison === name && (each.column ?? null) === (column ?? null))
    if (!of) {
      fault(`"${[name, column].filter(Boolean).join('", "')}" counts no value by its frequency.`)
      continue
    }
    const key = value ? of.key(value) : null
    if (key === null) {
      fault(`"${value ?? ''}" is no value of ${of.comparison}.`)
      continue
    }
    const number = share?.trim() ? Number(share) : NaN
    if (!(number > 0 && number <= 1)) fault(`The share of "${value}" is "${share ?? ''}", not above 0 and at most 1.`)
    const before = seen.get(`${of.term.key}\0${key}`)
    if (before)
      fault(
        `"${value}" stands in row ${before} already: upper and lower case, width and blanks do not tell them apart.`,
      )
    seen.set(`${of.term.key}\0${key}`, before ?? i + 1)
    found[of.term.key] ??= new Map()
    found[of.term.key]!.set(key, number)
  }
  if (faults.length > 0) {
    const told = faults.slice(0, 3).map(({ row, message }) => `Row ${row}: ${message}`)
    const more = faults.length > 3 ? ` And ${faults.length - 3} more.` : ''
    const counted =
      known.length > 0
        ? `Values are counted for ${known.join(', ')}.`
        : 'The model counts none: give a comparison "term_frequency": true.'
    throw new LinkageError('linkage_bad_frequencies', `${path} cannot be used. ${told.join(' ')}${more} ${counted}`, {
      path,
      faults: faults.length,
      errors: faults.slice(0, TOLD).map(({ row, message }) => ({ path: `row ${row}`, message })),
      comparisons: known,
    })
  }
  return found
}
