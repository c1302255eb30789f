import { IMAGINARY } from './bits.ts'
import type { TermFrequencies } from './bits.ts'
import { LinkageError } from '../errors.ts'
import { raw } from '../compare/levels-sql.ts'
import { at } from '../at.ts'
import { readColumns, textOrNull } from '../session/read.ts'
import { literal } from '../session/text.ts'
import type { EncodedRecords, Run } from '../pairs/encode.ts'
import { levelOfTerm, termsOf } from '../model/terms.ts'
import type { Term } from '../model/terms.ts'

/** The slot of the codes tables that holds a term's value. */
export function termSlot(encoded: EncodedRecords, term: Term): string {
  const { comparison, sql } = at(encoded.comparisons, term.comparison)
  const slot = sql.terms[term.column === null ? '' : at(comparison.columns, term.column)]
  if (slot === undefined) throw new RangeError(`${comparison.name} keeps no value for the frequency of ${term.key}`)
  return slot
}

/**
 * lk_terms_<n>(code, n): how many records of both sides hold each value of the n-th term, by its hash. lk_frequency_<n>
 * adds its share and bits: log2(u / share), to be added at the term's levels. `given` shares (of a whole nation, say) take
 * the place of those found here wherever they name a value: in a small county a common name may happen to stand once.
 * `net`: the part of two records' agreement that is chance. In one list the copies of a person make his own values look
 * common; the shares found are taken down by so much.
 */
export async function writeFrequencies(
  { session, model, encoded }: Run,
  given: TermFrequencies = {},
  net: (term: Term) => number = () => 1,
) {
  for (const [n, term] of termsOf(model).entries()) {
    const slot = termSlot(encoded, term)
    const { u } = levelOfTerm(model, term)
    const each = (encoded.dedupe ? ['left'] : ['left', 'right']).map(
      (side) => `select ${slot} as code from lk_codes_${side}`,
    )
    await session.step(
      `terms_${n}`,
      `select code, count(*)::double as n from (${each.join(' union all ')}) where code is not null group by code`,
    )
    const known = given[term.key]
    if (known) {
      for (const [value, share] of known) {
        if (share > 0 && share <= 1) continue
        const message = `The share of "${value}" of ${term.key} is ${share}, not above 0 and at most 1.`
        throw new LinkageError('linkage_bad_frequencies', message, { comparison: term.key, value, share })
      }
      await session.fill(`given_${n}`, 'shares given', { value: 'text', share: 'double' }, async (writer) => {
        if (known.size > 0) writer.write([[...known.keys()], [...known.values()]])
      })
    }
    const share = `(${net(term)} * n + ${IMAGINARY * u}) / (total + ${IMAGINARY})`
    await session.step(
      `frequency_${n}`,
      `with found as (select code, n, (select sum(n) from lk_terms_${n}) as total from lk_terms_${n}),
shares as (select code, ${known ? `coalesce(g.share, ${share})` : share} as share
  from found${known ? ` left join lk_given_${n} g on hash(g.value) = code` : ''})
select code, share, log2(${u}) - log2(share) as bits from shares`,
    )
  }
}

/** The shares of all values by their text, for scoring single pairs in JavaScript. Reads every value: not for millions. */
export async function readFrequencies({ session, model, encoded }: Run): Promise<TermFrequencies> {
  const found: TermFrequencies = {}
  for (const [n, term] of termsOf(model).entries()) {
    const { comparison, comparer } = at(encoded.comparisons, term.comparison)
    const columns = comparison.columns.map(raw).join(', ')
    const slot = termSlot(encoded, term)
    const each = (encoded.dedupe ? ['left'] : ['left', 'right']).map(
      (side) =>
        `select c.${slot} as code, ${columns} from lk_codes_${side} c join lk_${side} n using (id) join lk_input_${side} r using (source_id) where c.${slot} is not null`,
    )
    const one = comparison.columns.map((column) => `any_value(${raw(column)})`).join(', ')
    const sql = `select share, ${one} from (${each.join(' union all ')}) join lk_frequency_${n} using (code) group by code, share`
    const [shares, ...values] = await readColumns(session.connection, sql)
    const by_text = new Map<string, number>()
    for (const [row, share] of shares.entries()) {
      const prepared = comparer.prepare(values.map((column) => textOrNull(column[row])))
      const text = prepared === null ? null : term.of(prepared)
      if (text !== null) by_text.set(text, Number(share))
    }
    found[term.key] = by_text
  }
  return found
}

/**
 * The shares that a run took, as a file that `readFrequenciesFile` reads: comparison, column (of kind `tests` alone),
 * value (as the first of its ways of writing), share. Values of records on either side, the commonest first.
 */
export async function writeFrequenciesFile({ session, model, encoded }: Run, out: string): Promise<void> {
  const parts = termsOf(model).map((term, n) => {
    const { name, columns } = at(model.comparisons, term.comparison)
    const column = at(columns, term.column ?? 0)
    const slot = termSlot(encoded, term)
    const each = (encoded.dedupe ? ['left'] : ['left', 'right']).map(
      (side) =>
        `select c.${slot} as code, r.${raw(column)} as value from lk_codes_${side} c join lk_${side} n using (id) join lk_input_${side} r using (source_id)`,
    )
    return `select ${n} as n, ${literal(name)} as comparison, ${term.column === null ? 'null::varchar' : literal(column)} as "column", min(value) as value, share
from (${each.join(' union all ')}) join lk_frequency_${n} using (code) group by code, share`
  })
  const none = `select 0 as n, '' as comparison, '' as "column", '' as value, 0::double as share where false`
  const format = out.toLowerCase().endsWith('.csv') ? '(format csv, header)' : '(format parquet)'
  // a table, since a run that goes on while the links are written finds the records spent
  await session.step('shares', parts.join('\nunion all\n') || none)
  await session.connection.run(
    `copy (select comparison, "column", value, share from lk_shares order by n, share desc, value) to ${literal(out)} ${format}`,
  )
}
