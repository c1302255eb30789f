import type { DuckDBConnection } from '@duckdb/node-api'
import { at } from '../at.ts'
import type { TermFrequencies } from '../learn/bits.ts'
import { comparerOf } from '../compare/comparers.ts'
import { LinkageError } from '../errors.ts'
import { needColumns, readable } from './files.ts'
import type { OpenFile } from './files.ts'
import type { LinkageModel } from '../model/model.ts'
import { readRows } from '../session/read.ts'
import { termsOf } from '../model/terms.ts'
import type { Term } from '../model/terms.ts'

type Fault = { row: number; message: string }
/** Faults that the detail lists one by one, and the message. */
const LISTED = 20
const NAMED = 3

/** The share's column of the model; `column` names it where a comparison has several. */
const nameOf = (model: LinkageModel, term: Term) => {
  const { name, columns } = at(model.comparisons, term.comparison)
  return { comparison: name, column: term.column === null ? null : at(columns, term.column) }
}

/** How a value is written under its term's key: folded as the comparison folds it; null: nothing to compare. */
function keyOf(model: LinkageModel, term: Term): (value: string) => string | null {
  const comparison = at(model.comparisons, term.comparison)
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
    readRows(
      connection,
      `select comparison::varchar, ${column_sql}, value::varchar, share::varchar from ${relation}`,
      (row): Line => ({
        comparison: row.textOrNull(0),
        column: row.textOrNull(1),
        value: row.textOrNull(2),
        share: row.textOrNull(3),
      }),
    ),
  )
  const terms = termsOf(model).map((term): KnownTerm => ({ term, key: keyOf(model, term), ...nameOf(model, term) }))
  const { found, faults } = takeLines(rows, terms)
  if (faults.length > 0) refuse(path, faults, terms)
  return found
}

/** One line of the file. */
type Line = { comparison: string | null; column: string | null; value: string | null; share: string | null }

type KnownTerm = { term: Term; key: (value: string) => string | null; comparison: string; column: string | null }

function takeLines(lines: readonly Line[], terms: readonly KnownTerm[]): { found: TermFrequencies; faults: Fault[] } {
  const found: TermFrequencies = {}
  const seen = new Map<string, number>()
  const faults: Fault[] = []
  for (const [i, { comparison, column, value, share }] of lines.entries()) {
    const fault = (message: string) => faults.push({ row: i + 1, message })
    const of = terms.find((each) => each.comparison === comparison && each.column === column)
    if (!of) {
      fault(`"${[comparison, column].filter(Boolean).join('", "')}" counts no value by its frequency.`)
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
    const shares = (found[of.term.key] ??= new Map<string, number>())
    shares.set(key, number)
  }
  return { found, faults }
}

function refuse(path: string, faults: readonly Fault[], terms: readonly KnownTerm[]): never {
  const first = faults.slice(0, NAMED).map(({ row, message }) => `Row ${row}: ${message}`)
  const more = faults.length > NAMED ? ` And ${faults.length - NAMED} more.` : ''
  const known = terms.map(({ comparison, column }) => (column === null ? comparison : `${comparison} (${column})`))
  const counted =
    known.length > 0
      ? `Values are counted for ${known.join(', ')}.`
      : 'The model counts none: give a comparison "term_frequency": true.'
  throw new LinkageError('linkage_bad_frequencies', `${path} cannot be used. ${first.join(' ')}${more} ${counted}`, {
    path,
    faults: faults.length,
    errors: faults.slice(0, LISTED).map(({ row, message }) => ({ path: `row ${row}`, message })),
    comparisons: known,
  })
}
