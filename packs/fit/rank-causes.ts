// Which causes the evidence supports, ranked by how far the shortfall would close if the cause's effect were removed.
import type { RuleRecord } from '#engines/rules/schema.ts'
import { ask, askMoney, complete, indicatorsOf, signOf, type Rulebook, type Standpoint } from '../rulebook.ts'
import { bookOn } from '../in-force.ts'
import type { Text } from '../schema/schema.ts'

export interface RankedCause {
  code: string
  state: 'present' | 'unknown'
  /** Share of the whole need (income shortfall and unmet indicators counted alike) that would close, 0 to 1. */
  closes_share: number
  /** Money a year that would come in or be spared, in minor units; null when unknown. */
  closes_income: number | null
  closes_indicators: string[]
  reason: Text
  missing: string[]
}

export interface Ranking {
  /** Money a year the whole household lacks to the line, in minor units; null when income is unknown. */
  income_shortfall: number | null
  unmet_indicators: string[]
  main_cause: string | null
  other_causes: string[]
  causes: RankedCause[]
  /** The record with its derived fields: what everything above was asked of. */
  complete: RuleRecord
}

/**
 * Rank the causes in force of one household record. The need has one unit for an income shortfall and one for each unmet
 * indicator; a cause closes the part of each that its `closes` says. Ties go to more money, then to the lower code.
 * Where the income is unknown its part counts for nothing, and among causes that close no known need more money goes
 * first. Causes whose evidence is unknown are told after those that are present and are never main.
 */
export function rankCauses(book: Rulebook, record: RuleRecord, at: Standpoint): Ranking {
  const whole = complete(book, record, at)
  // Income has its own unit, in money; the needs beside it count one each.
  const unmet = indicatorsOf(book, whole, at)
    .filter((each) => each.state === 'unmet' && each.group !== 'income')
    .map((each) => each.code)
  const income_shortfall = shortfallOf(whole, at.params.income_line)
  const units = (income_shortfall !== null && income_shortfall > 0 ? 1 : 0) + unmet.length

  const standing = bookOn(book, at.date)
  const causes = standing.pack.causes.flatMap((cause): RankedCause[] => {
    const ready = standing.compiled.causes[cause.code]
    if (!ready) throw new Error(`cause ${cause.code} is not compiled`)
    const { value } = ask(ready.rule, whole, at)
    if (value === false) return []
    const present = value === true
    const closes_income = present ? askMoney(ready.closes.income, whole, at) : null
    const closes_indicators = present ? cause.closes.indicators.filter((code) => unmet.includes(code)) : []
    const income_part =
      income_shortfall !== null && income_shortfall > 0
        ? Math.min(1, Math.max(0, closes_income ?? 0) / income_shortfall)
        : 0
    const sign = signOf(book, cause.code, ready.rule, present ? cause.reason : cause.unknown_reason, whole, at)
    return [
      {
        code: cause.code,
        state: present ? 'present' : 'unknown',
        closes_share: units === 0 ? 0 : (income_part + closes_indicators.length) / units,
        closes_income,
        closes_indicators,
        reason: sign.reason,
        missing: sign.missing,
      },
    ]
  })
  causes.sort(
    (a, b) =>
      Number(b.state === 'present') - Number(a.state === 'present') ||
      b.closes_share - a.closes_share ||
      (b.closes_income ?? 0) - (a.closes_income ?? 0) ||
      a.code.localeCompare(b.code),
  )
  const present = causes.filter((cause) => cause.state === 'present')
  const may_be_main = new Set(book.pack.causes.filter((cause) => cause.main).map((cause) => cause.code))
  const main_cause = present.find((cause) => may_be_main.has(cause.code))?.code ?? null
  return {
    income_shortfall,
    unmet_indicators: unmet,
    main_cause,
    other_causes: present.map((cause) => cause.code).filter((code) => code !== main_cause),
    causes,
    complete: whole,
  }
}

/** The sum that brings income per person to the line: a fen short for one of three people is one fen, not three. */
function shortfallOf(whole: Record<string, unknown>, line: unknown): number | null {
  const { net_income, household_size } = whole
  if (typeof net_income !== 'number' || typeof household_size !== 'number' || typeof line !== 'number') return null
  return Math.max(0, line * household_size - net_income)
}
