// What has changed: alert rules over two visits, and alerts that a change raises by itself. Pure.
import type { StateOf } from '#registry/tables/states.ts'
import type { RuleRecord } from '#engines/rules/schema.ts'
import { inForce } from '#packs/in-force.ts'
import { ask, withPrevious, type Rulebook, type Standpoint } from '#packs/rulebook.ts'
import type { Pack } from '#packs/schema/schema.ts'

/** What an alert rests on: what the rule read, now and at the visit before. */
export interface Fact {
  field: string
  now: unknown
  before: unknown
}

export interface Raised {
  rule_code: string
  severity: StateOf<'alert.severity'>
  facts: Fact[]
}

const PREVIOUS = 'previous_'

/** Alerts whose rule is TRUE of a household that was visited before; what cannot be told raises none. */
export function alertsOf(book: Rulebook, today: RuleRecord, before: RuleRecord, at: Standpoint): Raised[] {
  const record = withPrevious(book, today, before, at)
  return book.pack.alerts.flatMap((alert): Raised[] => {
    const ready = book.compiled.alerts[alert.code]
    if (!ready) throw new Error(`alert ${alert.code} is not compiled`)
    if (!inForce(alert, at.date) || ask(ready, record, at).value !== true) return []
    const fields = new Set(
      ready.rule.fields.map((name) => (name.startsWith(PREVIOUS) ? name.slice(PREVIOUS.length) : name)),
    )
    const facts = [...fields].map((field) => ({
      field,
      now: record[field] ?? null,
      before: record[`${PREVIOUS}${field}`] ?? null,
    }))
    return [{ rule_code: alert.code, severity: alert.severity, facts }]
  })
}

/** Kinds of change that the pack has words for. */
export function changeKinds(pack: Pack): string[] {
  return Object.keys(pack.words[pack.default_language]?.change_kind ?? {})
}

/** Alerts that a kind of change raises as soon as it is told. */
export function alertsByChange(pack: Pack, kind: string, happened_on: string): Raised[] {
  return pack.alerts
    .filter((alert) => alert.raised_by.includes(kind) && inForce(alert, happened_on))
    .map((alert) => ({ rule_code: alert.code, severity: alert.severity, facts: [] }))
}

export type AlertState = StateOf<'alert.state'>

/** A visit may lead to help or to the finding that none is needed; those two end the alert. */
export const moves: Record<AlertState, readonly AlertState[]> = {
  open: ['visited', 'helped', 'dismissed'],
  visited: ['visited', 'helped', 'dismissed'],
  helped: [],
  dismissed: [],
}
