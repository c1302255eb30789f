// What the rules say of one household: pure, from a record to an assessment.
import type { StateOf } from '#registry/tables/states.ts'
import type { HouseholdRecord } from '#cycle/record.ts'
import { explain, type Explanation } from '#engines/rules/explain.ts'
import { judge, standAt, type IndicatorResult, type Rulebook, type Standpoint } from '#packs/rulebook.ts'
import type { Text } from '#packs/schema/schema.ts'

/** Why a sign holds: what the family said of itself, and what another department's list says of a member. */
export interface Evidence {
  said: { field: string; value: unknown }[]
  registers: { register: string; name: string | null; value: number | null; detail: string | null }[]
}

/** A sign that holds. */
export interface VetoSign {
  code: string
  reason: Text
  evidence: Evidence
}

export interface Assessed {
  household_id: string
  area_code: string
  instance_id: string
  evidence_sha256: string
  verdict: StateOf<'assessment.verdict'>
  score: number | null
  household_size: number | null
  /** Minor units a year; null when unknown. */
  net_income_per_capita: number | null
  indicators: IndicatorResult[]
  unmet_indicators: string[]
  unknown_indicators: string[]
  /** Only the signs that hold. One that cannot be told (no list was ever imported) accuses nobody. */
  vetoes: VetoSign[]
}

/**
 * Assess one household on a date. A sign from another register (car, business, town house, public salary) turns an
 * eligible verdict into needs_verification: a person looks; the sign itself never decides. A household that is not
 * eligible stays so, whatever it owns.
 */
export function assessRecord(book: Rulebook, household: HouseholdRecord, reference_date: string): Assessed {
  const at = standAt(book, reference_date, household.area_code)
  const judged = judge(book, household.record, at)
  const vetoes = judged.vetoes
    .filter((sign) => sign.state === true)
    .map(({ code, reason }) => ({ code, reason, evidence: evidenceOf(book, code, judged.complete, at) }))
  const verdict = judged.verdict === 'eligible' && vetoes.length > 0 ? 'needs_verification' : judged.verdict
  const codes = (state: IndicatorResult['state']) =>
    judged.indicators.filter((each) => each.state === state).map((each) => each.code)
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
    unmet_indicators: codes('unmet'),
    unknown_indicators: codes('unknown'),
    vetoes,
  }
}

/** The answers and register entries that make a sign hold; clauses that do not hold tell nothing. */
function evidenceOf(book: Rulebook, code: string, record: Record<string, unknown>, at: Standpoint): Evidence {
  const found: Evidence = { said: [], registers: [] }
  const ready = book.compiled.vetoes[code]
  if (!ready) throw new Error(`veto ${code} is not compiled`)
  const entries = Array.isArray(record.registers) ? (record.registers as Evidence['registers']) : []
  const gather = (clause: Explanation): void => {
    if (clause.state !== 'true') return
    for (const { list, deciding } of clause.items) {
      if (list !== 'registers') continue
      for (const index of deciding) {
        const entry = entries[index]
        if (!entry) continue
        const { register, name = null, value = null, detail = null } = entry
        found.registers.push({ register, name, value, detail })
      }
    }
    if (clause.items.length > 0) return
    found.said.push(...clause.values)
    clause.clauses.forEach(gather)
  }
  gather(explain(ready.rule, record, at.params, at.date))
  return found
}

function whole(value: unknown): number | null {
  return typeof value === 'number' ? Math.round(value) : null
}

export interface FollowUp {
  /** Answers to ask for: `water_safe`, `members[2].birth_date`. */
  fields: string[]
  reasons: { indicator: string; followup: Text }[]
}

/**
 * What a further visit must ask: the missing answers of unknown indicators, with the pack's word on how to find out.
 * Null when nothing is unknown. Causes that no answer settles ('#out_of_range') leave `fields` without an entry.
 */
export function followUpOf(book: Rulebook, assessed: Pick<Assessed, 'indicators'>): FollowUp | null {
  const unknown = assessed.indicators.filter((each) => each.state === 'unknown')
  if (unknown.length === 0) return null
  const fields = [...new Set(unknown.flatMap((each) => each.missing))].filter((field) => !field.startsWith('#'))
  const reasons = unknown.map((each) => ({
    indicator: each.code,
    followup: book.pack.indicators.find((indicator) => indicator.code === each.code)?.followup ?? {},
  }))
  return { fields, reasons }
}
