// Who is who was decided anew: alerts are found under the household they count for now, and a household on the register
// that has lost its last card is looked after.
import { dayIn } from '#door/day.ts'
import { tellFollowing, type Acting, type HouseholdsChanged } from '#door/follow.ts'
import { textIn } from '#packs/schema/schema.ts'
import { auditMany } from '#registry/audit/audit.ts'
import type { Tx } from '#registry/transaction.ts'
import { DEAD_NAMED } from './confirm/dead-named.ts'
import { NO_CARD } from './confirm/no-card.ts'
import { raiseAlerts } from './store.ts'
import { deadNamed, endNoCard, openAlertsOf, raiseNoCard, type Where } from './store-follow.ts'

/** Nothing is moved (0017-follow.sql): an alert tells of a door on a day. */
export async function carryAlerts(tx: Tx, by: Acting, changed: HouseholdsChanged): Promise<Record<string, number>> {
  const { county_code, household_ids } = changed
  const alerts = await openAlertsOf(tx, county_code, household_ids)
  const told = await tellFollowing(
    tx,
    'monitor.follow',
    changed,
    alerts.map(({ alert_id, ...rest }) => ({ subject_kind: 'alert', subject_id: alert_id, ...rest })),
  )
  const place = { area_code: county_code, level: 'county', county_code, prefix: county_code }
  const looked = await lookForCards(tx, by, { place, household_ids })
  return { alerts_elsewhere: told.elsewhere, ...looked }
}

/** Alerts where a card names somebody who is recorded as dead; once for a death and a card. Returns those that are new. */
export async function lookForTheDead(tx: Tx, now: string, where: Where) {
  const found = await deadNamed(tx, where)
  const raised = await raiseAlerts(
    tx,
    { county_code: where.place.county_code, now },
    found.map(({ household_id, area_code, household_change_id, happened_on, instance_id, surveyed_on }) => ({
      household_id,
      area_code,
      rule_code: DEAD_NAMED.code,
      severity: DEAD_NAMED.severity,
      evidence: { instance_id, surveyed_on, kind: 'death', happened_on },
      evidence_key: `${household_change_id} ${instance_id}`,
    })),
  )
  await auditMany(
    tx,
    raised.map((each) => ({
      county_code: where.place.county_code,
      action: 'monitor.raise',
      subject_kind: 'alert',
      subject_id: each.alert_id,
      household_id: each.household_id,
      detail: { rule_code: DEAD_NAMED.code },
    })),
  )
  return raised
}

/** Alerts for registered households that lost their last card; those that have one again need nobody to call. */
export async function lookForCards(tx: Tx, by: Acting, where: Where) {
  const { pack, now, actor } = by
  const raised = await raiseNoCard(tx, where, NO_CARD, now)
  // Written once and read by everybody: in each of the pack's languages.
  const said = pack.languages.map((language) => textIn(NO_CARD.again, language))
  const line = [dayIn(pack.time_zone, now), ...new Set(said)].join(' ')
  const ended = await endNoCard(tx, where, { code: NO_CARD.code, line, now, account_id: actor.account_id })
  const event = (action: string) => (each: { alert_id: string; household_id: string }) => ({
    county_code: where.place.county_code,
    action,
    subject_kind: 'alert',
    subject_id: each.alert_id,
    household_id: each.household_id,
    detail: { rule_code: NO_CARD.code },
  })
  await auditMany(tx, [...raised.map(event('monitor.raise')), ...ended.map(event('monitor.end'))])
  return { without_card: raised.length, with_card_again: ended.length }
}
