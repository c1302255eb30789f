// Alerts as people read them: the rule's words, the answers it rests on, the days left.
import { dayIn, daysBetween } from '#door/day.ts'
import type { Actor } from '#door/permit/permit.ts'
import { mayRole } from '#door/permit/roles.ts'
import { fieldLabel } from '#packs/explain/field-label.ts'
import { sayValue } from '#packs/explain/reasons.ts'
import { rulebookOf, type Rulebook } from '#packs/rulebook.ts'
import type { Pack, Text } from '#packs/schema/schema.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { DEAD_NAMED } from './confirm/dead-named.ts'
import { NO_CARD } from './confirm/no-card.ts'
import { namesOf, type AlertRow, type Deadlines } from './store.ts'

/** Alerts that are no pack's. */
const OWN = [NO_CARD, DEAD_NAMED]

export const deadlinesOf = (pack: Pack): Deadlines => ({
  days: Object.fromEntries([...OWN, ...pack.alerts].map((alert) => [alert.code, alert.visit_within_days])),
  time_zone: pack.time_zone,
})

export const nameIn = (names: ReadonlyMap<string, Text>, account_id: string | null): Text | null =>
  account_id === null ? null : (names.get(account_id) ?? null)

/** Rows with words, values as people say them, and `days_left` of those still open (negative when late). */
export async function toldAlerts(
  tx: ReadTx,
  { pack, now, actor }: { pack: Pack; now: string; actor: Actor },
  rows: readonly AlertRow[],
  went_up: readonly { alert_id: string; role: string; escalated_at: string }[],
) {
  const names = await namesOf(
    tx,
    rows.map((row) => row.handled_by),
  )
  const book = rulebookOf(pack)
  const today = dayIn(pack.time_zone, now)
  // Left long enough it went to several at one moment: the nearest office comes first.
  const steps = pack.escalation.toSorted((a, b) => a.late_days - b.late_days).map((step) => step.to)
  return rows.map((row) => {
    const rule = [...pack.alerts, ...OWN].find((alert) => alert.code === row.rule_code)
    const evidence = row.evidence
    const escalated = went_up
      .filter((each) => each.alert_id === row.alert_id)
      .map(({ role, escalated_at }) => ({ role, escalated_at }))
      .toSorted((a, b) => steps.indexOf(a.role) - steps.indexOf(b.role))
    const late = escalated.some((each) => each.role === actor.role) && mayRole(actor.role, 'monitor.handle_late')
    return {
      ...row,
      escalated,
      mine: mayRole(actor.role, 'monitor.handle') || late,
      label: rule?.label ?? {},
      plain: rule?.plain ?? {},
      days_left: row.state === 'open' ? daysBetween(today, row.due_on) : null,
      evidence: {
        surveyed_on: evidence.surveyed_on ?? null,
        previous_surveyed_on: evidence.previous_surveyed_on ?? null,
        facts: (evidence.facts ?? []).map((fact) => ({
          field: fact.field,
          label: fieldLabel(book, fact.field),
          now: said(book, fact.field, fact.now),
          before: said(book, fact.field, fact.before),
        })),
        change_id: evidence.change_id ?? null,
        kind: evidence.kind ?? null,
        happened_on: evidence.happened_on ?? null,
      },
      handled_by: nameIn(names, row.handled_by),
    }
  })
}

const said = (book: Rulebook, field: string, value: unknown): Text =>
  Object.fromEntries(book.pack.languages.map((language) => [language, sayValue(field, value, language, book.wording)]))
