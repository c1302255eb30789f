// What the rules say of one household: pure, from a record to an assessment.
import type { HouseholdRecord } from '#cycle/record.ts'
import { judge, standAt, type IndicatorResult, type Rulebook, type Sign } from '#packs/rulebook.ts'

export interface Assessed {
  household_id: string
  area_code: string
  instance_id: string
  evidence_sha256: string
  verdict: 'eligible' | 'not_eligible' | 'needs_verification'
  score: number | null
  household_size: number | null
  net_income_per_capita: number | null
  indicators: IndicatorResult[]
  /** Only the signs that hold or cannot be told; a sign that does not hold says nothing. */
  vetoes: Sign[]
}

/**
 * Assess one household on a date. A sign from another register (car, business, town house, public salary) turns an
 * eligible verdict into needs_verification: a person looks; the sign itself never decides.
 */
export function assessRecord(book: Rulebook, household: HouseholdRecord, reference_date: string): Assessed {
  const at = standAt(book, reference_date, household.area_code)
  const judged = judge(book, household.record, at)
  const vetoes = judged.vetoes.filter((sign) => sign.state === true)
  const verdict = judged.verdict === 'eligible' && vetoes.length > 0 ? 'needs_verification' : judged.verdict
  return {
    household_id: household.household_id,
    area_code: household.area_code,
    instance_id: household.instance_id,
    evidence_sha256: household.evidence_sha256,
    verdict,
    score: judged.score,
    household_size: whole(judged.complete.household_size),
    net_income_per_capita: whole(judged.complete.net_income_per_capita),
    indicators: judged.indicators,
    vetoes,
  }
}

function whole(value: unknown): number | null {
  return typeof value === 'number' ? Math.round(value) : null
}

/** What a follow-up visit must ask: the missing answers of unknown indicators, with the question the pack gives. */
export function followUpOf(book: Rulebook, assessed: Assessed) {
  const unknown = assessed.indicators.filter((each) => each.state === 'unknown')
  if (unknown.length === 0) return null
  const fields = [...new Set(unknown.flatMap((each) => each.missing))].filter((field) => !field.startsWith('#'))
  const reasons = unknown.map((each) => ({
    indicator: each.code,
    followup: book.pack.indicators.find((indicator) => indicator.code === each.code)?.followup ?? {},
  }))
  return { fields, reasons }
}
