// A household's assessments put beside one another: what each was made of is gathered, then compared (changes.ts).
import { sinceCard, type KeptEvidence } from '#cycle/record.ts'
import type { Rulebook } from '#packs/rulebook.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { changesBetween, type Change, type Made } from './changes.ts'
import { rulesOf } from '../rulebook/kept.ts'
import type { assessmentsOf } from './store.ts'
import { answersOf, keptRules } from './store-evidence.ts'

type Row = Awaited<ReturnType<typeof assessmentsOf>>[number]

/** For each assessment, newest first, what changed since the one after it in the list; null for the last. */
export async function changesOf(tx: ReadTx, book: Rulebook, rows: readonly Row[]): Promise<(Change | null)[]> {
  const county_code = rows[0]?.county_code
  if (county_code === undefined || rows.length < 2) return rows.map(() => null)
  const answers = await answersOf(tx, county_code, [...new Set(rows.map((row) => row.instance_id))])
  const rules = await keptRules(tx, [...new Set(rows.map((row) => row.pack_hash))])
  const made = rows.map((row): Made => {
    const evidence = row.evidence as KeptEvidence | null
    return {
      verdict: row.verdict,
      indicators: row.indicators as unknown as Made['indicators'],
      vetoes: row.vetoes as unknown as Made['vetoes'],
      area_code: row.area_code,
      reference_date: row.reference_date,
      pack_hash: row.pack_hash,
      answers: sinceCard(answers.get(row.instance_id) ?? {}, evidence?.changes ?? []),
      registers: evidence === null ? undefined : evidence.registers,
      rules: rules.get(row.pack_hash) ?? (row.pack_hash === book.pack.pack_hash ? rulesOf(book.pack) : null),
    }
  })
  return made.map((after, index) => {
    const before = made[index + 1]
    return before ? changesBetween(book, before, after) : null
  })
}
