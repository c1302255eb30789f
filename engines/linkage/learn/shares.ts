import type { DuckDBConnection } from '@duckdb/node-api'
import { at } from '../at.ts'
import { smoothedShare } from './bits.ts'
import type { TermFrequencies } from './bits.ts'
import { comparerOf } from '../compare/comparers.ts'
import type { Relation } from '../pairs/load.ts'
import type { LinkageModel } from '../model/model.ts'
import { readColumns, textOrNull } from '../session/read.ts'
import { quote } from '../session/text.ts'
import { levelOfTerm, termsOf } from '../model/terms.ts'

/** The run whose shares are wanted: its lists, its model, and the shares that it was given. */
export type SharesOf = {
  relations: readonly (Relation & { columns: readonly string[] })[]
  model: LinkageModel
  given?: TermFrequencies
}

/**
 * The shares that a run over these relations takes of the values of a few records, so that one pair can be explained with
 * the very weight it was given. Reads every distinct value of the columns concerned. Null for a column that is not there.
 */
export async function sharesOf(
  connection: DuckDBConnection,
  { relations, model, given = {} }: SharesOf,
  records: readonly Readonly<Record<string, string | null>>[],
): Promise<TermFrequencies> {
  const found: TermFrequencies = {}
  for (const term of termsOf(model)) {
    const comparison = at(model.comparisons, term.comparison)
    const comparer = comparerOf(comparison)
    const keyOf = (values: readonly (string | null)[]) => {
      const prepared = comparer.prepare(values)
      return prepared === null ? null : term.of(prepared)
    }
    const counts = new Map<string, number>()
    for (const record of records) {
      const key = keyOf(comparison.columns.map((name) => record[name] || null))
      if (key !== null) counts.set(key, 0)
    }
    let total = 0
    for (const { relation, columns } of relations) {
      const select = comparison.columns.map((name) =>
        columns.includes(name) ? `nullif(${quote(name)}::varchar, '')` : 'null::varchar',
      )
      const sql = `select count(*)::double, ${select.join(', ')} from ${relation} group by ${select.join(', ')}`
      const [times, ...values] = await readColumns(connection, sql)
      for (const [row, n] of times.map(Number).entries()) {
        const key = keyOf(values.map((column) => textOrNull(column[row])))
        if (key === null) continue
        total += n
        const count = counts.get(key)
        if (count !== undefined) counts.set(key, count + n)
      }
    }
    const { u, chance = 1 } = levelOfTerm(model, term)
    const net = relations.length === 1 ? chance : 1
    const known = given[term.key]
    found[term.key] = new Map(
      [...counts].map(([key, count]) => [key, known?.get(key) ?? smoothedShare(count, total, u, net)]),
    )
  }
  return found
}
