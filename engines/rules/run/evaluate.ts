import { closureOf } from './closures.ts'
import { dateNumber, dateText } from './dates.ts'
import { asNumber } from './exact.ts'
import { settled } from './refined.ts'
import { isNumeric } from '../schema.ts'
import { collectMissing } from './why.ts'
import type { Surroundings, Value } from './values.ts'
import type { Exact } from './exact.ts'
import type { FieldKind, RuleRecord } from '../schema.ts'
import type { CompiledRule } from '../tree.ts'

/**
 * What a rule gives for one record. `value` is null when unknown; dates are YYYY-MM-DD. `missing` names the answers
 * that keep it unknown (`water_safe`, `members[2].birth_date`, `members`, `params.line`), or a cause that starts with
 * '#' (`#division_by_zero`, `#out_of_range`, `#empty_list`, `#several_items`).
 */
export type Outcome = { value: boolean | number | string | null; unknown: boolean; missing: string[] }

const NO_ITEM: RuleRecord = Object.freeze({})

const verdict = (value: boolean): Outcome =>
  Object.freeze({ value, unknown: false, missing: Object.freeze([]) as unknown as string[] })
/** Every known verdict is one of two outcomes; they are frozen since all callers share them. */
const TRUE = verdict(true)
const FALSE = verdict(false)

/** Values as they leave the engine. */
export const outward = (value: Value, of: { type: FieldKind; scale?: number }): boolean | number | string | null => {
  if (value === undefined) return null
  if (of.type === 'date') return dateText(value as number)
  return isNumeric(of.type) ? asNumber(value as Exact, of.scale ?? 0) : (value as boolean | string)
}

/** Throws RangeError when the reference date is no day of the calendar: that is a caller's mistake, not an unknown. */
export function surroundings(params: RuleRecord, reference_date: string): Surroundings {
  const reference = dateNumber(reference_date)
  if (reference === undefined) throw new RangeError(`reference date must be YYYY-MM-DD, not ${reference_date}`)
  return { params, reference }
}

/**
 * The rule as a function of (record, parameter values by name, reference date). Closures over the typed tree: safe
 * under a strict content security policy, no state kept between records. Only when the value is unknown
 * are bounds looked at, and then the reasons. Outcomes are to be read, not changed: those of known verdicts are shared and frozen.
 */
export function evaluator(
  rule: CompiledRule,
): (record: RuleRecord, params: RuleRecord, reference_date: string) => Outcome {
  const { root } = rule
  const run = closureOf(root)
  const bounds = settled(root)
  let last = { params: NO_ITEM, reference_date: '', around: { params: NO_ITEM, reference: 0 } }
  return (record, params, reference_date) => {
    if (last.params !== params || last.reference_date !== reference_date) {
      last = { params, reference_date, around: surroundings(params, reference_date) }
    }
    const value = run(record, NO_ITEM, last.around)
    if (value === true) return TRUE
    if (value === false) return FALSE
    if (value !== undefined) return { value: outward(value, root), unknown: false, missing: [] }
    const decided = bounds(record, NO_ITEM, last.around)
    if (decided !== undefined) return { value: outward(decided, root), unknown: false, missing: [] }
    const missing = new Set<string>()
    collectMissing(root, { record, item: NO_ITEM, index: -1, around: last.around }, missing)
    return { value: null, unknown: true, missing: [...missing] }
  }
}
